import { advance, decide } from '../../src/domain/apply/decide.ts';
import { storedDetails } from '../../src/domain/apply/persist.ts';
import { MAX_POINTS, MAX_QUANTITY } from '../../src/domain/input.ts';
import type { RequestKind } from '../../src/domain/requests/kinds/index.ts';
import { parseContent } from '../../src/domain/requests/kinds/parse.ts';
import type { State } from '../../src/domain/requests/kinds/state.ts';
import type { TestShop } from '../support/shop.ts';

interface Decided {
  readonly id: number;
  readonly kind: RequestKind;
  readonly payload: string;
  readonly reason: string | null;
  readonly status: 'applied' | 'refused' | 'failed';
  readonly code: string | null;
  readonly details: string;
  readonly decidedAt: Date;
  /** Id of the order that the request placed. */
  readonly orderId: number | null;
  /** Id of the ledger row. */
  readonly transactionId: number | null;
}

/** Decided requests by transaction, and by id within a transaction: the order in which the lane has applied them. */
const DECIDED = `SELECT r.id, r.kind, r.payload, r.reason, o.status, o.code, o.details, o.decided_at AS decidedAt,
    p.id AS orderId, t.id AS transactionId
  FROM requests r JOIN outcomes o ON o.request_id = r.id LEFT JOIN orders p ON p.id = r.id
  LEFT JOIN point_transactions t ON t.request_id = r.id
  ORDER BY o.decided_at, r.id`;

/**
 * Replays all decided requests in order through `decide` alone, from the start of the shop. Returns each outcome that differs
 * from the stored one. Does not know carts.
 */
export async function replay(shop: TestShop): Promise<string[]> {
  const state = await initialState(shop);
  const differences: string[] = [];
  for (const request of await shop.sql<Decided>(DECIDED)) {
    // a failed request has no effects
    if (request.status === 'failed') continue;
    const content = parseContent(request);
    const decision = decide(state, content, { maxPoints: MAX_POINTS, maxQuantity: MAX_QUANTITY });
    if (decision.status === 'applied') advance(state, request.id, decision.effects, request.decidedAt);
    const details = storedDetails(decision.details, idsOf(request));
    const [stored, again] = [outcomeOf(request), outcomeOf({ code: null, ...decision, details })];
    if (stored !== again) differences.push(`request ${request.id} is stored as ${stored}, replayed as ${again}`);
  }
  return [...differences, ...(await compareStates(shop, state))];
}

async function initialState(shop: TestShop): Promise<State> {
  const users = await shop.sql<{ id: number; reference: string | null }>('SELECT id, reference FROM users');
  const products = await shop.sql<{ id: number; reference: string | null; name: string; price: number; stock: number }>(
    `SELECT p.id, p.reference, p.name, p.price, m.quantity AS stock
     FROM products p JOIN stock_movements m ON m.product_id = p.id AND m.type = 'initial'`,
  );
  const byReference = (rows: readonly { id: number; reference: string | null }[]) =>
    new Map(rows.flatMap(({ id, reference }) => (reference === null ? [] : [[reference, id] as const])));
  return {
    users: new Map(users.map(({ id }) => [id, { id, balance: 0, blockedAt: null }])),
    products: new Map(products.map((product) => [product.id, { ...product, retiredAt: null }])),
    orders: new Map(),
    carts: new Map(),
    userIds: byReference(users),
    productIds: byReference(products),
  };
}

/** Returns the ids that a stored outcome has in addition to the decision. */
function idsOf({ orderId, transactionId }: Decided): Record<string, number> {
  return { ...(orderId === null ? {} : { orderId }), ...(transactionId === null ? {} : { transactionId }) };
}

function outcomeOf({ status, code, details }: { status: string; code: string | null; details: unknown }): string {
  return `${status} ${code} ${typeof details === 'string' ? details : JSON.stringify(details)}`;
}

async function compareStates(shop: TestShop, { users, products }: State): Promise<string[]> {
  const balances = await shop.sql<{ id: number; balance: number }>('SELECT id, balance FROM users');
  const stocks = await shop.sql<{ id: number; stock: number }>('SELECT id, stock FROM products');
  return [
    ...balances
      .filter(({ id, balance }) => users.get(id)?.balance !== balance)
      .map(({ id, balance }) => `user ${id} has ${balance}, replayed ${users.get(id)?.balance}`),
    ...stocks
      .filter(({ id, stock }) => products.get(id)?.stock !== stock)
      .map(({ id, stock }) => `product ${id} has ${stock}, replayed ${products.get(id)?.stock}`),
  ];
}
