import { hostname } from 'node:os';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ACTIONS } from '../../src/domain/activities/actions.ts';
import { type RunOptions, type TestProcess, TestShop } from '../support/shop.ts';
import { TechnicalFailures } from '../support/technical-failures.ts';

interface Entry {
  readonly cursor: string;
  readonly at: string;
  readonly action: string;
  readonly subject: string;
  readonly subjectName: string | null;
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
  readonly requestId: number | null;
}

let shop: TestShop;
let worker: TestProcess;
/** Number of entries in the list when a test begins. */
let earlier = 0;

beforeAll(async () => {
  shop = await TestShop.create({ inProcess: true });
  worker = await shop.startWorker();
  await shop.ok(['user', 'create', 'Ann', '--reference', 'ann']);
  await shop.ok(['product', 'create', 'Pen', '--price', '900', '--stock', '10', '--reference', 'pen']);
  await shop.ok(['product', 'create', 'Cup', '--price', '5', '--stock', '100']);
});

beforeEach(async () => {
  earlier = (await entries()).length;
});

afterAll(async () => {
  expect((await worker.stop()).status).toBe(0);
  await shop.expectSound();
  await shop.close();
});

function entries(...flags: string[]): Promise<Entry[]> {
  return shop.ok(['activity', 'list', '--limit', '1000', ...flags]);
}

/** The entries that were added since the test began, newest first, without cursors and times. */
async function added(): Promise<unknown[]> {
  const all = await entries();
  return all.slice(0, all.length - earlier).map(({ cursor, at, ...entry }) => entry);
}

/** The expected entry of a change that is not a request. */
function change(action: string, subject: string, rest: Partial<Entry>): unknown {
  const nothing = { before: null, after: null, requestId: null, subjectName: null };
  return { actor: 'auditor', host: hostname(), action, subject, ...nothing, ...rest };
}

const BY_AUDITOR = ['--actor', 'auditor'];

describe('each change adds one entry to the list of activities', () => {
  it.each<{ args: readonly string[]; entry: unknown; stdin?: string }>([
    {
      args: ['user', 'create', 'Bo'],
      entry: change('user create', 'user 2', { after: { name: 'Bo', reference: null }, subjectName: 'Bo' }),
    },
    {
      args: ['product', 'create', 'Ink', '--price', '7', '--stock', '3', '--reference', 'ink'],
      entry: change('product create', 'product 3', {
        after: { name: 'Ink', price: 7, stock: 3, reference: 'ink' },
        subjectName: 'Ink',
      }),
    },
    {
      args: ['product', 'reprice', '@pen', '950'],
      entry: change('product reprice', 'product 1', {
        before: { price: 900 },
        after: { price: 950 },
        subjectName: 'Pen',
      }),
    },
    {
      args: ['user', 'import', '-'],
      stdin: 'reference,name\nann,Anna\ncy,Cy\ncy,Cy\n',
      entry: change('user import', 'file -', { after: { created: 1, updated: 1, unchanged: 1, refused: 0 } }),
    },
    {
      args: ['product', 'import', '-'],
      stdin: 'reference,name,price\nink,Ink,8\n',
      entry: change('product import', 'file -', { after: { created: 0, updated: 1, unchanged: 0, refused: 0 } }),
    },
    {
      args: ['cart', 'add', '@ann', '@pen:2', '2', '@pen'],
      entry: change('cart add', 'user 1', {
        before: { 'product 1': 0, 'product 2': 0 },
        after: { 'product 1': 3, 'product 2': 1 },
        subjectName: 'Anna',
      }),
    },
    {
      args: ['cart', 'remove', '1', '1', '2'],
      entry: change('cart remove', 'user 1', {
        before: { 'product 1': 3, 'product 2': 1 },
        after: { 'product 1': 2, 'product 2': 0 },
        subjectName: 'Anna',
      }),
    },
    {
      args: ['queue', 'pause'],
      entry: change('queue pause', 'queue', { before: { paused: false }, after: { paused: true } }),
    },
    {
      args: ['queue', 'resume'],
      entry: change('queue resume', 'queue', { before: { paused: true }, after: { paused: false } }),
    },
    {
      args: ['db', 'seed'],
      entry: change('db seed', 'database', { after: { users: 5, products: 8 } }),
    },
  ])('$args', async ({ args, entry, stdin = '' }) => {
    await shop.ok([...args, ...BY_AUDITOR], { stdin });
    expect(await added()).toEqual([entry]);
  });

  it('db migrate and db revert', async () => {
    const fresh = await TestShop.create({ migrated: false, inProcess: true });
    const { applied } = await fresh.ok(['db', 'migrate', ...BY_AUDITOR]);
    const [entry] = await fresh.ok<Entry[]>(['activity', 'list']);
    expect(entry).toMatchObject({ actor: 'auditor', action: 'db migrate', subject: 'database', after: { applied } });
    await fresh.ok(['db', 'migrate']);
    expect(await fresh.ok(['activity', 'list'])).toHaveLength(1);
    const { reverted } = await fresh.ok(['db', 'revert', '--yes', ...BY_AUDITOR]);
    await fresh.ok(['db', 'migrate']);
    const [revert] = await fresh.ok<Entry[]>(['activity', 'list', '--action', 'db revert']);
    expect(revert).toMatchObject({ actor: 'auditor', subject: 'database', after: { reverted } });
    await fresh.close();
  });
});

describe('a command that changes nothing adds no entry to the list of activities', () => {
  it.each<{ args: readonly string[]; stdin?: string }>([
    { args: ['product', 'reprice', '1', '950'] },
    { args: ['user', 'import', '-'], stdin: 'reference,name\nann,Anna\n,none\n' },
    { args: ['user', 'import', '-', '--dry-run'], stdin: 'reference,name\ndee,Dee\n' },
    { args: ['queue', 'resume'] },
    { args: ['queue', 'retry', '--all'] },
    { args: ['db', 'seed'] },
    { args: ['db', 'migrate'] },
    { args: ['batch', 'run', '-', '--name', 'none', '--dry-run'], stdin: 'kind,user,amount\ncharge,1,5\n' },
    // commands that are refused
    { args: ['user', 'create', 'Ann', '--reference', 'ann'] },
    { args: ['product', 'create', 'Pen', '--price', '1', '--stock', '1', '--reference', 'pen'] },
    { args: ['product', 'reprice', '@none', '5'] },
    { args: ['cart', 'add', '1', '1:100'] },
    { args: ['cart', 'add', '2', '1', '2:101'] },
    { args: ['cart', 'remove', '1', '1:3'] },
    { args: ['queue', 'retry', 'nothing'] },
  ])('$args', async ({ args, stdin = '' }) => {
    await shop.run(args, { stdin });
    expect(await added()).toEqual([]);
  });

  it('pausing a queue that is already paused', async () => {
    await shop.ok(['queue', 'pause']);
    await shop.ok(['queue', 'pause', '--actor', 'second']);
    expect(await added()).toMatchObject([{ action: 'queue pause', actor: 'tester' }]);
    await shop.ok(['queue', 'resume']);
  });
});

it('changes nothing if the activity cannot be recorded', async () => {
  const tables = ['users', 'products', 'carts', 'cart_lines', 'queue_state', 'batches', 'stock_movements'];
  const stored = () => Promise.all(tables.map((table) => shop.sql(`SELECT * FROM ${table}`)));
  const before = await stored();
  await shop.sql(`CREATE TRIGGER fail_entry BEFORE INSERT ON activities FOR EACH ROW
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no entry can be recorded'`);
  const commands: readonly (readonly [args: readonly string[], options?: RunOptions])[] = [
    [['user', 'create', 'Eve']],
    [['product', 'create', 'Box', '--price', '1', '--stock', '1']],
    [['product', 'reprice', '1', '1']],
    [['user', 'import', '-'], { stdin: 'reference,name\nann,Ann C\neve,Eve\n' }],
    [['product', 'import', '-'], { stdin: 'reference,name,price,stock\npen,Pen,2,\nbox,Box,1,1\n' }],
    [['cart', 'add', '2', '1']],
    [['queue', 'pause']],
    [['batch', 'run', '-', '--name', 'blocked'], { stdin: 'kind,user,amount\ncharge,1,5\n' }],
  ];
  for (const [args, options] of commands) {
    expect((await shop.run(args, options)).status, args.join(' ')).not.toBe(0);
  }
  expect(await stored()).toEqual(before);
  await shop.sql('DROP TRIGGER fail_entry');
  expect(await added()).toEqual([]);
});

it('records a batch once for each content, however often the batch runs', async () => {
  const run = (rows: string) =>
    shop.ok(['batch', 'run', '-', '--name', 'november', ...BY_AUDITOR], { stdin: `kind,user,amount\n${rows}` });
  await run('charge,1,5\n');
  await run('charge,1,5\n');
  const [charge, created, ...others] = await added();
  expect(others).toEqual([]);
  expect(charge).toMatchObject({ action: 'charge', actor: 'auditor', after: { status: 'applied', amount: 5 } });
  expect(created).toEqual(
    change('batch run', 'batch november', { after: { content: expect.stringMatching(/^[0-9a-f]{12}$/) } }),
  );
  await run('charge,1,5\ncharge,1,6\n');
  expect(await added()).toMatchObject([
    { action: 'charge', after: { amount: 6 } },
    { action: 'batch run', before: { content: expect.any(String) }, after: { content: expect.any(String) } },
    { action: 'charge' },
    { action: 'batch run' },
  ]);
});

it('shows a request by its command, with its subject and its outcome', async () => {
  await shop.ok(['charge', '@ann', '10000', ...BY_AUDITOR]);
  const { orderId } = await shop.ok(['order', 'place', '1', '1:2']);
  await shop.ok(['order', 'cancel', String(orderId)]);
  await shop.ok(['product', 'restock', '@pen', '4']);
  await shop.ok(['cart', 'add', '1', '2']);
  await shop.ok(['cart', 'checkout', '1']);
  await shop.refused(['order', 'place', '2', '1']);
  const shown = (await entries()).slice(0, 7);
  expect(shown).toMatchObject([
    { action: 'order place', subject: 'user 2', after: { status: 'refused', code: 'INSUFFICIENT_POINTS' } },
    { action: 'cart checkout', subject: 'user 1', after: { status: 'applied', total: expect.any(Number) } },
    { action: 'cart add', requestId: null },
    { action: 'product restock', subject: 'product 1', subjectName: 'Pen', after: { quantity: 4, stock: 14 } },
    { action: 'order cancel', subject: `order ${orderId}`, subjectName: null, after: { total: 1900 } },
    { action: 'order place', subject: 'user 1', requestId: orderId, after: { orderId, total: 1900 } },
    { action: 'charge', subject: 'user 1', subjectName: 'Anna', after: { status: 'applied', amount: 10000 } },
  ]);
  expect(shown[6]).toMatchObject({ actor: 'auditor', host: hostname(), before: null, requestId: expect.any(Number) });
  for (const { requestId } of shown) {
    if (requestId !== null)
      expect(await shop.ok(['request', 'show', String(requestId)])).toMatchObject({ id: requestId });
  }
});

it('shows a pending request with its reason', async () => {
  await shop.ok(['queue', 'pause']);
  const { requestId } = await shop.ok(['charge', '1', '77', '--no-wait', '--key', 'with-reason']);
  await shop.sql("UPDATE requests SET reason = 'typed twice' WHERE id = ?", [requestId]);
  expect(await added()).toMatchObject([
    { action: 'charge', requestId, after: { status: 'pending', amount: 77, reason: 'typed twice' } },
    { action: 'queue pause' },
  ]);
  await shop.ok(['queue', 'resume']);
  await shop.decided('with-reason');
});

it('records a retry as one activity per named request, or as a single activity with --all', async () => {
  const failures = await TechnicalFailures.on(shop);
  await failures.fail(13, 100);
  const ids: unknown[] = [];
  for (const key of ['first', 'second', 'third', 'fourth']) {
    await shop.refused(['charge', '1', '13', '--key', key]);
    ids.push((await shop.ok(['request', 'show', key])).id);
  }
  await failures.end();
  const before = { status: 'failed', code: 'CHARGE_FAILED' };
  const retried = (id: unknown) =>
    change('queue retry', `request ${id}`, { before, after: { status: 'pending' }, requestId: Number(id) });
  await shop.refused(['queue', 'retry', 'first', 'nothing']);
  await shop.ok(['queue', 'retry', 'second', 'first', ...BY_AUDITOR]);
  expect((await added()).slice(0, 2)).toEqual([retried(ids[1]), retried(ids[0])]);
  await shop.ok(['queue', 'retry', '--all', '--yes', ...BY_AUDITOR]);
  expect((await added())[0]).toEqual(change('queue retry', 'failed requests', { after: { retried: 2 } }));
  expect(await added()).toHaveLength(4 + 2 + 1);
  for (const key of ['first', 'second', 'third', 'fourth']) await shop.decided(key);
  await shop.sql('DROP TRIGGER fail_some');
  await shop.sql('DROP TABLE failing, tries');
});

it('records one activity for each change if several processes change the same product', async () => {
  await shop.ok(['product', 'reprice', '2', '1000']);
  const prices = Array.from({ length: 6 }, (_, index) => 1001 + index);
  const results = await Promise.all(
    prices.map((price) => shop.start(['product', 'reprice', '2', String(price), '--json']).ended),
  );
  expect(results.map(({ status }) => status)).toEqual(prices.map(() => 0));
  // the price before each change is the price after the previous change
  const changes = (await entries('--action', 'product reprice')).slice(0, prices.length + 1).reverse();
  const left = changes.map(({ after }) => after?.price);
  expect(left.slice(1).toSorted()).toEqual(prices);
  expect(changes.slice(1).map(({ before }) => before?.price)).toEqual(left.slice(0, -1));
  expect(await shop.ok(['product', 'show', '2'])).toMatchObject({ price: left.at(-1) });
});

it('filters by actor, action and time', async () => {
  const cursorsOf = async (...flags: string[]) => (await entries(...flags)).map(({ cursor }) => cursor);
  const all = await entries();
  const cursors = (chosen: (entry: Entry & { actor?: string }) => boolean) =>
    all.filter(chosen).map(({ cursor }) => cursor);
  expect(cursors(({ actor }) => actor === 'auditor').length).toBeGreaterThan(10);
  // a filtered list has other cursors, because a cursor is a position in the list
  expect(await cursorsOf('--actor', 'auditor')).toHaveLength(cursors(({ actor }) => actor === 'auditor').length);
  expect(await cursorsOf('--actor', 'nobody')).toEqual([]);
  for (const action of ACTIONS) {
    const some = await entries('--action', action);
    expect(
      some.map(({ at, subject }) => [at, subject]),
      action,
    ).toEqual(all.filter((entry) => entry.action === action).map(({ at, subject }) => [at, subject]));
  }
  const middle = all[Math.floor(all.length / 2)]?.at ?? '';
  expect((await entries('--since', middle)).map(({ at }) => at)).toEqual(
    all.filter(({ at }) => at >= middle).map(({ at }) => at),
  );
  expect((await entries('--until', middle)).map(({ at }) => at)).toEqual(
    all.filter(({ at }) => at < middle).map(({ at }) => at),
  );
  expect(await cursorsOf('--since', '2999-01-01')).toEqual([]);
  expect(await cursorsOf('--until', '2000-01-01')).toEqual([]);
});

it('prints each entry once in the pages of a list', async () => {
  const all = await entries();
  expect(new Set(all.map(({ cursor }) => cursor)).size).toBe(all.length);
  const pages: Entry[] = [];
  for (let after: string | undefined; ; after = pages.at(-1)?.cursor) {
    const page = await shop.ok<Entry[]>([
      'activity',
      'list',
      '--limit',
      '7',
      ...(after === undefined ? [] : ['--after', after]),
    ]);
    if (page.length === 0) break;
    pages.push(...page);
  }
  expect(pages).toEqual(all);
  expect(all.map(({ at }) => at)).toEqual(
    all
      .map(({ at }) => at)
      .toSorted()
      .reverse(),
  );
});

it('prints the states before and after a change as JSON in CSV cells', async () => {
  await shop.ok(['product', 'reprice', '2', '50']);
  await shop.ok(['product', 'reprice', '2', '60']);
  const { stdout } = await shop.run(['activity', 'list', '--limit', '1', '-o', 'csv']);
  const [header, row] = stdout.split('\n');
  expect(header).toBe('cursor,at,actor,host,action,subject,subjectName,before,after,requestId');
  expect(row).toContain(',product reprice,product 2,');
  expect(row).toContain(',"{""price"":50}","{""price"":60}",');
});
