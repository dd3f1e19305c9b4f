import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openSession, type Session } from '../../src/domain/servers/connections.ts';
import { GroupCommit } from '../../src/jobs/worker/group-commit.ts';
import { TestShop } from '../support/shop.ts';

let shop: TestShop;
let session: Session;

beforeAll(async () => {
  shop = await TestShop.create({ inProcess: true });
  session = await openSession(shop.databaseUrl);
});

afterAll(async () => {
  await session.close();
  await shop.close();
});

it('reports each pause once, even if the queue is resumed and paused again between two checks', async () => {
  const reports: string[] = [];
  const events = {
    committed: () => {},
    attemptFailed: () => {},
    paused: ({ pausedBy }: { readonly pausedBy: string }) => reports.push(`paused by ${pausedBy}`),
    resumed: (origin: { readonly actor: string } | null) => reports.push(`resumed by ${origin?.actor}`),
  };
  const commit = new GroupCommit(pino({ level: 'silent' }), events, new AbortController().signal);
  expect(await commit.keepAlive(session)).toBe(false);
  await shop.ok(['queue', 'pause', '--actor', 'night']);
  expect(await commit.keepAlive(session)).toBe(true);
  await shop.ok(['queue', 'resume', '--actor', 'day']);
  await shop.ok(['queue', 'pause', '--actor', 'late']);
  for (let checks = 0; checks < 2; checks++) expect(await commit.keepAlive(session)).toBe(true);
  await shop.ok(['queue', 'resume', '--actor', 'morning']);
  expect(await commit.keepAlive(session)).toBe(false);
  expect(reports).toEqual(['paused by night', 'paused by late', 'resumed by morning']);
});
