import { afterAll, beforeAll, expect, it } from 'vitest';
import { failRequest } from '../../src/domain/apply/apply.ts';
import { Backlog, type BacklogSize } from '../../src/domain/requests/backlog.ts';
import { readRequests } from '../../src/domain/requests/pending.ts';
import { recordRequest } from '../../src/domain/requests/request.ts';
import { retryFailed } from '../../src/domain/requests/retries.ts';
import { openSession, type Session } from '../../src/domain/servers/connections.ts';
import { eventually } from '../support/eventually.ts';
import { TestShop } from '../support/shop.ts';

let shop: TestShop;
let session: Session;
let keys = 0;

beforeAll(async () => {
  shop = await TestShop.create();
  session = await openSession(shop.databaseUrl);
});

afterAll(async () => {
  await session.close();
  await shop.close();
});

/** Measures the backlog, and repeats each measurement that runs out of time. */
function measured(backlog: Backlog, decidedUpTo = 0): Promise<BacklogSize> {
  return eventually('the backlog is measured', async () => (await backlog.measure(session, decidedUpTo)) ?? undefined);
}

async function record(secondsAgo: number): Promise<number> {
  const origin = { key: `age-${++keys}`, actor: 'tester', host: 'here' };
  const { id } = await recordRequest(session, { kind: 'charge', payload: { user: 1, amount: 5 } }, origin);
  await shop.sql('UPDATE requests SET created_at = created_at - INTERVAL ? SECOND WHERE id = ?', [secondsAgo, id]);
  return id;
}

async function fail(id: number): Promise<void> {
  const { value: [request] = [] } = await readRequests(session, [id]).next();
  if (request === undefined) throw new Error('the request was not recorded');
  expect(await failRequest(session, request, 3)).toMatchObject({ id, status: 'failed', code: 'CHARGE_FAILED' });
  expect(await failRequest(session, request, 3)).toBeNull();
}

it('reports the number of pending requests and the age of the oldest one, even if its id is very low', async () => {
  const backlog = new Backlog();
  const size = () => measured(backlog);
  expect(await size()).toEqual({ pending: 0, oldestSeconds: 0 });
  const first = await record(100);
  await record(1_000).then(fail);
  const second = await record(50);
  expect(await size()).toEqual({ pending: 2, oldestSeconds: between(100, 1_000) });
  await fail(first);
  expect(await size()).toEqual({ pending: 1, oldestSeconds: between(50, 100) });
  await fail(second);
  // sets the next id far above the ids that may still be recorded late
  await shop.sql('ALTER TABLE requests AUTO_INCREMENT = 700000');
  const newest = await record(0);
  await fail(newest);
  expect(await size()).toEqual({ pending: 0, oldestSeconds: 0 });
  // these requests failed and are retried; the id of the first one is below the searched range, the other one is in it
  const origin = { actor: 'tester', host: 'here' };
  await retryFailed(session, [first], origin);
  await shop.sql('UPDATE retries SET retried_at = retried_at - INTERVAL 200 SECOND');
  expect(await size()).toEqual({ pending: 1, oldestSeconds: between(200, 1_000) });
  await retryFailed(session, [newest], origin);
  expect(await size()).toEqual({ pending: 2, oldestSeconds: between(200, 1_000) });
});

it('skips ranges of ids that it has found decided, or that are known to be decided', async () => {
  const forgotten = await record(5_000);
  await shop.sql('ALTER TABLE requests AUTO_INCREMENT = 2000000');
  await record(0).then(fail);
  const informed = new Backlog();
  expect(await measured(informed, forgotten + 20_000)).toEqual({ pending: 2, oldestSeconds: between(200, 1_000) });
  const ignorant = new Backlog();
  expect(await measured(ignorant)).toEqual({ pending: 3, oldestSeconds: between(5_000, 10_000) });
});

/** Matches a number from `least` to just below `end`. */
function between(least: number, end: number): unknown {
  return expect.toSatisfy((value: number) => value >= least && value < end, `from ${least} to below ${end}`);
}
