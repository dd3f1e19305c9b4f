import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Audit, AuditCheck } from '../../src/domain/audit/audit.ts';
import { type AuditCheckName, CHECK_NAMES } from '../../src/domain/audit/check.ts';
import { TestShop } from './shop.ts';

/* A shop with rows of every kind. The tests of `audit` break its data and restore them. */

export const EXIT_FAULT_FOUND = 9;
/** The id of a row that is missing. */
export const NOWHERE = 999_999;
const TABLES = [
  ...['users', 'products', 'requests', 'outcomes', 'orders', 'order_lines', 'point_transactions', 'stock_movements'],
  ...['hourly_sales', 'carts', 'cart_lines', 'batches', 'batch_exceptions', 'attempts', 'withdrawals', 'activities'],
] as const;

/** Ids of the shop's rows, by the names that the tests give them. */
type Ids = Record<string, number>;

export let shop: TestShop;
const ids: Ids = {};

/** Creates the shop, with no running worker, before the tests of the file, and closes it after them. */
export function useAuditedShop(): void {
  beforeAll(create);
  afterAll(async () => {
    await shop.close();
  });
}

async function create(): Promise<void> {
  shop = await TestShop.create({ inProcess: true });
  const worker = await shop.startWorker();
  const user = async (name: string) => {
    ids[name] = await shop.created(['user', 'create', name, '--reference', name]);
  };
  const product = async (name: string, price: string, stock: string) => {
    ids[name] = await shop.created([
      'product',
      'create',
      name,
      '--price',
      price,
      '--stock',
      stock,
      '--reference',
      name,
    ]);
  };
  const request = async (name: string, ...args: string[]) => {
    const { requestId, orderId, transactionId } = await shop.ok<Ids>([...args, '--key', name]);
    Object.assign(ids, { [name]: requestId, [`${name}Order`]: orderId, [`${name}Row`]: transactionId });
  };
  await user('ann');
  await user('bob');
  await user('idle');
  await product('pen', '100', '10');
  await product('ink', '30', '50');
  await product('unsold', '5', '0');
  await request('charge1', 'charge', '@ann', '10000');
  await request('charge2', 'charge', String(ids.bob), '500');
  await request('charge3', 'charge', '@ann', '2000');
  await request('order1', 'order', 'place', String(ids.ann), `${ids.pen}:2`, `${ids.ink}:3`);
  await request('order2', 'order', 'place', '@bob', '@ink:2');
  // a product named by id and by reference counts as one line
  await request('order3', 'order', 'place', '@ann', `${ids.ink}:1`, '@ink:2', '@pen');
  await request('order4', 'order', 'place', '@ann', '@pen:3', `${ids.ink}:4`);
  await request('cancel4', 'order', 'cancel', String(ids.order4Order));
  await request('restock', 'product', 'restock', '@pen', '5');
  await request('restock2', 'product', 'restock', String(ids.ink), '1');
  await shop.ok(['cart', 'add', '@ann', '@pen:2', '@ink']);
  await request('checkout', 'cart', 'checkout', '@ann');
  await shop.ok(['cart', 'add', '@bob', '@pen:2']);
  await shop.refused(['order', 'place', '@bob', '@pen:9', '--key', 'refused']);
  // these requests have a user and a product of their own, because other cases count the rows of the others
  await user('fay');
  await product('lamp', '5', '12');
  await request('goodwill', 'balance', 'adjust', '@fay', '--by', '50', '--reason', 'r');
  await request('adjust', 'balance', 'adjust', String(ids.fay), '--by', '-20', '--reason', 'r');
  await request('count', 'product', 'adjust', '@lamp', '--to', '13', '--expect', '12', '--reason', 'r');
  await request('damage', 'product', 'adjust', String(ids.lamp), '--by', '-1', '--reason', 'r');
  await request('last', 'charge', '@bob', '7');
  await user('eve');
  await product('cup', '100', '20');
  await product('jar', '40', '20');
  await request('charge5', 'charge', '@eve', '5000');
  await request('order5', 'order', 'place', '@eve', '@cup:5', '@jar:4');
  await request('return5', 'order', 'return', String(ids.order5Order), '@cup:1', `${ids.jar}:3`, String(ids.cup));
  await request('lost5', 'order', 'return', String(ids.order5Order), '@cup:1', '--no-restock');
  await request('order6', 'order', 'place', '@eve', '@jar:2');
  await request('return6', 'order', 'return', String(ids.order6Order), '@jar:2');
  await request('order7', 'order', 'place', '@eve', '@cup:3', '@jar');
  await request('return7', 'order', 'return', String(ids.order7Order), '@cup', '@jar');
  await request('cancel7', 'order', 'cancel', String(ids.order7Order));
  await worker.stop();
  await shop.ok(['charge', '@ann', '5', '--no-wait', '--key', 'pending']);
  await requestByHand('failed', 'charge', { user: ids.ann, amount: 5 }, 'failed', 'CHARGE_FAILED');
  const requests = await shop.sql<{ id: number; name: string }>('SELECT id, idempotency_key AS name FROM requests');
  for (const { id, name } of requests) ids[name] = id;
  const rows = await shop.sql<{ id: number; request: number }>(
    'SELECT id, request_id AS request FROM point_transactions',
  );
  ids.nextRow = Math.max(...rows.map(({ id }) => id)) + 1;
  ids.next = rows.length + 1;
  for (const { id, name } of requests) ids[`${name}Row`] = rows.find(({ request }) => request === id)?.id ?? 0;
  await shop.sql("INSERT INTO batches (name, actor, host, replayed, created_at) VALUES ('b', 't', 'h', 0, NOW())");
  await shop.sql('UPDATE requests SET batch_id = (SELECT id FROM batches), batch_line = 2 WHERE id = ?', [ids.charge1]);
  await shop.sql('INSERT INTO batch_exceptions (batch_id, line, request_id) SELECT id, 3, ? FROM batches', [
    ids.charge2,
  ]);
  await shop.sql('UPDATE outcomes SET attempts = 2 WHERE request_id = ?', [ids.charge3]);
  await shop.sql("INSERT INTO attempts VALUES (?, 1, 'r', NOW()), (?, 1, 'r', NOW()), (?, 3, 'r', NOW())", [
    ids.charge3,
    ids.failed,
    ids.failed,
  ]);

  // a withdrawal after the outcome has no effect
  await shop.sql(
    "INSERT INTO withdrawals VALUES (?, 't', 'h', NOW()), (?, 't', 'h', UTC_TIMESTAMP(3) + INTERVAL 1 DAY)",
    [ids.pending, ids.last],
  );
  await shop.sql(
    "INSERT INTO activities (actor, host, action, subject, request_id, created_at) VALUES ('t', 'h', 'a', 's', ?, NOW())",
    [ids.pending],
  );

  // the schema would refuse some of the faults that the audit must find
  const constraints = await shop.sql<{ tableName: string; name: string }>(
    `SELECT TABLE_NAME AS tableName, CONSTRAINT_NAME AS name FROM information_schema.TABLE_CONSTRAINTS
     WHERE CONSTRAINT_SCHEMA = DATABASE() AND CONSTRAINT_TYPE = 'CHECK'`,
  );
  for (const { tableName, name } of constraints) await shop.sql(`ALTER TABLE ${tableName} DROP CONSTRAINT ${name}`);
  await shop.sql('SET SESSION foreign_key_checks = 0');
  for (const table of TABLES) await shop.sql(`CREATE TABLE kept_${table} AS SELECT * FROM ${table}`);
}

async function requestByHand(key: string, kind: string, payload: unknown, status: string, code: string | null = null) {
  await shop.sql(
    `INSERT INTO requests (idempotency_key, request_hash, kind, payload, actor, host, created_at)
     VALUES (?, REPEAT('x', 32), ?, ?, 'tester', 'here', UTC_TIMESTAMP(3))`,
    [key, kind, JSON.stringify(payload)],
  );
  await shop.sql(
    `INSERT INTO outcomes (request_id, status, code, attempts, details, decided_at)
     SELECT id, ?, ?, 3, '{}', UTC_TIMESTAMP(3) FROM requests WHERE idempotency_key = ?`,
    [status, code, key],
  );
}

/** Runs the audit, and checks that its output is consistent. */
export async function audit(): Promise<Audit> {
  const { status, stdout, stderr } = await shop.run(['audit', '--json']);
  expect(stderr).toBe('');
  const answer: Audit = JSON.parse(stdout);
  expect(status).toBe(answer.ok ? 0 : EXIT_FAULT_FOUND);
  expect(answer.checks.map(({ name }) => name)).toEqual(CHECK_NAMES);
  for (const { ok, found, faults } of answer.checks) {
    expect(ok).toBe(found === 0);
    expect(faults).toHaveLength(Math.min(found, 100));
    for (const { fault } of faults) expect(fault).toMatch(/^[A-Z0-9].*\.$/);
  }
  return answer;
}

/** Returns the names of the checks that have found faults. */
export function failing({ checks }: Audit): AuditCheckName[] {
  return checks.filter(({ ok }) => !ok).map(({ name }) => name);
}

/** Returns the result of one check. */
export function result({ checks }: Audit, name: AuditCheckName): AuditCheck {
  const check = checks.find((one) => one.name === name);
  if (check === undefined) throw new Error(`no check ${name}`);
  return check;
}

/** Replaces each `:name` with its id. */
export function withIds(text: string): string {
  return text.replace(/:([a-z]\w*)/gi, (_, name: string) => {
    if (ids[name] === undefined) throw new Error(`no id of ${name}`);
    return String(ids[name]);
  });
}

/** Runs the audit while the data is broken, and restores the data afterwards. */
export async function broken(...statements: string[]): Promise<Audit> {
  try {
    for (const statement of statements) await shop.sql(withIds(statement));
    return await audit();
  } finally {
    // all statements are in one transaction, because each commit waits for the disk
    await shop.sql('BEGIN');
    for (const table of TABLES) {
      await shop.sql(`DELETE FROM ${table}`);
      await shop.sql(`INSERT INTO ${table} SELECT * FROM kept_${table}`);
    }
    await shop.sql('COMMIT');
  }
}

/**
 * Each case has the fault, the checks that find it (the tested one first), the statements that cause it, and the
 * expected details.
 */
export type Case = readonly [
  name: string,
  checks: readonly AuditCheckName[],
  statements: readonly string[],
  faults: unknown[],
];

/** Inserts an applied request with its outcome, for cases whose additional rows need a request. */
export const request = (id: number, kind: string, payload: string, details = '{}', status = 'applied') => [
  `INSERT INTO requests (id, idempotency_key, request_hash, kind, payload, actor, host, created_at)
   VALUES (${id}, 'by-hand-${id}', REPEAT('x', 32), '${kind}', '${payload}', 'tester', 'here', NOW())`,
  `INSERT INTO outcomes (request_id, status, code, attempts, details, decided_at)
   VALUES (${id}, '${status}', ${status === 'applied' ? 'NULL' : "'INVALID_USER'"}, 1, '${details}', NOW())`,
];
export const ledgerRow = (
  user: string,
  type: string,
  amount: number,
  after: string,
  requestId: number | string,
  order: string,
) =>
  `INSERT INTO point_transactions (id, user_id, type, amount, balance_after, request_id, order_id, created_at)
   SELECT MAX(id) + 1, ${user}, '${type}', ${amount}, ${after}, ${requestId}, ${order}, NOW() FROM point_transactions`;
export const stockRow = (product: string, type: string, quantity: number, requestId: string) => [
  `INSERT INTO stock_movements (product_id, type, quantity, stock_after, request_id, created_at)
   SELECT id, '${type}', ${quantity}, stock + ${quantity}, ${requestId}, NOW() FROM products WHERE id = ${product}`,
  `UPDATE products SET stock = stock + ${quantity} WHERE id = ${product}`,
];
export const setDetail = (field: string, value: string, requestId: string) =>
  `UPDATE outcomes SET details = JSON_SET(details, '$.${field}', ${value}) WHERE request_id = ${requestId}`;
export const setPayload = (field: string, value: string, requestId: string) =>
  `UPDATE requests SET payload = JSON_SET(payload, '$.${field}', ${value}) WHERE id = ${requestId}`;

/** Runs each case in the shop. */
export function itFinds(cases: readonly Case[]): void {
  it.each(cases)('finds the fault: %s', async (_name, checks, statements, faults) => {
    const answer = await broken(...statements);
    expect(failing(answer)).toEqual(CHECK_NAMES.filter((name) => checks.includes(name)));
    const { faults: found } = result(answer, checks[0] ?? 'balances');
    // a gap in a chain may make later checks report faults, too
    expect(found).toEqual(
      expect.arrayContaining(
        faults.map((fault) => expect.objectContaining(numbered(fault as Record<string, unknown>))),
      ),
    );
  });
}

/** Replaces each `:name` in a fault with its id. */
function numbered(fault: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fault).map(([name, value]) => [
      name,
      typeof value === 'string' && value.startsWith(':') ? ids[value.slice(1)] : value,
    ]),
  );
}
