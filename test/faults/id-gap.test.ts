import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Diagnosis } from '../../src/domain/doctor/doctor.ts';
import { Backlog } from '../../src/domain/requests/backlog.ts';
import { openSession } from '../../src/domain/servers/connections.ts';
import { reportRecovery, waitForRecovery } from '../support/recovery.ts';
import { TestShop } from '../support/shop.ts';

const FAR = 1_000_000_000_000;
/** Time limit for a worker that takes over, which normally takes seconds. */
const READY_MS = 15_000;

let shop: TestShop;
let user: string;

beforeAll(async () => {
  shop = await TestShop.create();
  user = String(await shop.created(['user', 'create', 'Ann']));
});

afterAll(() => shop.close());

/** Inserts a charge with a chosen id, which any account that may record requests could do. Queues no job. */
async function insert(id: number, env: Readonly<Record<string, string>> = {}): Promise<void> {
  const { requestId } = await shop.ok<{ requestId: number }>(['charge', user, '1', '--key', `like-${id}`]);
  const columns = 'idempotency_key, request_hash, kind, payload, actor, host, created_at';
  const values = 'CONCAT(idempotency_key, ?), request_hash, kind, payload, actor, host, UTC_TIMESTAMP(3)';
  const statement = `INSERT INTO requests (id, ${columns}) SELECT ?, ${values} FROM requests WHERE id = ?`;
  const account = await openSession(env.SHOP_DATABASE_URL ?? shop.databaseUrl);
  try {
    await account.execute(statement, [id, '-inserted', requestId]);
  } finally {
    await account.close();
  }
}

it('takes over and applies requests after a request with the id 10^12 (fault 38)', async () => {
  const first = await shop.startWorker();
  const { env } = await shop.account(['SELECT', '*'], ['INSERT', 'requests']);
  await insert(FAR, env);
  await waitForRecovery(shop, 38, performance.now());
  expect((await first.stop()).status).toBe(0);

  const started = performance.now();
  const second = await shop.startWorker();
  await reportRecovery(38, performance.now() - started);
  expect(performance.now() - started).toBeLessThan(READY_MS);
  const { requestId } = await shop.ok(['charge', user, '2']);
  expect(requestId).toBeGreaterThan(FAR);

  // these requests are recorded late, so the sweep must reach their ids repeatedly
  for (const id of [1_001, 1_002, FAR - 1]) {
    const recorded = performance.now();
    await insert(id);
    await waitForRecovery(shop, 38, recorded);
  }
  expect(await shop.ok(['queue', 'status'])).toMatchObject({ pending: 0, failed: 0 });
  expect(await shop.ok(['request', 'list', '--limit', '1'])).toMatchObject([{ status: 'applied' }]);
  await shop.expectSound();
  expect((await second.stop()).status).toBe(0);
});

it('finds the oldest pending request behind the gap at once', async () => {
  const session = await openSession(shop.databaseUrl);
  try {
    expect(await new Backlog().measure(session, 0)).toEqual({ pending: 0, oldestSeconds: 0 });
    await shop.ok(['charge', user, '1', '--no-wait']);
    await shop.sql('UPDATE requests SET created_at = created_at - INTERVAL 100 SECOND ORDER BY id DESC LIMIT 1');
    const size = await new Backlog().measure(session, 0);
    expect(size?.pending).toBe(1);
    expect(size?.oldestSeconds).toBeGreaterThanOrEqual(100);
  } finally {
    await session.close();
  }
});

it('doctor reports the gap', async () => {
  const { checks }: Diagnosis = JSON.parse((await shop.run(['doctor', '--json'])).stdout);
  expect(checks.find(({ name }) => name === 'pending')).toMatchObject({
    ok: false,
    faults: expect.arrayContaining([
      {
        fault: expect.stringMatching(/^The ids of requests jump from [\d,]+ to 999,999,999,999\.$/),
        hint: expect.stringContaining('shop request show 999999999999'),
      },
    ]),
  });
});
