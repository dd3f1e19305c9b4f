import { afterAll, beforeAll, expect, it } from 'vitest';
import { failRequest } from '../../src/domain/apply/apply.ts';
import { readRequests } from '../../src/domain/requests/pending.ts';
import { PendingAge } from '../../src/domain/requests/pending-age.ts';
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

/** Measures the age, and repeats a measurement that has run out of time. */
function seen(age: PendingAge, decidedUpTo = 0): Promise<number> {
  return eventually('an age', async () => (await age.measure(session, decidedUpTo)) ?? undefined);
}

async function record(secondsAgo: number): Promise<number> {
  const origin = { key: `age-${++keys}`, actor: 'tester', host: 'here' };
  const { id } = await recordRequest(session, { kind: 'charge', payload: { user: 1, amount: 5 } }, origin);
  await shop.sql('UPDATE requests SET created_at = created_at - INTERVAL ? SECOND WHERE id = ?', [secondsAgo, id]);
  return id;
}

async function fail(id: number): Promise<void> {
  const { value: [request] = [] } = await readRequests(session, [id]).next();
  if (request === undefined) throw new Error('it was not recorded');
  expect(await failRequest(session, request, 3)).toBe('failed');
  expect(await failRequest(session, request, 3)).toBeNull();
}

it('reports the age of the oldest pending request, even if its id is very low', async () => {
  const age = new PendingAge();
  const look = () => seen(age);
  expect(await look()).toBe(0);
  const first = await record(100);
  await record(1_000).then(fail);
  const second = await record(50);
  expect(await look()).toBeGreaterThanOrEqual(100);
  expect(await look()).toBeLessThan(1_000);
  await fail(first);
  expect(await look()).toBeGreaterThanOrEqual(50);
  expect(await look()).toBeLessThan(100);
  await fail(second);
  // the next id is far above all requests that may still be recorded late
  await shop.sql('ALTER TABLE requests AUTO_INCREMENT = 700000');
  await record(0).then(fail);
  expect(await look()).toBe(0);
  // this request was decided long ago, and is pending again
  await retryFailed(session, [first], { actor: 'tester', host: 'here' });
  await shop.sql('UPDATE retries SET retried_at = retried_at - INTERVAL 200 SECOND');
  expect(await look()).toBeGreaterThanOrEqual(200);
  expect(await look()).toBeLessThan(1_000);
});

it('skips ranges that were found decided, or are known to be decided', async () => {
  const forgotten = await record(5_000);
  await shop.sql('ALTER TABLE requests AUTO_INCREMENT = 2000000');
  await record(0).then(fail);
  const informed = new PendingAge();
  expect(await seen(informed, forgotten + 20_000)).toBeLessThan(1_000);
  const ignorant = new PendingAge();
  expect(await seen(ignorant)).toBeGreaterThanOrEqual(5_000);
});
