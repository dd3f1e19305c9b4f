import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Audit, AuditCheck } from '../../src/domain/audit/audit.ts';
import { type AuditCheckName, CHECK_NAMES } from '../../src/domain/audit/check.ts';
import { TestShop } from '../support/shop.ts';

const EXIT_FAULT_FOUND = 9;
const NOWHERE = 999_999;
const TABLES = [
  ...['users', 'products', 'requests', 'outcomes', 'orders', 'order_lines', 'point_transactions', 'stock_movements'],
  ...['hourly_sales', 'carts', 'cart_lines', 'batches', 'batch_exceptions', 'attempts', 'withdrawals', 'activities'],
] as const;

/** Ids of the shop's rows, by the names that the tests give them. */
type Ids = Record<string, number>;

let shop: TestShop;
const ids: Ids = {};

async function audit(): Promise<Audit> {
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

function failing({ checks }: Audit): AuditCheckName[] {
  return checks.filter(({ ok }) => !ok).map(({ name }) => name);
}

function result({ checks }: Audit, name: AuditCheckName): AuditCheck {
  const check = checks.find((one) => one.name === name);
  if (check === undefined) throw new Error(`no check ${name}`);
  return check;
}

/** Creates a shop with every kind of row, and no running worker. */
beforeAll(async () => {
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
  // a user and a product of their own, because other cases count the rows of the others
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

  // the audit must find the fault whether or not the schema would allow it
  const constraints = await shop.sql<{ tableName: string; name: string }>(
    `SELECT TABLE_NAME AS tableName, CONSTRAINT_NAME AS name FROM information_schema.TABLE_CONSTRAINTS
     WHERE CONSTRAINT_SCHEMA = DATABASE() AND CONSTRAINT_TYPE = 'CHECK'`,
  );
  for (const { tableName, name } of constraints) await shop.sql(`ALTER TABLE ${tableName} DROP CONSTRAINT ${name}`);
  await shop.sql('SET SESSION foreign_key_checks = 0');
  for (const table of TABLES) await shop.sql(`CREATE TABLE kept_${table} AS SELECT * FROM ${table}`);
});

afterAll(async () => {
  await shop.close();
});

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

/** Replaces each `:name` with its id. */
function withIds(text: string): string {
  return text.replace(/:([a-z]\w*)/gi, (_, name: string) => {
    if (ids[name] === undefined) throw new Error(`no id of ${name}`);
    return String(ids[name]);
  });
}

/** Runs the audit while the data is broken, and restores the data afterwards. */
async function broken(...statements: string[]): Promise<Audit> {
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

it('finds no fault in an intact shop, and lists what it has checked', async () => {
  const answer = await audit();
  expect(answer.checks.flatMap(({ faults }) => faults)).toEqual([]);
  expect(answer.ok).toBe(true);
  const count = async (table: string) =>
    (await shop.sql<{ n: number }>(`SELECT COUNT(*) AS n FROM ${table}`))[0]?.n ?? 0;
  expect(result(answer, 'balances').checked).toBe(5);
  expect(result(answer, 'ledger-chain').checked).toBe(await count('point_transactions'));
  expect(result(answer, 'outcomes').checked).toBe((await count('requests')) + (await count('attempts')));
  expect(result(answer, 'payments').checked).toBe(await count('requests'));
  expect(result(answer, 'hourly-sales').checked).toBe(await count('hourly_sales'));
  for (const { checked } of answer.checks) expect(checked).toBeGreaterThan(0);
});

it('accepts equivalent JSON in another notation', async () => {
  const answer = await broken(
    `UPDATE requests SET payload = '{ "amount": 10000, "user": "@ann" }' WHERE id = :charge1`,
    `UPDATE requests SET payload = CONCAT('{"items": [{"quantity": 2, "product": "@ink"}], "user": ', :bob, '}') WHERE id = :order2`,
    `UPDATE requests SET payload = CONCAT('{ "order" : ', :order4Order, ' }') WHERE id = :cancel4`,
    `UPDATE requests SET payload = '{ "quantity": 5, "product": "@pen" }' WHERE id = :restock`,
    `UPDATE requests SET payload = '{ "amount": 50, "user": "@fay" }' WHERE id = :goodwill`,
    `UPDATE requests SET payload = '{ "expect": 12, "to": 13, "product": "@lamp" }' WHERE id = :count`,
    `UPDATE outcomes SET details = '{ "balance": 10000, "amount": 10000, "userId": 1, "transactionId": 1, "more": true }' WHERE request_id = :charge1`,
  );
  expect(answer.checks.flatMap(({ faults }) => faults)).toEqual([]);
});

/**
 * Each case: the fault, the checks that find it (the tested one first), the statements that cause it, and the expected details.
 */
type Case = readonly [
  name: string,
  checks: readonly AuditCheckName[],
  statements: readonly string[],
  faults: unknown[],
];

/** Inserts an applied request with its outcome, for extra rows that need one. */
const request = (id: number, kind: string, payload: string, details = '{}', status = 'applied') => [
  `INSERT INTO requests (id, idempotency_key, request_hash, kind, payload, actor, host, created_at)
   VALUES (${id}, 'by-hand-${id}', REPEAT('x', 32), '${kind}', '${payload}', 'tester', 'here', NOW())`,
  `INSERT INTO outcomes (request_id, status, code, attempts, details, decided_at)
   VALUES (${id}, '${status}', ${status === 'applied' ? 'NULL' : "'INVALID_USER'"}, 1, '${details}', NOW())`,
];
const ledgerRow = (
  user: string,
  type: string,
  amount: number,
  after: string,
  requestId: number | string,
  order: string,
) =>
  `INSERT INTO point_transactions (id, user_id, type, amount, balance_after, request_id, order_id, created_at)
   SELECT MAX(id) + 1, ${user}, '${type}', ${amount}, ${after}, ${requestId}, ${order}, NOW() FROM point_transactions`;
const stockRow = (product: string, type: string, quantity: number, requestId: string) => [
  `INSERT INTO stock_movements (product_id, type, quantity, stock_after, request_id, created_at)
   SELECT id, '${type}', ${quantity}, stock + ${quantity}, ${requestId}, NOW() FROM products WHERE id = ${product}`,
  `UPDATE products SET stock = stock + ${quantity} WHERE id = ${product}`,
];
const setDetail = (field: string, value: string, requestId: string) =>
  `UPDATE outcomes SET details = JSON_SET(details, '$.${field}', ${value}) WHERE request_id = ${requestId}`;
const setPayload = (field: string, value: string, requestId: string) =>
  `UPDATE requests SET payload = JSON_SET(payload, '$.${field}', ${value}) WHERE id = ${requestId}`;

const CASES: readonly Case[] = [
  [
    'a balance that differs from the ledger',
    ['balances'],
    ['UPDATE users SET balance = balance + 1 WHERE id = :bob'],
    [{ userId: ':bob', balance: 448, ledger: 447, lastTransactionId: ':lastRow', lastBalance: 447 }],
  ],
  [
    'a balance without a ledger, too large for a double',
    ['balances'],
    ['UPDATE users SET balance = 9007199254740993 WHERE id = :idle'],
    [{ userId: ':idle', balance: '9007199254740993', ledger: 0, lastTransactionId: null, lastBalance: 0 }],
  ],
  [
    'a negative balance',
    ['balances', 'ledger-chain'],
    [
      ...request(
        NOWHERE,
        'charge',
        '{"user":3,"amount":-3}',
        '{"userId":3,"amount":-3,"balance":-3,"transactionId"::nextRow}',
      ),
      ledgerRow(':idle', 'charge', -3, '-3', NOWHERE, 'NULL'),
      'UPDATE users SET balance = -3 WHERE id = :idle',
    ],
    [{ userId: ':idle', balance: -3, ledger: -3, lastBalance: -3 }],
  ],
  [
    'a lost last row of the ledger',
    ['balances', 'effects'],
    ['DELETE FROM point_transactions WHERE id = :lastRow'],
    [{ userId: ':bob', balance: 447, ledger: 440, lastTransactionId: ':order2Row', lastBalance: 440 }],
  ],
  [
    'a ledger row that does not continue the one before',
    ['ledger-chain'],
    [
      'UPDATE point_transactions SET balance_after = 12001 WHERE id = :charge3Row',
      setDetail('balance', '12001', ':charge3'),
    ],
    [
      { transactionId: ':charge3Row', userId: ':ann', balanceBefore: 10_000, amount: 2_000, balanceAfter: 12_001 },
      { transactionId: ':order1Row', userId: ':ann', balanceBefore: 12_001, amount: -290, balanceAfter: 11_710 },
    ],
  ],
  [
    'a lost row within the ledger',
    ['ledger-chain', 'balances', 'effects'],
    ['DELETE FROM point_transactions WHERE id = :charge3Row'],
    [{ transactionId: ':order1Row', userId: ':ann', balanceBefore: 10_000, amount: -290, balanceAfter: 11_710 }],
  ],
  [
    'an amount above the maximum',
    ['ledger-chain', 'balances', 'outcome-details', 'requests'],
    ['UPDATE point_transactions SET amount = 9223372036854775807 WHERE id = :charge3Row'],
    [{ transactionId: ':charge3Row', amount: '9223372036854775807' }],
  ],
  [
    'a stock that differs from its rows',
    ['stocks'],
    ['UPDATE products SET stock = stock - 1 WHERE id = :pen'],
    [{ productId: ':pen', stock: 9, movements: 10, lastStock: 10 }],
  ],
  [
    'a negative stock',
    ['stocks'],
    ['UPDATE products SET stock = -1 WHERE id = :unsold'],
    [{ productId: ':unsold', stock: -1, movements: 0, lastStock: 0 }],
  ],
  [
    'a lost last stock row',
    ['stocks', 'sales'],
    ['DELETE FROM stock_movements WHERE request_id = :checkout AND product_id = :pen'],
    [{ productId: ':pen', stock: 10, movements: 12, lastStock: 12 }],
  ],
  [
    'a stock row that does not continue the one before',
    ['stock-chain'],
    ["UPDATE stock_movements SET stock_after = 11 WHERE product_id = :pen AND type = 'initial'"],
    [
      { productId: ':pen', stockBefore: 0, quantity: 10, stockAfter: 11 },
      { productId: ':pen', stockBefore: 11, quantity: -2, stockAfter: 8 },
    ],
  ],
  [
    'a stock row with a negative stock, and one above the maximum',
    ['stock-chain', 'stocks'],
    [
      "UPDATE stock_movements SET quantity = 9223372036854775807, stock_after = -1 WHERE product_id = :unsold AND type = 'initial'",
    ],
    [{ productId: ':unsold', stockBefore: 0, quantity: '9223372036854775807', stockAfter: -1 }],
  ],
  [
    'a lost first stock row',
    ['stock-chain', 'stocks'],
    ["DELETE FROM stock_movements WHERE product_id = :pen AND type = 'initial'"],
    [
      { productId: ':pen', stockBefore: 0, quantity: -2, stockAfter: 8 },
      { productId: ':pen', type: 'sale' },
    ],
  ],
  [
    'a second first stock row',
    ['stock-chain'],
    stockRow(':pen', 'initial', 0, 'NULL'),
    [{ productId: ':pen', movementId: expect.any(Number) }],
  ],
  [
    'a product without stock rows',
    ['stock-chain'],
    ['DELETE FROM stock_movements WHERE product_id = :unsold'],
    [{ productId: ':unsold' }],
  ],
  [
    'an outcome with too many attempts',
    ['outcomes'],
    ['UPDATE outcomes SET attempts = 4 WHERE request_id = :charge1'],
    [{ requestId: ':charge1', status: 'applied', code: null, attempts: 4 }],
  ],
  [
    'an applied outcome with a code',
    ['outcomes'],
    ["UPDATE outcomes SET code = 'INVALID_USER' WHERE request_id = :charge1"],
    [{ requestId: ':charge1', status: 'applied', code: 'INVALID_USER', attempts: 1 }],
  ],
  [
    'a refusal without a code',
    ['outcomes'],
    ['UPDATE outcomes SET code = NULL WHERE request_id = :refused'],
    [{ requestId: ':refused', status: 'refused', code: null }],
  ],
  [
    'a failure before the third attempt',
    ['outcomes'],
    ['UPDATE outcomes SET attempts = 2 WHERE request_id = :failed', 'DELETE FROM attempts'],
    [{ requestId: ':failed', status: 'failed', attempts: 2 }],
  ],
  [
    'one failed attempt more than its outcome counts',
    ['outcomes'],
    ["INSERT INTO attempts VALUES (:charge3, 2, 'r', NOW())"],
    [{ requestId: ':charge3', status: 'applied', attempt: 2, attempts: 2 }],
  ],
  [
    'a fourth failed attempt',
    ['outcomes'],
    ["INSERT INTO attempts VALUES (:failed, 4, 'r', NOW())"],
    [{ requestId: ':failed', status: 'failed', attempt: 4, attempts: 3 }],
  ],
  [
    'a cancelled request that was not withdrawn',
    ['outcomes'],
    ["UPDATE outcomes SET code = 'CANCELLED' WHERE request_id = :refused"],
    [{ requestId: ':refused', status: 'refused', withdrawnAt: null }],
  ],
  [
    'a withdrawn request that failed as cancelled',
    ['outcomes'],
    [
      "UPDATE outcomes SET code = 'CANCELLED' WHERE request_id = :failed",
      "INSERT INTO withdrawals VALUES (:failed, 't', 'h', '2000-01-01')",
    ],
    [{ requestId: ':failed', status: 'failed' }],
  ],
  [
    'a withdrawn request that was applied all the same',
    ['outcomes'],
    ["INSERT INTO withdrawals VALUES (:charge1, 't', 'h', '2000-01-01')"],
    [{ requestId: ':charge1', status: 'applied' }],
  ],
  [
    'an outcome with an unknown status',
    ['outcomes'],
    ["UPDATE outcomes SET status = 'maybe' WHERE request_id = :failed"],
    [{ requestId: ':failed', status: 'maybe' }],
  ],
  [
    'a refused request with a ledger row',
    ['effects'],
    ["UPDATE outcomes SET status = 'refused', code = 'INVALID_USER' WHERE request_id = :charge2"],
    [{ requestId: ':charge2', kind: 'charge', status: 'refused', transactionId: ':charge2Row', orderId: null }],
  ],
  [
    'a failed request with a ledger row',
    ['effects'],
    ["UPDATE outcomes SET status = 'failed', code = 'CHARGE_FAILED', attempts = 3 WHERE request_id = :charge2"],
    [{ requestId: ':charge2', status: 'failed' }],
  ],
  [
    'a pending request with an order',
    ['effects'],
    ['DELETE FROM outcomes WHERE request_id = :order1'],
    [
      {
        requestId: ':order1',
        kind: 'order',
        status: 'pending',
        transactionId: ':order1Row',
        orderId: ':order1Order',
      },
    ],
  ],
  [
    'an applied charge without a ledger row',
    ['effects'],
    request(NOWHERE, 'charge', '{"user":1,"amount":5}'),
    [{ requestId: NOWHERE, kind: 'charge', transactionId: null, orderId: null }],
  ],
  [
    'an applied order without an order',
    ['effects', 'sales', 'hourly-sales'],
    ['DELETE FROM order_lines WHERE order_id = :order2Order', 'DELETE FROM orders WHERE id = :order2Order'],
    [{ requestId: ':order2', kind: 'order', transactionId: ':order2Row', orderId: null }],
  ],
  [
    'an applied cancel without a refund',
    ['effects'],
    request(NOWHERE, 'cancel', '{"order":1}'),
    [{ requestId: NOWHERE, kind: 'cancel', transactionId: null }],
  ],
  [
    'an applied restock without a stock row',
    ['effects'],
    request(NOWHERE, 'restock', '{"product":1,"quantity":1}'),
    [{ requestId: NOWHERE, movementId: null }],
  ],
  [
    'an applied adjustment of points without a ledger row',
    ['effects', 'requests'],
    request(NOWHERE, 'points-adjust', '{"user":1,"amount":1}'),
    [{ requestId: NOWHERE, kind: 'points-adjust', transactionId: null }],
  ],
  [
    'an applied adjustment of stock without a stock row',
    ['effects', 'requests'],
    request(NOWHERE, 'stock-adjust', '{"product":1,"by":1}'),
    [{ requestId: NOWHERE, kind: 'stock-adjust', movementId: null }],
  ],
  [
    'a refused adjustment of stock with a stock row',
    ['effects'],
    ["UPDATE outcomes SET status = 'refused', code = 'STOCK_CHANGED' WHERE request_id = :count"],
    [{ requestId: ':count', kind: 'stock-adjust', status: 'refused', movementId: expect.any(Number) }],
  ],
  [
    'a restock with the stock row of an adjustment',
    ['effects'],
    ["UPDATE stock_movements SET type = 'adjustment' WHERE request_id = :restock"],
    [{ requestId: ':restock', kind: 'restock', type: 'adjustment', movementId: expect.any(Number) }],
  ],
  [
    'a charge with the ledger row of a payment',
    ['effects'],
    ["UPDATE requests SET kind = 'order' WHERE id = :charge2"],
    [{ requestId: ':charge2', kind: 'order', transactionId: ':charge2Row', type: 'charge', orderId: null }],
  ],
  [
    'a restock with a ledger row',
    ['effects'],
    ["UPDATE requests SET kind = 'restock' WHERE id = :charge2"],
    [
      { requestId: ':charge2', kind: 'restock', transactionId: ':charge2Row' },
      { requestId: ':charge2', movementId: null },
    ],
  ],
  [
    'a refused restock with a stock row',
    ['effects'],
    ["UPDATE outcomes SET status = 'refused', code = 'LIMIT_EXCEEDED' WHERE request_id = :restock"],
    [{ requestId: ':restock', kind: 'restock', status: 'refused', movementId: expect.any(Number) }],
  ],
  [
    'a charge applied twice',
    ['effects', 'outcome-details'],
    [ledgerRow(':bob', 'charge', 7, '454', ':last', 'NULL'), 'UPDATE users SET balance = balance + 7 WHERE id = :bob'],
    [{ requestId: ':last', transactionId: ':lastRow', rows: 2 }],
  ],
  [
    'a restock applied twice',
    ['effects', 'outcome-details'],
    stockRow(':pen', 'restock', 5, ':restock'),
    [{ requestId: ':restock', movementId: expect.any(Number), rows: 2 }],
  ],
  [
    'a ledger row of another type than its request has',
    ['effects'],
    ["UPDATE point_transactions SET type = 'adjustment' WHERE id = :charge2Row"],
    [{ requestId: ':charge2', kind: 'charge', transactionId: ':charge2Row', type: 'adjustment' }],
  ],
  [
    'an adjustment of the stock by a request of another kind',
    ['effects'],
    stockRow(':pen', 'adjustment', 5, ':charge1'),
    [{ requestId: ':charge1', kind: 'charge', type: 'adjustment', movementId: expect.any(Number) }],
  ],
  [
    'an applied request of a kind that has no rule',
    ['effects', 'cancels'],
    ["UPDATE requests SET kind = 'barter' WHERE id = :cancel4"],
    [{ requestId: ':cancel4', kind: 'barter', transactionId: ':cancel4Row', type: 'refund', orderId: null }],
  ],
  [
    'a restock by a missing request',
    ['effects'],
    stockRow(':pen', 'restock', 5, String(NOWHERE)),
    [{ requestId: NOWHERE, kind: null, movementId: expect.any(Number) }],
  ],
  [
    'a payment that differs from the total',
    ['payments'],
    [
      'UPDATE orders SET total = total + 2 WHERE id = :order1Order',
      'UPDATE order_lines SET unit_price = 101 WHERE order_id = :order1Order AND product_id = :pen',
    ],
    [{ orderId: ':order1Order', userId: ':ann', total: 292, transactionId: ':order1Row', amount: -290 }],
  ],
  [
    'a payment by another user',
    ['payments'],
    ['UPDATE orders SET user_id = :bob WHERE id = :order1Order'],
    [{ orderId: ':order1Order', userId: ':bob', transactionUserId: ':ann' }],
  ],
  [
    'a payment for another order',
    ['payments'],
    ['UPDATE point_transactions SET order_id = :order2Order WHERE id = :order1Row'],
    [{ orderId: ':order1Order', transactionId: ':order1Row', transactionOrderId: ':order2Order' }],
  ],
  [
    'a total that differs from the sum of the lines',
    ['order-totals'],
    ['UPDATE order_lines SET unit_price = 99 WHERE order_id = :order1Order AND product_id = :pen'],
    [{ orderId: ':order1Order', total: 290, lines: 2, linesTotal: 288 }],
  ],
  [
    'an order without lines',
    ['order-totals', 'sales', 'requests', 'hourly-sales'],
    ['DELETE FROM order_lines WHERE order_id = :order2Order'],
    [{ orderId: ':order2Order', total: 60, lines: 0, linesTotal: 0 }],
  ],
  [
    'a line without a stock row',
    ['sales', 'stock-chain', 'stocks'],
    ['DELETE FROM stock_movements WHERE request_id = :order2'],
    [{ orderId: ':order2Order', productId: ':ink', quantity: 2, movementId: null, moved: null }],
  ],
  [
    'a line that differs from its stock row',
    ['sales', 'order-totals', 'requests', 'hourly-sales'],
    ['UPDATE order_lines SET quantity = 3 WHERE order_id = :order2Order'],
    [{ orderId: ':order2Order', productId: ':ink', quantity: 3, moved: -2 }],
  ],
  [
    'a line whose stock row is no sale',
    ['sales', 'cancels'],
    ["UPDATE stock_movements SET type = 'return' WHERE request_id = :order2"],
    [{ orderId: ':order2Order', productId: ':ink', movementId: null }],
  ],
  [
    'a sale of a product that the order lacks',
    ['sales'],
    stockRow(':pen', 'sale', -1, ':order2'),
    [{ productId: ':pen', quantity: -1, requestId: ':order2', orderId: ':order2Order' }],
  ],
  [
    'a sale that was taken from the stock twice',
    ['sales'],
    stockRow(':ink', 'sale', -2, ':order2'),
    [{ orderId: ':order2Order', productId: ':ink', movementId: expect.any(Number), rows: 2 }],
  ],
  [
    'a sale by a missing request',
    ['sales'],
    stockRow(':pen', 'sale', -1, String(NOWHERE)),
    [{ productId: ':pen', quantity: -1, requestId: NOWHERE, orderId: null }],
  ],
  [
    'a sale by a request without an order',
    ['sales'],
    stockRow(':pen', 'sale', -1, ':refused'),
    [{ productId: ':pen', quantity: -1, requestId: ':refused', orderId: null }],
  ],
  [
    'a cancelled order without a refund',
    ['cancels', 'returns'],
    ["UPDATE orders SET status = 'cancelled' WHERE id = :order1Order"],
    [{ orderId: ':order1Order', total: 290, refunds: 0, refunded: 0 }],
  ],
  [
    'a refund of an order that is not cancelled',
    ['cancels'],
    ["UPDATE orders SET status = 'placed' WHERE id = :order4Order"],
    [{ transactionId: ':cancel4Row', orderId: ':order4Order', status: 'placed', userId: ':ann' }],
  ],
  [
    'a refund of more than the total',
    ['cancels', 'payments', 'order-totals'],
    ['UPDATE orders SET total = 400 WHERE id = :order4Order'],
    [{ orderId: ':order4Order', total: 400, refunds: 1, refunded: 420 }],
  ],
  [
    'an order with an impossible status',
    ['cancels', 'returns'],
    ["UPDATE orders SET status = 'returned' WHERE id = :order4Order"],
    [{ orderId: ':order4Order', status: 'returned', total: 420, refunds: 1, refunded: 420 }],
  ],
  [
    'an order whose refund differs from its lines',
    ['cancels'],
    ['UPDATE orders SET refunded = 419 WHERE id = :order4Order'],
    [{ orderId: ':order4Order', refunded: 419, linesRefunded: 420 }],
  ],
  [
    'returned units that were not refunded',
    ['cancels', 'hourly-sales'],
    ['UPDATE order_lines SET returned = 1 WHERE order_id = :order1Order AND product_id = :pen'],
    [{ orderId: ':order1Order', refunded: 0, linesRefunded: 100 }],
  ],
  [
    'a refund of a missing order',
    ['cancels', 'requests', 'outcome-details'],
    [`UPDATE point_transactions SET order_id = ${NOWHERE} WHERE id = :cancel4Row`],
    [{ transactionId: ':cancel4Row', orderId: NOWHERE, status: null, orderUserId: null }],
  ],
  [
    'a refund to another user',
    ['cancels', 'payments'],
    ['UPDATE orders SET user_id = :bob WHERE id = :order4Order'],
    [{ transactionId: ':cancel4Row', orderId: ':order4Order', userId: ':ann', orderUserId: ':bob' }],
  ],
  [
    'a second refund',
    ['cancels'],
    [
      ...request(
        NOWHERE,
        'cancel',
        '{"order"::order4Order}',
        '{"orderId"::order4Order,"userId"::ann,"total":420,"balance":11710,"transactionId"::nextRow}',
      ),
      ledgerRow(':ann', 'refund', 420, '11710', NOWHERE, ':order4Order'),
      'UPDATE users SET balance = 11710 WHERE id = :ann',
    ],
    [
      { orderId: ':order4Order', total: 420, refunds: 2, refunded: 840 },
      { orderId: ':order4Order', productId: ':pen', quantity: 3, requestId: NOWHERE, movementId: null },
      { orderId: ':order4Order', productId: ':ink', quantity: 4, requestId: NOWHERE, movementId: null },
    ],
  ],
  [
    'a cancel that does not return a product',
    ['cancels', 'stock-chain', 'stocks'],
    ['DELETE FROM stock_movements WHERE request_id = :cancel4 AND product_id = :ink'],
    [{ orderId: ':order4Order', productId: ':ink', quantity: 4, requestId: ':cancel4', movementId: null }],
  ],
  [
    'a cancel that returns more than was bought',
    ['cancels', 'stock-chain', 'stocks'],
    ['UPDATE stock_movements SET quantity = 5 WHERE request_id = :cancel4 AND product_id = :ink'],
    [{ orderId: ':order4Order', productId: ':ink', quantity: 4, rows: 1, moved: 5 }],
  ],
  [
    'a cancel that returns a product twice',
    ['cancels'],
    stockRow(':ink', 'return', 4, ':cancel4'),
    [{ orderId: ':order4Order', productId: ':ink', quantity: 4, requestId: ':cancel4', rows: 2, moved: 8 }],
  ],
  [
    'a return by a missing request',
    ['cancels'],
    stockRow(':unsold', 'return', 1, String(NOWHERE)),
    [{ productId: ':unsold', quantity: 1, requestId: NOWHERE, orderId: null }],
  ],
  [
    'a return of a product that the cancelled order lacks',
    ['cancels'],
    stockRow(':unsold', 'return', 1, ':cancel4'),
    [{ productId: ':unsold', quantity: 1, requestId: ':cancel4', orderId: ':order4Order' }],
  ],
  [
    'a return by a request that cancels nothing',
    ['cancels'],
    stockRow(':unsold', 'return', 1, ':charge1'),
    [{ productId: ':unsold', quantity: 1, requestId: ':charge1', orderId: null }],
  ],
  [
    'a partially returned order that claims to be returned',
    ['cancels'],
    ["UPDATE orders SET status = 'returned' WHERE id = :order5Order"],
    [{ orderId: ':order5Order', status: 'returned', total: 660, recorded: 420, refunds: 2, cancels: 0 }],
  ],
  [
    'a cancelled order that claims to be returned',
    ['cancels', 'returns'],
    ["UPDATE orders SET status = 'returned' WHERE id = :order7Order"],
    [{ orderId: ':order7Order', status: 'returned', total: 340, recorded: 340, refunds: 2, cancels: 1 }],
  ],
  [
    'a cancel that restocks what was returned before',
    ['cancels', 'stock-chain', 'stocks'],
    ['UPDATE stock_movements SET quantity = 3 WHERE request_id = :cancel7'],
    [{ orderId: ':order7Order', productId: ':cup', quantity: 3, returned: 1, rows: 1, moved: 3 }],
  ],
  [
    'a cancel that restocks a line that was returned whole',
    ['cancels'],
    stockRow(':jar', 'return', 1, ':cancel7'),
    [{ orderId: ':order7Order', productId: ':jar', quantity: 1, returned: 1, rows: 1, moved: 1 }],
  ],
  [
    'a line that is returned beyond its quantity',
    ['returns', 'cancels', 'hourly-sales'],
    ['UPDATE order_lines SET returned = 6 WHERE order_id = :order5Order AND product_id = :cup'],
    [{ orderId: ':order5Order', productId: ':cup', quantity: 5, returned: 6, asked: 3 }],
  ],
  [
    'a return of other units than requested',
    ['returns'],
    [setPayload('items[0].quantity', '9', ':return5')],
    [
      { orderId: ':order5Order', productId: ':cup', quantity: 5, returned: 3, asked: 11 },
      { requestId: ':return5', productId: ':cup', quantity: 10, restock: 'true', rows: 1, moved: 2 },
      { requestId: ':return5', transactionId: ':return5Row', amount: 320, paid: 1_120 },
    ],
  ],
  [
    'a return of a product that the order does not have',
    ['returns'],
    [setPayload('items[1].product', "'@pen'", ':return5')],
    [
      { orderId: ':order5Order', productId: ':jar', returned: 3, asked: 0 },
      { requestId: ':return5', productId: ':pen', orderId: ':order5Order', quantity: 3 },
      { requestId: ':return5', productId: ':pen', movementId: null },
      { requestId: ':return5', productId: ':jar', movementId: expect.any(Number) },
      { requestId: ':return5', transactionId: ':return5Row', amount: 320, paid: 200 },
    ],
  ],
  [
    'a return without restock that restocks',
    ['returns'],
    stockRow(':cup', 'return', 1, ':lost5'),
    [{ requestId: ':lost5', productId: ':cup', quantity: 1, restock: 'false', rows: 1, moved: 1 }],
  ],
  [
    'a return that does not restock a product',
    ['returns', 'stock-chain', 'stocks'],
    ['DELETE FROM stock_movements WHERE request_id = :return5 AND product_id = :jar'],
    [{ requestId: ':return5', productId: ':jar', quantity: 3, movementId: null }],
  ],
  [
    'a return that restocks another product of the order',
    ['returns'],
    stockRow(':jar', 'return', 1, ':lost5'),
    [{ movementId: expect.any(Number), productId: ':jar', quantity: 1, requestId: ':lost5' }],
  ],
  [
    'a return that refunds another price',
    ['returns', 'cancels', 'order-totals'],
    ['UPDATE order_lines SET unit_price = 101 WHERE order_id = :order5Order AND product_id = :cup'],
    [
      { requestId: ':return5', transactionId: ':return5Row', amount: 320, paid: 322 },
      { requestId: ':lost5', transactionId: ':lost5Row', amount: 100, paid: 101 },
    ],
  ],
  [
    'a return of another order than requested',
    ['requests'],
    [setPayload('order', ':order1Order', ':return5')],
    [{ requestId: ':return5', kind: 'return', orderId: ':order5Order' }],
  ],
  [
    'a return whose outcome has another balance',
    ['outcome-details'],
    [setDetail('balance', '1', ':return5')],
    [{ requestId: ':return5', transactionId: ':return5Row', type: 'refund', amount: 320, orderId: ':order5Order' }],
  ],
  [
    'a charge of another amount than requested',
    ['requests'],
    [setPayload('amount', '9999', ':charge1')],
    [{ requestId: ':charge1', kind: 'charge', transactionId: ':charge1Row', userId: ':ann', amount: 10_000 }],
  ],
  [
    'a charge of another user than requested',
    ['requests'],
    [setPayload('user', "'@bob'", ':charge1')],
    [{ requestId: ':charge1', userId: ':ann' }],
  ],
  [
    'an order of another user than requested',
    ['requests'],
    [setPayload('user', ':bob', ':order1')],
    [{ requestId: ':order1', kind: 'order', userId: ':ann', orderId: ':order1Order' }],
  ],
  [
    'an order of another quantity than requested',
    ['requests'],
    [setPayload('items[0].quantity', '1', ':order1')],
    [{ requestId: ':order1', orderId: ':order1Order', productId: ':pen', asked: 1, ordered: 2 }],
  ],
  [
    'an order of another product than requested',
    ['requests'],
    [setPayload('items[0].product', "'@ink'", ':order2').replace('@ink', '@pen')],
    [{ requestId: ':order2', orderId: ':order2Order', productId: ':ink', asked: 0, ordered: 2 }],
  ],
  [
    'an order of less than requested',
    ['requests'],
    [setPayload('items[1]', `JSON_OBJECT('product', '@pen', 'quantity', 1)`, ':order2')],
    [{ requestId: ':order2', orderId: ':order2Order', items: 2, lines: 1, asked: 3, ordered: 2 }],
  ],
  [
    'an order of an item that was not requested',
    ['requests'],
    [`UPDATE requests SET payload = JSON_REMOVE(payload, '$.items[1]') WHERE id = :order1`],
    [
      { requestId: ':order1', items: 1, lines: 2, asked: 2, ordered: 5 },
      { requestId: ':order1', productId: ':ink', asked: 0, ordered: 3 },
    ],
  ],
  [
    'a cancel of another order than requested',
    ['requests'],
    [setPayload('order', ':order1Order', ':cancel4')],
    [{ requestId: ':cancel4', kind: 'cancel', orderId: ':order4Order' }],
  ],
  [
    'a restock of another quantity than requested',
    ['requests'],
    [setPayload('quantity', '6', ':restock')],
    [{ requestId: ':restock', productId: ':pen', quantity: 5 }],
  ],
  [
    'a restock of two products',
    ['requests', 'effects', 'outcome-details'],
    stockRow(':unsold', 'restock', 5, ':restock'),
    [{ requestId: ':restock', productId: ':unsold', quantity: 5 }],
  ],
  [
    'adjustments without reasons',
    ['requests'],
    ['UPDATE requests SET reason = NULL WHERE id IN (:adjust, :count)'],
    [
      { requestId: ':adjust', kind: 'points-adjust' },
      { requestId: ':count', kind: 'stock-adjust' },
    ],
  ],
  [
    'an adjustment of points with another sign than requested',
    ['requests'],
    [setPayload('amount', '20', ':adjust')],
    [{ requestId: ':adjust', kind: 'points-adjust', transactionId: ':adjustRow', amount: -20 }],
  ],
  [
    'an adjustment of stock by another number than requested',
    ['requests'],
    [setPayload('by', '-2', ':damage')],
    [{ requestId: ':damage', kind: 'stock-adjust', productId: ':lamp', quantity: -1 }],
  ],
  [
    'a stock count with another stock than requested',
    ['requests'],
    [setPayload('to', '14', ':count')],
    [{ requestId: ':count', kind: 'stock-adjust', productId: ':lamp', quantity: 1, stock: 13 }],
  ],
  [
    'a stock count at another stock than expected',
    ['requests'],
    [setPayload('expect', '11', ':count')],
    [{ requestId: ':count', productId: ':lamp', quantity: 1, stock: 13 }],
  ],
  [
    'an adjustment of points whose outcome has another balance',
    ['outcome-details'],
    [setDetail('balance', '1', ':adjust')],
    [{ requestId: ':adjust', transactionId: ':adjustRow', type: 'adjustment', amount: -20 }],
  ],
  [
    'an adjustment of stock whose outcome has another difference',
    ['outcome-details'],
    [setDetail('difference', '2', ':count')],
    [{ requestId: ':count', productId: ':lamp', quantity: 1, stock: 13 }],
  ],
  [
    'an adjustment of stock whose outcome has another stock before it',
    ['outcome-details'],
    [setDetail('before', '1', ':damage')],
    [{ requestId: ':damage', productId: ':lamp', quantity: -1 }],
  ],
  [
    'a charge whose outcome has another balance',
    ['outcome-details'],
    [setDetail('balance', '10001', ':charge1')],
    [{ requestId: ':charge1', transactionId: ':charge1Row', userId: ':ann', amount: 10_000, balance: 10_000 }],
  ],
  [
    'a charge whose outcome names another ledger row',
    ['outcome-details'],
    [setDetail('transactionId', ':charge2Row', ':charge1')],
    [{ requestId: ':charge1', transactionId: ':charge1Row' }],
  ],
  [
    'an order whose outcome names another order',
    ['outcome-details'],
    [setDetail('orderId', ':order2Order', ':order1')],
    [{ requestId: ':order1', type: 'payment', orderId: ':order1Order' }],
  ],
  [
    'an order whose outcome has another total',
    ['outcome-details'],
    [setDetail('total', '291', ':order1')],
    [{ requestId: ':order1', transactionId: ':order1Row', type: 'payment', amount: -290, balance: 11_710 }],
  ],
  [
    'a cancel whose outcome has another order',
    ['outcome-details'],
    [setDetail('orderId', ':order1Order', ':cancel4')],
    [{ requestId: ':cancel4', type: 'refund', orderId: ':order4Order' }],
  ],
  [
    'a restock whose outcome has another stock',
    ['outcome-details'],
    [setDetail('stock', '16', ':restock')],
    [{ requestId: ':restock', productId: ':pen', stock: 12 }],
  ],
  [
    'an unreadable outcome',
    ['outcome-details'],
    ["UPDATE outcomes SET details = 'x' WHERE request_id IN (:charge1, :restock)"],
    [
      { requestId: ':charge1', said: 'x' },
      { requestId: ':restock', said: 'x' },
    ],
  ],
  [
    'an hour that counts one unit more',
    ['hourly-sales'],
    ['UPDATE hourly_sales SET quantity = quantity + 1 WHERE product_id = :pen'],
    [{ productId: ':pen', hour: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:00:00\.000Z$/) }],
  ],
  [
    'an hour with a count above the maximum',
    ['hourly-sales'],
    ['UPDATE hourly_sales SET quantity = 9223372036854775807 WHERE product_id = :pen'],
    [{ productId: ':pen', told: '9223372036854775807' }],
  ],
  [
    'an hour that is not counted',
    ['hourly-sales'],
    ['DELETE FROM hourly_sales WHERE product_id = :ink'],
    [{ productId: ':ink', told: 0 }],
  ],
  [
    'sales counted in another hour',
    ['hourly-sales'],
    ['UPDATE hourly_sales SET hour = hour - INTERVAL 9 DAY WHERE product_id = :ink'],
    [
      { productId: ':ink', sold: 0 },
      { productId: ':ink', told: 0 },
    ],
  ],
  [
    'sales counted for another product',
    ['hourly-sales'],
    ['UPDATE hourly_sales SET product_id = :unsold WHERE product_id = :ink'],
    [
      { productId: ':ink', told: 0 },
      { productId: ':unsold', sold: 0 },
    ],
  ],
];

describe('finds the fault:', () => {
  it.each(CASES)('%s', async (_name, checks, statements, faults) => {
    const answer = await broken(...statements);
    expect(failing(answer)).toEqual(CHECK_NAMES.filter((name) => checks.includes(name)));
    const { faults: found } = result(answer, checks[0] ?? 'balances');
    // a gap may make the checks after it report faults, too
    expect(found).toEqual(
      expect.arrayContaining(
        faults.map((fault) => expect.objectContaining(numbered(fault as Record<string, unknown>))),
      ),
    );
  });

  it.each([
    ['point_transactions', 'user_id', ''],
    ['orders', 'user_id', ''],
    ['order_lines', 'product_id', 'position = 1'],
    ['stock_movements', 'product_id', 'request_id = :order2'],
    ['hourly_sales', 'product_id', 'product_id = :pen'],
    ['requests', 'batch_id', 'id = :charge1'],
    ['batch_exceptions', 'batch_id', ''],
    ['batch_exceptions', 'request_id', ''],
    ['attempts', 'request_id', 'request_id = :failed'],
    ['carts', 'user_id', 'user_id = :ann'],
    ['cart_lines', 'cart_id', ''],
    ['cart_lines', 'product_id', ''],
    ['outcomes', 'request_id', 'request_id = :charge1'],
    ['point_transactions', 'request_id', 'request_id = :charge1'],
    ['withdrawals', 'request_id', 'request_id = :pending'],
    ['activities', 'request_id', 'request_id = :pending'],
    ['order_lines', 'order_id', 'order_id = :order1Order'],
  ])('%s.%s that names a missing row', async (table, column, where) => {
    const [{ n } = { n: 0 }] = await shop.sql<{ n: number }>(
      withIds(`SELECT COUNT(*) AS n FROM ${table} WHERE ${where || 'TRUE'}`),
    );
    expect(n).toBeGreaterThan(0);
    const answer = await broken(`UPDATE ${table} SET ${column} = ${NOWHERE} WHERE ${where || 'TRUE'}`);
    const { faults } = result(answer, 'references');
    expect(faults.reduce((sum, { rows }) => sum + Number(rows), 0)).toBe(n);
    for (const fault of faults) expect(fault).toMatchObject({ table, column, missing: NOWHERE });
  });

  it('an order without its request', async () => {
    const answer = await broken(
      `UPDATE order_lines SET order_id = ${NOWHERE} WHERE order_id = :order1Order`,
      `UPDATE orders SET id = ${NOWHERE} WHERE id = :order1Order`,
    );
    const { faults } = result(answer, 'references');
    expect(faults).toEqual([expect.objectContaining({ table: 'orders', column: 'id', missing: NOWHERE, rows: 1 })]);
  });
});

/** Replaces each `:name` in a fault with its id. */
function numbered(fault: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fault).map(([name, value]) => [
      name,
      typeof value === 'string' && value.startsWith(':') ? ids[value.slice(1)] : value,
    ]),
  );
}

it('names a hundred faults per check, and counts the others', async () => {
  const answer = await broken(
    `INSERT INTO users (name, balance, created_at)
     SELECT 'Rich', 1, NOW() FROM requests a CROSS JOIN requests b LIMIT 130`,
  );
  expect(failing(answer)).toEqual(['balances']);
  const { found, faults } = result(answer, 'balances');
  expect(found).toBe(130);
  expect(new Set(faults.map(({ userId }) => userId)).size).toBe(100);
});

it('prints one check or fault per line', async () => {
  const env = { LC_ALL: 'C.UTF-8' };
  const clean = await shop.run(['audit', '-o', 'table'], { env });
  expect(clean.status).toBe(0);
  expect(clean.stdout.split('\n')[0]).toBe('✓ Balances are the sums of their ledgers (rows checked: 5)');
  expect(clean.stdout.trimEnd().split('\n')).toHaveLength(CHECK_NAMES.length + 2);
  expect(clean.stdout).toMatch(/\n\n15 checks passed\.\n$/);

  await shop.sql('UPDATE users SET balance = balance + 1000');
  try {
    const table = await shop.run(['audit', '-o', 'table'], { env });
    expect(table.status).toBe(EXIT_FAULT_FOUND);
    expect(table.stdout).toMatch(/^✗ User \d has a balance of 1447; its ledger rows add up to 447;/m);
    expect(table.stdout).toMatch(/\n\n14 checks passed, 1 failed\.\n$/);
    const { status, stdout } = await shop.run(['audit', '-o', 'tsv']);
    expect(status).toBe(EXIT_FAULT_FOUND);
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toBe('name\tok\tchecked\tfaults\tfault');
    expect(lines).toHaveLength(1 + CHECK_NAMES.length + 3);
    expect(lines[1]).toMatch(/^balances\tfalse\t4\t4\tUser /);
    expect(lines.at(-1)).toMatch(/^references\ttrue\t\d+\t0$/);
    const row = await shop.run(['audit', '-o', 'jsonl']);
    expect(JSON.parse(row.stdout)).toMatchObject({ ok: false });
  } finally {
    await shop.sql('UPDATE users SET balance = balance - 1000');
  }
});

describe('in a second shop', () => {
  let other: TestShop;

  beforeAll(async () => {
    other = await TestShop.create();
  });

  afterAll(async () => {
    await other.close();
  });

  it('finds no fault in an empty shop', async () => {
    const answer = await other.ok<Audit>(['audit']);
    expect(answer.ok).toBe(true);
    expect(answer.checks).toEqual(CHECK_NAMES.map((name) => ({ name, ok: true, checked: 0, found: 0, faults: [] })));
  });

  it('finds no fault while a worker keeps applying requests', async () => {
    await other.ok(['db', 'seed']);
    await other.sql(
      `INSERT INTO requests (idempotency_key, request_hash, kind, payload, actor, host, created_at)
       WITH RECURSIVE numbers AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM numbers WHERE n < 990)
       SELECT CONCAT(kind, n, '-', again), REPEAT('x', 32), kind, payload, 'tester', 'here', NOW() FROM numbers
       CROSS JOIN (SELECT 1 AS again UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5
         UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9 UNION SELECT 10) repeated
       CROSS JOIN (
         SELECT 'charge' AS kind, '{"user":1,"amount":700}' AS payload
         UNION SELECT 'order', '{"user":"@corner-cafe","items":[{"product":1,"quantity":1},{"product":2,"quantity":1}]}'
         UNION SELECT 'restock', '{"product":"@pencil-hb","quantity":1}'
       ) kinds`,
    );
    const pending = async () => {
      const [row] = await other.sql<{ n: number }>(
        'SELECT COUNT(*) AS n FROM requests r LEFT JOIN outcomes o ON o.request_id = r.id WHERE o.request_id IS NULL',
      );
      return row?.n ?? 0;
    };
    expect(await pending()).toBe(29_700);
    const worker = other.startWorker();
    // counts audits during which the worker wrote rows
    let during = 0;
    for (let before = await pending(); before > 0; ) {
      expect(await other.ok<Audit>(['audit'])).toMatchObject({ ok: true });
      const after = await pending();
      if (after > 0 && after < before) during++;
      before = after;
    }
    await worker;
    expect(during).toBeGreaterThan(0);
    expect(await other.ok<Audit>(['audit'])).toMatchObject({ ok: true });
  });
});
