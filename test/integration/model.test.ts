import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { applyGroup } from '../../src/domain/apply/apply.ts';
import type { RequestContent } from '../../src/domain/requests/kinds/index.ts';
import { readRequests } from '../../src/domain/requests/pending.ts';
import { newKey, recordRequest } from '../../src/domain/requests/request.ts';
import { withdrawRequest } from '../../src/domain/requests/withdraw.ts';
import { openSession, type Session } from '../../src/domain/servers/connections.ts';
import { createProduct, repriceProduct, restoreProduct, retireProduct } from '../../src/domain/shop/products.ts';
import { blockUser, createUser, unblockUser } from '../../src/domain/shop/users.ts';
import { Model } from '../support/model.ts';
import { plainRanking } from '../support/sales.ts';
import { TestShop } from '../support/shop.ts';

const ORIGIN = { actor: 'tester', host: 'here' };
const SEED = 2_026;
const RUNS = 20;
const PRICES = [5, 20, 60];
const STOCK = 6;

let shop: TestShop;
let session: Session;

// no worker runs: the tests themselves apply the groups
beforeAll(async () => {
  shop = await TestShop.create({ inProcess: true });
  session = await openSession(shop.databaseUrl);
});

afterAll(async () => {
  await shop.expectSound();
  await session.close();
  await shop.close();
});

/** The users and products of one run, which start with 0 points and `STOCK` units, and a model with the same state. */
interface Run {
  readonly users: readonly number[];
  readonly products: readonly number[];
  readonly model: Model;
  /** The requests by index. Each has the code of its expected refusal, or null if it is applied. */
  readonly requests: { readonly id: number; readonly code: string | null }[];
  /** The ids of the requests that place an order. */
  readonly placed: number[];
}

async function newRun(): Promise<Run> {
  const model = new Model();
  const users = [];
  for (const name of ['Ann', 'Bo']) users.push((await createUser(session, { name, reference: null }, ORIGIN)).id);
  const products = [];
  for (const price of PRICES) {
    const { id } = await createProduct(session, { name: 'Pen', reference: null, price, stock: STOCK }, ORIGIN);
    products.push(id);
    model.prices.set(id, price);
    model.stocks.set(id, STOCK);
  }
  for (const user of users) model.balances.set(user, 0);
  return { users, products, model, requests: [], placed: [] };
}

/** A request that names users, products and orders by their index in the run. Some do not exist. */
interface RequestStep {
  readonly content: (run: Run) => RequestContent;
  readonly withdrawn: boolean;
}

/** A change that is not a request. */
interface ChangeStep {
  readonly change: (run: Run) => Promise<unknown>;
}

const NOWHERE = 1_000_000_000;
const user = fc.constantFrom(0, 0, 1, 1, 2);
const product = fc.constantFrom(0, 1, 2, 0, 1, 2, 0, 1, 2, 3);
const units = fc.integer({ min: 1, max: 3 });
const difference = fc.integer({ min: -40, max: 60 }).filter((value) => value !== 0);
const items = fc.array(fc.record({ product, quantity: units }), { minLength: 1, maxLength: 2 });
/** Position of an order, counted from the newest one, which is 1. The order may have been refused. */
const newest = fc.integer({ min: 1, max: 4 });
const reason = 'counted';

const idOf = (ids: readonly number[], index: number) => ids[index] ?? NOWHERE;
const orderOf = ({ placed }: Run, index: number) => placed.at(-index) ?? NOWHERE;
const itemsOf = ({ products }: Run, named: readonly { product: number; quantity: number }[]) =>
  named.map(({ product: index, quantity }) => ({ product: idOf(products, index), quantity }));

const place = fc.tuple(user, items).map(
  ([index, named]) =>
    (run: Run): RequestContent => ({
      kind: 'order',
      payload: { user: idOf(run.users, index), items: itemsOf(run, named) },
    }),
);
const giveBack = fc.tuple(newest, items, fc.boolean()).map(
  ([index, named, restock]) =>
    (run: Run): RequestContent => ({
      kind: 'return',
      payload: { order: orderOf(run, index), items: itemsOf(run, named), restock },
    }),
);
const cancel = newest.map(
  (index) =>
    (run: Run): RequestContent => ({ kind: 'cancel', payload: { order: orderOf(run, index) } }),
);
const charge = fc.tuple(user, fc.integer({ min: 1, max: 300 })).map(
  ([index, amount]) =>
    (run: Run): RequestContent => ({ kind: 'charge', payload: { user: idOf(run.users, index), amount } }),
);
const adjustPoints = fc.tuple(user, difference).map(
  ([index, amount]) =>
    (run: Run): RequestContent => ({
      kind: 'points-adjust',
      payload: { user: idOf(run.users, index), amount },
      reason,
    }),
);
const restock = fc.tuple(product, units).map(
  ([index, quantity]) =>
    (run: Run): RequestContent => ({ kind: 'restock', payload: { product: idOf(run.products, index), quantity } }),
);
const small = fc.integer({ min: 0, max: 9 });
const adjustStock = fc
  .tuple(
    product,
    fc.oneof(
      fc.record({ to: small }),
      fc.record({ to: small, expect: small }),
      fc.record({ by: difference.map((value) => Math.sign(value) * (1 + (Math.abs(value) % 8))) }),
    ),
  )
  .map(
    ([index, change]) =>
      (run: Run): RequestContent => ({
        kind: 'stock-adjust',
        payload: { product: idOf(run.products, index), ...change },
        reason,
      }),
  );

const request = fc.record<RequestStep>({
  content: fc.oneof(
    { arbitrary: place, weight: 6 },
    { arbitrary: giveBack, weight: 5 },
    { arbitrary: charge, weight: 3 },
    { arbitrary: cancel, weight: 3 },
    adjustPoints,
    restock,
    adjustStock,
  ),
  withdrawn: fc.integer({ min: 0, max: 9 }).map((value) => value === 0),
});

const known = fc.nat({ max: 1 });
const on = fc.constantFrom(true, false, false);
const block = fc.tuple(known, on).map(
  ([index, value]): ChangeStep => ({
    change: ({ users, model }) => {
      const id = idOf(users, index);
      if (value) model.blocked.add(id);
      else model.blocked.delete(id);
      return value ? blockUser(session, id, reason, ORIGIN) : unblockUser(session, id, ORIGIN);
    },
  }),
);
const retire = fc.tuple(known, on).map(
  ([index, value]): ChangeStep => ({
    change: ({ products, model }) => {
      const id = idOf(products, index);
      if (value) model.retired.add(id);
      else model.retired.delete(id);
      return value ? retireProduct(session, id, ORIGIN) : restoreProduct(session, id, ORIGIN);
    },
  }),
);

const reprice = fc.tuple(known, fc.constantFrom(...PRICES)).map(
  ([index, price]): ChangeStep => ({
    change: ({ products, model }) => {
      const id = idOf(products, index);
      model.prices.set(id, price);
      return repriceProduct(session, id, price, ORIGIN);
    },
  }),
);

const step = fc.oneof({ arbitrary: request, weight: 12 }, block, retire, { arbitrary: reprice, weight: 2 });
const steps = fc.array(step, { minLength: 10, maxLength: 60, size: 'max' });
/** The sizes of the groups, one after another. */
const sizes = fc.array(fc.integer({ min: 1, max: 15 }), { minLength: 1, maxLength: 6 });

/** Charges that give each user points for some orders. */
const funding = [0, 1].map(
  (index): RequestStep => ({
    content: ({ users }) => ({ kind: 'charge', payload: { user: idOf(users, index), amount: 350 } }),
    withdrawn: false,
  }),
);

/** Applies the requests in one transaction, as the lane does. Then applies them again, which must change nothing. */
async function applyAll(ids: readonly number[]): Promise<void> {
  for await (const group of readRequests(session, ids)) {
    const { decided, rest } = await applyGroup(session, group, () => 1);
    expect(decided.map(({ id }) => id)).toEqual(group.map(({ id }) => id));
    expect(rest).toEqual([]);
    expect(await applyGroup(session, group, () => 1)).toEqual({ decided: [], rest: [] });
  }
}

async function perform(run: Run, all: readonly (RequestStep | ChangeStep)[], groupSizes: readonly number[]) {
  let group: number[] = [];
  let groups = 0;
  const apply = async () => {
    await applyAll(group);
    group = [];
    groups++;
  };
  for (const one of all) {
    if ('change' in one) {
      await apply();
      await one.change(run);
      continue;
    }
    const content = one.content(run);
    const key = newKey();
    const { id } = await recordRequest(session, content, { key, ...ORIGIN });
    if (one.withdrawn) await withdrawRequest(session, key, ORIGIN);
    run.requests.push({ id, code: one.withdrawn ? 'CANCELLED' : run.model.apply(id, content) });
    if (content.kind === 'order') run.placed.push(id);
    group.push(id);
    if (group.length >= (groupSizes[groups % groupSizes.length] ?? 1)) await apply();
  }
  await apply();
}

async function expectModelled({ users, products, requests, model }: Run): Promise<void> {
  const outcomes = await shop.sql(
    'SELECT request_id AS id, code FROM outcomes WHERE request_id IN (?) ORDER BY request_id',
    [requests.map(({ id }) => id)],
  );
  expect(outcomes).toEqual(requests);
  const pairs = async (sql: string, ids: readonly number[]) =>
    new Map((await shop.sql<{ id: number; value: number }>(sql, [ids])).map(({ id, value }) => [id, Number(value)]));
  expect(await pairs('SELECT id, balance AS value FROM users WHERE id IN (?)', users)).toEqual(model.balances);
  expect(await pairs('SELECT id, stock AS value FROM products WHERE id IN (?)', products)).toEqual(model.stocks);
  const sold =
    'SELECT product_id AS id, SUM(quantity) AS value FROM hourly_sales WHERE product_id IN (?) GROUP BY product_id';
  expect(await pairs(sold, products)).toEqual(model.sold());
  const orders = await shop.sql<{ id: number }>(
    `SELECT o.id, o.status, o.refunded, GROUP_CONCAT(l.returned ORDER BY l.position) AS returned
     FROM orders o JOIN order_lines l ON l.order_id = o.id WHERE o.user_id IN (?) GROUP BY o.id ORDER BY o.id`,
    [users],
  );
  expect(orders).toEqual(
    [...model.orders].map(([id, order]) => ({
      id,
      status: model.statusOf(order),
      refunded: order.refunded,
      returned: [...order.lines.values()].map(({ returned }) => returned).join(),
    })),
  );
}

it('ends in the same state as a plain model, however the requests are divided into groups', async () => {
  const codes = new Set<string>();
  const property = fc.asyncProperty(steps, sizes, async (all, groupSizes) => {
    const run = await newRun();
    await perform(run, [...funding, ...all], groupSizes);
    await expectModelled(run);
    for (const { code } of run.requests) codes.add(String(code));
  });
  // on a server, it would take minutes to shrink a failure
  await fc.assert(property, { seed: SEED, numRuns: RUNS, endOnFailure: true });
  // the runs have tested each refusal
  expect([...codes].sort()).toEqual([
    'CANCELLED',
    'INSUFFICIENT_ORDER_QUANTITY',
    'INSUFFICIENT_POINTS',
    'INSUFFICIENT_STOCK',
    'INVALID_ORDER',
    'INVALID_PRODUCT',
    'INVALID_USER',
    'ORDER_NOT_CANCELLABLE',
    'ORDER_NOT_RETURNABLE',
    'PRODUCT_RETIRED',
    'STOCK_CHANGED',
    'USER_BLOCKED',
    'null',
  ]);
}, 120_000);

it('ranks the products as a plain query does, without returned units', async () => {
  const top = ['product', 'top', '--fresh'];
  const { items, from, to } = await shop.ok<{ items: { productId: number; sold: number }[]; from: string; to: string }>(
    top,
  );
  expect(items).toHaveLength(5);
  expect(items.map(({ productId, sold }) => ({ productId, sold }))).toEqual(
    await plainRanking(shop, new Date(from), new Date(to)),
  );
});
