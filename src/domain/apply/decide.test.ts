import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Item, Ref } from '../input.ts';
import type { RequestContent } from '../requests/kinds/index.ts';
import type { Decision } from '../requests/kinds/kind.ts';
import type { OrderPayload } from '../requests/kinds/order.ts';
import type { ReturnPayload } from '../requests/kinds/return.ts';
import type {
  CartState,
  Effects,
  Limits,
  OrderState,
  ProductState,
  State,
  UserState,
} from '../requests/kinds/state.ts';
import type { StockAdjustPayload } from '../requests/kinds/stock-adjust.ts';
import { advance, decide } from './decide.ts';

// the numbers are small, so that requests often reach the limits
const LIMITS: Limits = { maxPoints: 60, maxQuantity: 9 };
const USERS = [1, 2];
const PRODUCTS = [1, 2, 3];
const ORDERS = [1, 2];
/** The carts of user 1 and user 2. */
const CARTS = [1, 2];
const NOON = new Date('2026-01-31T12:00:00.000Z');

const userRef = fc.constantFrom<Ref>(1, 2, 9, '@u1', '@u2', '@u9');
const productRef = fc.constantFrom<Ref>(1, 2, 3, 9, '@p1', '@p2', '@p3', '@p9');
const quantity = fc.integer({ min: 1, max: 9 });
const order = fc.constantFrom(...ORDERS, 3, 4, 5, 9);

const items = fc.array(fc.record({ product: productRef, quantity }), { minLength: 1, maxLength: 5 });
const change = fc.integer({ min: -40, max: 40 }).filter((by) => by !== 0);
/** An expected or a counted stock. It often equals the product's stock, and may exceed the maximum. */
const stock = fc.integer({ min: 0, max: 61 });

const request: fc.Arbitrary<RequestContent> = fc.oneof(
  fc.record({
    kind: fc.constant('charge' as const),
    payload: fc.record({ user: userRef, amount: fc.integer({ min: 1, max: 40 }) }),
  }),
  fc.record({
    kind: fc.constant('points-adjust' as const),
    payload: fc.record({ user: userRef, amount: change }),
  }),
  fc.record({
    kind: fc.constant('restock' as const),
    payload: fc.record({ product: productRef, quantity }),
  }),
  fc.record({
    kind: fc.constant('stock-adjust' as const),
    payload: fc.oneof(
      fc.record({ product: productRef, by: change, expect: stock }, { requiredKeys: ['product', 'by'] }),
      fc.record({ product: productRef, to: stock, expect: stock }, { requiredKeys: ['product', 'to'] }),
    ),
  }),
  fc.record({
    kind: fc.constant('cancel' as const),
    payload: fc.record({ order }),
  }),
  fc.record({
    kind: fc.constant('return' as const),
    payload: fc.record({
      order,
      // few units, so that an order can be returned in several parts
      items: fc.oneof(
        items,
        fc.array(fc.record({ product: productRef, quantity: fc.constantFrom(1, 2) }), { minLength: 1, maxLength: 2 }),
      ),
      restock: fc.boolean(),
    }),
  }),
  fc.record({
    kind: fc.constant('order' as const),
    payload: fc.record(
      {
        user: userRef,
        items,
        cart: fc.constantFrom(...CARTS, 9),
      },
      { requiredKeys: ['user', 'items'] },
    ),
  }),
);

/** Number of units of each product; 0 if the product has no line. */
const units = fc.tuple(...PRODUCTS.map(() => fc.integer({ min: 0, max: 9 })));

const someUnits = units.filter((quantities) => quantities.some((quantity) => quantity > 0));

const start = fc.record({
  balances: fc.tuple(...USERS.map(() => fc.integer({ min: 0, max: 60 }))),
  blocked: fc.subarray(USERS, { maxLength: 1 }),
  products: fc.tuple(
    ...PRODUCTS.map(() =>
      fc.record({ price: fc.integer({ min: 1, max: 12 }), stock: fc.integer({ min: 0, max: 60 }) }),
    ),
  ),
  retired: fc.subarray(PRODUCTS, { maxLength: 1 }),
  orders: fc.tuple(
    ...ORDERS.map(() =>
      fc.record({ user: fc.constantFrom(...USERS), price: fc.integer({ min: 1, max: 8 }), units: someUnits }),
    ),
  ),
  carts: fc.tuple(...CARTS.map(() => units)),
});
type Start = typeof start extends fc.Arbitrary<infer T> ? T : never;

function linesOf(quantities: readonly number[]): [product: number, quantity: number][] {
  return PRODUCTS.map((id, i): [number, number] => [id, quantities[i] ?? 0]).filter(([, quantity]) => quantity > 0);
}

function stateOf({ balances, blocked, products, retired, orders, carts }: Start): State {
  return {
    users: new Map(
      USERS.map((id, i): [number, UserState] => [
        id,
        { id, balance: balances[i] ?? 0, blockedAt: blocked.includes(id) ? NOON : null },
      ]),
    ),
    products: new Map(
      PRODUCTS.map((id, i): [number, ProductState] => {
        const { price, stock } = products[i] ?? { price: 1, stock: 0 };
        const retiredAt = retired.includes(id) ? NOON : null;
        return [id, { id, reference: `p${id}`, name: `Product ${id}`, price, stock, retiredAt }];
      }),
    ),
    orders: new Map(
      orders.map(({ user, price, units }, i): [number, OrderState] => {
        const lines = linesOf(units).map(([productId, quantity]) => {
          return { productId, quantity, unitPrice: price, returned: 0 };
        });
        const total = lines.reduce((sum, line) => sum + line.quantity * price, 0);
        return [i + 1, { id: i + 1, userId: user, status: 'placed', total, refunded: 0, createdAt: NOON, lines }];
      }),
    ),
    carts: new Map(
      carts.map((quantities, i): [number, CartState] => [
        i + 1,
        { id: i + 1, userId: i + 1, lines: new Map(linesOf(quantities)) },
      ]),
    ),
    userIds: new Map(USERS.map((id) => [`u${id}`, id])),
    productIds: new Map(PRODUCTS.map((id) => [`p${id}`, id])),
  };
}

interface ModelOrder {
  readonly user: number;
  status: string;
  /** The remaining units of each product, with their price. */
  readonly left: Record<number, { price: number; count: number }>;
}

/** A second, simpler implementation of the rules. `apply` returns the code of a refusal, or null if the request is applied. */
class Model {
  readonly balance: Record<number, number>;
  readonly stock: Record<number, number>;
  readonly price: Record<number, number>;
  readonly blocked: readonly number[];
  readonly retired: readonly number[];
  readonly orders: Record<number, ModelOrder>;
  readonly carts: Record<number, Record<number, number>>;

  constructor({ balances, blocked, products, retired, orders, carts }: Start) {
    this.blocked = blocked;
    this.retired = retired;
    this.balance = Object.fromEntries(USERS.map((id, i) => [id, balances[i] ?? 0]));
    this.stock = Object.fromEntries(PRODUCTS.map((id, i) => [id, products[i]?.stock ?? 0]));
    this.price = Object.fromEntries(PRODUCTS.map((id, i) => [id, products[i]?.price ?? 1]));
    this.orders = Object.fromEntries(
      orders.map(({ user, price, units }, i) => {
        const left = Object.fromEntries(linesOf(units).map(([product, count]) => [product, { price, count }]));
        return [i + 1, { user, status: 'placed', left }];
      }),
    );
    this.carts = Object.fromEntries(carts.map((quantities, i) => [i + 1, Object.fromEntries(linesOf(quantities))]));
  }

  /** @param number the id of the request and of its order. */
  apply(number: number, { kind, payload }: RequestContent): string | null {
    if (kind === 'charge') return this.charge(id(payload.user), payload.amount);
    if (kind === 'points-adjust') return this.adjustPoints(id(payload.user), payload.amount);
    if (kind === 'stock-adjust') return this.adjustStock(id(payload.product), payload);
    if (kind === 'restock') return this.restock(id(payload.product), payload.quantity);
    if (kind === 'cancel') return this.cancel(payload.order);
    if (kind === 'return') return this.return(payload);
    return this.order(number, id(payload.user), payload);
  }

  charge(user: number, amount: number): string | null {
    const balance = this.balance[user];
    if (balance === undefined) return 'INVALID_USER';
    if (balance + amount > LIMITS.maxPoints) return 'LIMIT_EXCEEDED';
    this.balance[user] = balance + amount;
    return null;
  }

  adjustPoints(user: number, amount: number): string | null {
    const balance = this.balance[user];
    if (balance === undefined) return 'INVALID_USER';
    if (balance + amount < 0) return 'INSUFFICIENT_POINTS';
    if (balance + amount > LIMITS.maxPoints) return 'LIMIT_EXCEEDED';
    this.balance[user] = balance + amount;
    return null;
  }

  adjustStock(product: number, { expect, ...change }: StockAdjustPayload): string | null {
    const before = this.stock[product];
    if (before === undefined) return 'INVALID_PRODUCT';
    if (expect !== undefined && expect !== before) return 'STOCK_CHANGED';
    const after = 'to' in change ? change.to : before + change.by;
    if (after < 0) return 'INSUFFICIENT_STOCK';
    if (after > LIMITS.maxPoints) return 'LIMIT_EXCEEDED';
    this.stock[product] = after;
    return null;
  }

  restock(product: number, units: number): string | null {
    const stock = this.stock[product];
    if (stock === undefined) return 'INVALID_PRODUCT';
    if (stock + units > LIMITS.maxPoints) return 'LIMIT_EXCEEDED';
    this.stock[product] = stock + units;
    return null;
  }

  cancel(number: number): string | null {
    const order = this.orders[number];
    if (order === undefined) return 'INVALID_ORDER';
    if (['returned', 'cancelled'].includes(order.status)) return 'ORDER_NOT_CANCELLABLE';
    const all = Object.entries(order.left).map(([product, { count }]) => [Number(product), count] as const);
    return this.giveBack(order, all, 'cancelled', true);
  }

  return({ order: number, items, restock }: ReturnPayload): string | null {
    const order = this.orders[number];
    if (order === undefined) return 'INVALID_ORDER';
    if (['returned', 'cancelled'].includes(order.status)) return 'ORDER_NOT_RETURNABLE';
    const lines = summed(items);
    if (lines.some(([product]) => this.stock[product] === undefined)) return 'INVALID_PRODUCT';
    if (lines.some(([product, count]) => count > (order.left[product]?.count ?? 0)))
      return 'INSUFFICIENT_ORDER_QUANTITY';
    return this.giveBack(order, lines, 'returned', restock);
  }

  giveBack(order: ModelOrder, lines: readonly (readonly [number, number])[], last: string, restock: boolean) {
    const points = lines.reduce((sum, [product, count]) => sum + (order.left[product]?.price ?? 0) * count, 0);
    const balance = (this.balance[order.user] ?? 0) + points;
    if (balance > LIMITS.maxPoints) return 'LIMIT_EXCEEDED';
    if (restock && lines.some(([product, count]) => (this.stock[product] ?? 0) + count > LIMITS.maxPoints))
      return 'LIMIT_EXCEEDED';
    this.balance[order.user] = balance;
    for (const [product, count] of lines) {
      if (restock) this.stock[product] = (this.stock[product] ?? 0) + count;
      const line = order.left[product];
      if (line !== undefined) line.count -= count;
    }
    order.status = Object.values(order.left).every(({ count }) => count === 0) ? last : 'partially_returned';
    return null;
  }

  order(number: number, user: number, { items, cart }: OrderPayload): string | null {
    const lines = summed(items);
    const total = lines.reduce((sum, [product, count]) => sum + (this.price[product] ?? 0) * count, 0);
    const code = this.refusal(user, lines, total, cart);
    if (code !== null) return code;
    this.balance[user] = (this.balance[user] ?? 0) - total;
    for (const [product, count] of lines) this.stock[product] = (this.stock[product] ?? 0) - count;
    if (cart !== undefined) this.takeOut(cart, lines);
    const left = Object.fromEntries(
      lines.map(([product, count]) => [product, { price: this.price[product] ?? 0, count }]),
    );
    this.orders[number] = { user, status: 'placed', left };
    return null;
  }

  refusal(user: number, lines: readonly (readonly [number, number])[], total: number, number?: number): string | null {
    const short = (held: Record<number, number>) => lines.some(([product, count]) => count > (held[product] ?? 0));
    if (this.balance[user] === undefined) return 'INVALID_USER';
    if (this.blocked.includes(user)) return 'USER_BLOCKED';
    // a cart has the same id as its user
    if (number !== undefined && number !== user) return 'INVALID_CART';
    if (lines.some(([product]) => this.stock[product] === undefined)) return 'INVALID_PRODUCT';
    if (lines.some(([product]) => this.retired.includes(product))) return 'PRODUCT_RETIRED';
    if (number !== undefined && short(this.carts[number] ?? {})) return 'INSUFFICIENT_CART_QUANTITY';
    if (lines.some(([, count]) => count > LIMITS.maxQuantity)) return 'LIMIT_EXCEEDED';
    if (total > this.balance[user]) return 'INSUFFICIENT_POINTS';
    return short(this.stock) ? 'INSUFFICIENT_STOCK' : null;
  }

  takeOut(number: number, lines: readonly (readonly [number, number])[]): void {
    const cart = this.carts[number] ?? {};
    for (const [product, count] of lines) {
      cart[product] = (cart[product] ?? 0) - count;
      if (cart[product] === 0) delete cart[product];
    }
  }
}

/** Sums the quantities of each product. */
function summed(items: readonly Item[]): (readonly [product: number, count: number])[] {
  const counts: Record<number, number> = {};
  for (const item of items) counts[id(item.product)] = (counts[id(item.product)] ?? 0) + item.quantity;
  return Object.entries(counts).map(([product, count]) => [Number(product), count] as const);
}

function id(ref: Ref): number {
  return typeof ref === 'number' ? ref : Number(ref.slice(2));
}

/** Checks the effects of an applied request, for any request and state. */
function applied(check: (effects: Effects, state: State, content: RequestContent) => void): void {
  fc.assert(
    fc.property(start, request, (from, content) => {
      const state = stateOf(from);
      const decision = decide(state, content, LIMITS);
      if (decision.status === 'applied') check(decision.effects, state, content);
    }),
    { numRuns: 500 },
  );
}

const orderOf = ({ status, total, refunded, lines }: OrderState) => ({
  status,
  unrefunded: total - refunded,
  left: lines.map(({ productId, quantity, returned }) => [productId, quantity - returned]).sort(byProduct),
});

const modelOrderOf = ({ status, left }: ModelOrder) => ({
  status,
  unrefunded: Object.values(left).reduce((sum, { price, count }) => sum + price * count, 0),
  left: Object.entries(left).map(([product, { count }]) => [Number(product), count]),
});

function byProduct([a = 0]: readonly number[], [b = 0]: readonly number[]): number {
  return a - b;
}

const codeOf = (decision: Decision) => (decision.status === 'refused' ? decision.code : null);

describe('decide', () => {
  it('has the same outcomes and final state as a simple model, for any sequence of requests', () => {
    fc.assert(
      fc.property(start, fc.array(request, { maxLength: 30 }), (from, requests) => {
        const state = stateOf(from);
        const model = new Model(from);
        for (const [index, content] of requests.entries()) {
          const number = ORDERS.length + 1 + index;
          const decision = decide(state, content, LIMITS);
          if (decision.status === 'applied') advance(state, number, decision.effects, NOON);
          expect(codeOf(decision)).toBe(model.apply(number, content));
          expect(Object.fromEntries([...state.users].map(([key, { balance }]) => [key, balance]))).toEqual(
            model.balance,
          );
          expect(Object.fromEntries([...state.products].map(([key, { stock }]) => [key, stock]))).toEqual(model.stock);
          expect([...state.orders.values()].map(orderOf)).toEqual(Object.values(model.orders).map(modelOrderOf));
          expect(
            Object.fromEntries([...state.carts].map(([key, { lines }]) => [key, Object.fromEntries(lines)])),
          ).toEqual(model.carts);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('does not change its arguments', () => {
    fc.assert(
      fc.property(start, request, (from, content) => {
        const state = stateOf(from);
        const before = structuredClone(state);
        const asked = structuredClone(content);
        decide(state, content, LIMITS);
        expect(state).toEqual(before);
        expect(content).toEqual(asked);
      }),
    );
  });

  it('writes rows that continue from the previous state', () => {
    applied((effects, state) => {
      const { ledger, stock } = effects;
      if (ledger !== null) {
        expect(ledger.balanceAfter).toBe((state.users.get(ledger.userId)?.balance ?? 0) + ledger.amount);
      }
      for (const row of stock) {
        expect(row.stockAfter).toBe((state.products.get(row.productId)?.stock ?? 0) + row.quantity);
      }
    });
  });

  it('writes an order that agrees with its payment and its stock rows', () => {
    applied(({ ledger, stock, order }, _state, content) => {
      expect(order !== null).toBe(content.kind === 'order');
      if (order === null) return;
      expect(order.total).toBe(order.lines.reduce((sum, line) => sum + line.quantity * line.unitPrice, 0));
      expect(ledger?.amount).toBe(-order.total);
      expect(stock.map((row) => [row.productId, -row.quantity])).toEqual(
        order.lines.map((line) => [line.productId, line.quantity]),
      );
    });
  });

  it('refunds the returned units at the prices paid, and restocks them unless the return says otherwise', () => {
    applied(({ ledger, stock, returned }, state, content) => {
      expect(returned !== null).toBe(content.kind === 'cancel' || content.kind === 'return');
      if (returned === null) return;
      const { order: after, units } = returned;
      const before = state.orders.get(after.id);
      const priceOf = new Map(before?.lines.map(({ productId, unitPrice }) => [productId, unitPrice]));
      const amount = [...units].reduce((sum, [product, count]) => sum + count * (priceOf.get(product) ?? 0), 0);
      expect(ledger).toMatchObject({ userId: after.userId, type: 'refund', amount });
      expect(after.refunded).toBe((before?.refunded ?? 0) + amount);
      const restocked = content.kind === 'return' && !content.payload.restock ? [] : [...units].sort(byProduct);
      expect(stock.map((row) => [row.productId, row.quantity]).sort(byProduct)).toEqual(restocked);
    });
  });

  it('reports the stock before an adjustment, and the change', () => {
    applied(({ stock }, state, content) => {
      if (content.kind !== 'stock-adjust') return;
      const [row] = stock;
      const before = state.products.get(row?.productId ?? 0)?.stock;
      const decision = decide(state, content, LIMITS);
      expect(decision).toMatchObject({
        details: { before, difference: row?.quantity, stock: row?.stockAfter, id: row?.productId },
      });
    });
  });

  it('removes the ordered units from the cart, and from no other cart', () => {
    applied(({ order, cart }, state, content) => {
      expect(cart?.id).toBe(content.kind === 'order' ? content.payload.cart : undefined);
      if (cart === null) return;
      const before = state.carts.get(cart.id)?.lines;
      expect([...cart.left]).toEqual(
        order?.lines.map((line) => [line.productId, (before?.get(line.productId) ?? 0) - line.quantity]),
      );
    });
  });

  it('lists the shortage of each product, and is exact above 2^53', () => {
    const limits: Limits = { maxPoints: Number.MAX_SAFE_INTEGER, maxQuantity: 1_000_000 };
    const state = stateOf({
      balances: [100, 0],
      products: [
        { price: 1, stock: 2 },
        { price: 1, stock: 0 },
        { price: 1, stock: 9 },
      ],
      blocked: [],
      retired: [],
      orders: [],
      carts: [],
    });
    const items = [
      { product: 1, quantity: 3 },
      { product: '@p2', quantity: 1 },
      { product: 3, quantity: 1 },
    ] as const;
    expect(decide(state, { kind: 'order', payload: { user: 1, items } }, limits)).toEqual({
      status: 'refused',
      code: 'INSUFFICIENT_STOCK',
      details: {
        shortages: [
          { productId: 1, name: 'Product 1', requested: 3, available: 2 },
          { productId: 2, name: 'Product 2', requested: 1, available: 0 },
        ],
      },
    });

    const dear = stateOf({
      balances: [100, 0],
      products: [
        { price: 999_999_999_999, stock: 1_000_000 },
        { price: 1, stock: 0 },
        { price: 1, stock: 0 },
      ],
      blocked: [],
      retired: [],
      orders: [],
      carts: [],
    });
    const content = { kind: 'order', payload: { user: 1, items: [{ product: 1, quantity: 999_999 }] } } as const;
    expect(decide(dear, content, limits)).toMatchObject({ details: { total: '999998999999000001' } });
  });
});
