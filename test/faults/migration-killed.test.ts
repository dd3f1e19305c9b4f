import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { MIGRATION_NAMES } from '../../src/db/migrations/index.ts';
import { eventually } from '../support/eventually.ts';
import { TcpProxy } from '../support/proxy.ts';
import { reportRecovery } from '../support/recovery.ts';
import { type TestProcess, TestShop } from '../support/shop.ts';

/** Minimum time of each statement, so that a kill can hit a chosen statement of a migration. */
const DELAY_MS = 25;

/** Number of parts of a complete schema. */
let whole: number;
const shops: TestShop[] = [];
const proxies: TcpProxy[] = [];

beforeAll(async () => {
  const migrated = await TestShop.create();
  whole = await partCount(migrated);
  await migrated.close();
});

afterAll(async () => {
  for (const proxy of proxies) await proxy.close();
  for (const shop of shops) await shop.close();
});

/** Creates a shop, without tables unless it is `migrated`, and a slow connection to migrate and revert it. */
async function newShop({ migrated = false } = {}) {
  const shop = await TestShop.create({ migrated });
  shops.push(shop);
  const proxy = await TcpProxy.before(shop.databaseUrl);
  proxies.push(proxy);
  proxy.delay(DELAY_MS);
  const start = (...args: string[]): TestProcess =>
    shop.start(['db', ...args, '--json'], { env: { SHOP_DATABASE_URL: proxy.url } });
  return { shop, migrate: () => start('migrate'), revert: () => start('revert', '--yes') };
}

/** Counts the parts of the schema: columns, indexes and constraints. */
async function partCount(shop: TestShop): Promise<number> {
  const [row] = await shop.sql<{ partCount: number }>(
    `SELECT (SELECT COUNT(*) FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE())
       + (SELECT COUNT(*) FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE())
       + (SELECT COUNT(*) FROM information_schema.TABLE_CONSTRAINTS WHERE TABLE_SCHEMA = DATABASE()) AS partCount`,
  );
  return Number(row?.partCount);
}

/** Expects an intact, migrated and usable schema. */
async function expectWhole(shop: TestShop): Promise<void> {
  expect(await partCount(shop)).toBe(whole);
  expect(await shop.ok(['db', 'status'])).toEqual({ applied: MIGRATION_NAMES, pending: [], unknown: [], drift: [] });
  expect(await shop.sql('SELECT name FROM schema_migrations')).toEqual(MIGRATION_NAMES.map((name) => ({ name })));
  await shop.whileWorking(() => shop.userWith(5));
  await shop.expectSound();
}

it('resumes a migration that was killed at any point', async () => {
  const { shop, migrate } = await newShop();
  const places: number[] = [];
  let killed = 0;
  // the kills happen early, in the middle and late, and then between one table and the next
  const targets = [whole / 4, whole / 2, (3 * whole) / 4, 0, 0];
  for (const next of targets) {
    const last = await partCount(shop);
    const migration = migrate();
    await eventually(`more than ${last} and at least ${next} parts`, async () => {
      const now = await partCount(shop);
      return now > last && now >= next;
    });
    await migration.kill();
    killed = performance.now();
    expect((await migration.ended).status).toBeNull();
    places.push(await partCount(shop));
  }
  expect(new Set(places).size).toBe(targets.length);
  await shop.ok(['db', 'migrate']);
  await reportRecovery(27, performance.now() - killed);
  await expectWhole(shop);
});

it('migrates once if many processes start at once and the active and some waiting ones are killed', async () => {
  const { shop, migrate } = await newShop();
  const further = async () => {
    const before = await partCount(shop);
    await eventually('the migration has progressed', async () => (await partCount(shop)) > before);
  };
  const first = migrate();
  await further();
  const others = Array.from({ length: 9 }, migrate);
  await first.kill();
  for (const run of others.slice(0, 3)) {
    await further();
    await run.kill();
  }
  const killed = performance.now();
  const ended = await Promise.all(others.slice(3).map(({ ended }) => ended));
  expect(ended.map(({ status, stderr }) => ({ status, stderr }))).toEqual(ended.map(() => ({ status: 0, stderr: '' })));
  await reportRecovery(27, performance.now() - killed);
  const applied = ended.flatMap(({ stdout }) => JSON.parse(stdout).applied);
  expect(new Set(applied).size).toBe(applied.length);
  await expectWhole(shop);
});

it('keeps all data or none if a revert is killed at any point', async () => {
  const { shop, revert } = await newShop({ migrated: true });
  const counts = { kept: 0, gone: 0 };
  for (let round = 0; round < 9; round++) {
    await shop.ok(['db', 'seed']);
    const before = await shop.snapshot();
    // only the first migration has tables
    for (const _ of MIGRATION_NAMES.slice(1)) await shop.ok(['db', 'revert', '--yes']);
    const reverting = revert();
    // each kill happens a little later: before the revert begins, as it begins, or after the tables are dropped
    const place = [
      async () => (await shop.connections()).length > 0,
      async () => (await shop.sql("SELECT name FROM schema_migrations WHERE name LIKE 'reverting %'")).length > 0,
      async () => (await shop.sql("SHOW TABLES LIKE 'users'")).length === 0,
    ][round % 3];
    await eventually('the revert has reached the place of the kill', async () => place?.());
    await delay(Math.floor(round / 3) * 20);
    await reverting.kill();
    const killed = performance.now();
    await reverting.ended;
    await shop.disconnected();
    const [table] = await shop.sql("SHOW TABLES LIKE 'users'");
    const migrated = await shop.run(['db', 'migrate', '--json']);
    expect(migrated).toMatchObject({ status: 0, stderr: '' });
    await reportRecovery(27, performance.now() - killed);
    const after = await shop.snapshot();
    if (table === undefined) expect(after.users).toEqual([]);
    else expect(after).toEqual(before);
    counts[table === undefined ? 'gone' : 'kept']++;
    expect(await partCount(shop)).toBe(whole);
    expect(await shop.ok(['db', 'status'])).toEqual({ applied: MIGRATION_NAMES, pending: [], unknown: [], drift: [] });
  }
  expect(Math.min(counts.kept, counts.gone), JSON.stringify(counts)).toBeGreaterThan(0);
  await expectWhole(shop);
});
