import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  advance,
  type Decision,
  decide,
  type Limits,
  type ProductState,
  type State,
  type UserState,
} from './decide.ts';
import type { Ref } from './input.ts';
import type { RequestContent } from './request.ts';

// small numbers, so that every limit is met often
const LIMITS: Limits = { maxPoints: 60, maxQuantity: 9 };
const USERS = [1, 2];
const PRODUCTS = [1, 2, 3];

const userRef = fc.constantFrom<Ref>(1, 2, 9, '@u1', '@u2', '@u9');
const productRef = fc.constantFrom<Ref>(1, 2, 3, 9, '@p1', '@p2', '@p3', '@p9');
const quantity = fc.integer({ min: 1, max: 9 });

const request: fc.Arbitrary<RequestContent> = fc.oneof(
  fc.record({
    kind: fc.constant('charge' as const),
    payload: fc.record({ user: userRef, amount: fc.integer({ min: 1, max: 40 }) }),
  }),
  fc.record({
    kind: fc.constant('restock' as const),
    payload: fc.record({ product: productRef, quantity }),
  }),
  fc.record({
    kind: fc.constant('order' as const),
    payload: fc.record({
      user: userRef,
      items: fc.array(fc.record({ product: productRef, quantity }), { minLength: 1, maxLength: 5 }),
    }),
  }),
);

const start = fc.record({
  balances: fc.tuple(...USERS.map(() => fc.integer({ min: 0, max: 60 }))),
  products: fc.tuple(
    ...PRODUCTS.map(() =>
      fc.record({ price: fc.integer({ min: 1, max: 12 }), stock: fc.integer({ min: 0, max: 60 }) }),
    ),
  ),
});
type Start = typeof start extends fc.Arbitrary<infer T> ? T : never;

function stateOf({ balances, products }: Start): State {
  return {
    users: new Map(USERS.map((id, i): [number, UserState] => [id, { id, balance: balances[i] ?? 0 }])),
    products: new Map(
      PRODUCTS.map((id, i): [number, ProductState] => {
        const { price, stock } = products[i] ?? { price: 1, stock: 0 };
        return [id, { id, reference: `p${id}`, name: `Product ${id}`, price, stock }];
      }),
    ),
    userIds: new Map(USERS.map((id) => [`u${id}`, id])),
    productIds: new Map(PRODUCTS.map((id) => [`p${id}`, id])),
  };
}

/** The rules of the domain once more, as plainly as can be, on plain numbers; answers the code, or null where applied. */
class Model {
  readonly balance: Record<number, number>;
  readonly stock: Record<number, number>;
  readonly price: Record<number, number>;

  constructor({ balances, products }: Start) {
    this.balance = Object.fromEntries(USERS.map((id, i) => [id, balances[i] ?? 0]));
    this.stock = Object.fromEntries(PRODUCTS.map((id, i) => [id, products[i]?.stock ?? 0]));
    this.price = Object.fromEntries(PRODUCTS.map((id, i) => [id, products[i]?.price ?? 1]));
  }

  apply({ kind, payload }: RequestContent): string | null {
    if (kind === 'charge') return this.charge(id(payload.user), payload.amount);
    if (kind === 'restock') return this.restock(id(payload.product), payload.quantity);
    return this.order(id(payload.user), payload.items);
  }

  charge(user: number, amount: number): string | null {
    const balance = this.balance[user];
    if (balance === undefined) return 'INVALID_USER';
    if (balance + amount > LIMITS.maxPoints) return 'LIMIT_EXCEEDED';
    this.balance[user] = balance + amount;
    return null;
  }

  restock(product: number, units: number): string | null {
    const stock = this.stock[product];
    if (stock === undefined) return 'INVALID_PRODUCT';
    if (stock + units > LIMITS.maxPoints) return 'LIMIT_EXCEEDED';
    this.stock[product] = stock + units;
    return null;
  }

  order(user: number, items: readonly { product: Ref; quantity: number }[]): string | null {
    const balance = this.balance[user];
    if (balance === undefined) return 'INVALID_USER';
    if (items.some(({ product }) => this.stock[id(product)] === undefined)) return 'INVALID_PRODUCT';
    const wanted: Record<number, number> = {};
    for (const item of items) wanted[id(item.product)] = (wanted[id(item.product)] ?? 0) + item.quantity;
    const lines = Object.entries(wanted).map(([product, units]) => [Number(product), units] as const);
    if (lines.some(([, units]) => units > LIMITS.maxQuantity)) return 'LIMIT_EXCEEDED';
    let total = 0;
    for (const [product, units] of lines) total += (this.price[product] ?? 0) * units;
    if (total > balance) return 'INSUFFICIENT_POINTS';
    if (lines.some(([product, units]) => units > (this.stock[product] ?? 0))) return 'INSUFFICIENT_STOCK';
    for (const [product, units] of lines) this.stock[product] = (this.stock[product] ?? 0) - units;
    this.balance[user] = balance - total;
    return null;
  }
}

function id(ref: Ref): number {
  return typeof ref === 'number' ? ref : Number(ref.slice(2));
}

const codeOf = (decision: Decision) => (decision.status === 'refused' ? decision.code : null);

describe('decide', () => {
  it('answers and leaves what the plain model does, over any run of requests', () => {
    fc.assert(
      fc.property(start, fc.array(request, { maxLength: 30 }), (from, requests) => {
        const state = stateOf(from);
        const model = new Model(from);
        for (const content of requests) {
          const decision = decide(state, content, LIMITS);
          if (decision.status === 'applied') advance(state, decision.effects);
          expect(codeOf(decision)).toBe(model.apply(content));
          expect(Object.fromEntries([...state.users].map(([key, { balance }]) => [key, balance]))).toEqual(
            model.balance,
          );
          expect(Object.fromEntries([...state.products].map(([key, { stock }]) => [key, stock]))).toEqual(model.stock);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('changes nothing that it is given', () => {
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

  it('writes effects that agree with each other', () => {
    fc.assert(
      fc.property(start, request, (from, content) => {
        const state = stateOf(from);
        const decision = decide(state, content, LIMITS);
        if (decision.status !== 'applied') return;
        const { ledger, stock, order } = decision.effects;
        if (ledger !== null) {
          expect(ledger.balanceAfter).toBe((state.users.get(ledger.userId)?.balance ?? 0) + ledger.amount);
        }
        for (const row of stock) {
          expect(row.stockAfter).toBe((state.products.get(row.productId)?.stock ?? 0) + row.quantity);
        }
        expect(order !== null).toBe(content.kind === 'order');
        if (order === null) return;
        expect(order.total).toBe(order.lines.reduce((sum, line) => sum + line.quantity * line.unitPrice, 0));
        expect(ledger?.amount).toBe(-order.total);
        expect(stock.map((row) => [row.productId, -row.quantity])).toEqual(
          order.lines.map((line) => [line.productId, line.quantity]),
        );
      }),
    );
  });

  it('says which products lack how much, and is exact beyond 2^53', () => {
    const limits: Limits = { maxPoints: Number.MAX_SAFE_INTEGER, maxQuantity: 1_000_000 };
    const state = stateOf({
      balances: [100, 0],
      products: [
        { price: 1, stock: 2 },
        { price: 1, stock: 0 },
        { price: 1, stock: 9 },
      ],
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
    });
    const content = { kind: 'order', payload: { user: 1, items: [{ product: 1, quantity: 999_999 }] } } as const;
    expect(decide(dear, content, limits)).toMatchObject({ details: { total: '999998999999000001' } });
  });
});
