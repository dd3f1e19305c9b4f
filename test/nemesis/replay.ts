import { advance, decide } from '../../src/domain/apply/decide.ts';
import { storedDetails } from '../../src/domain/apply/persist.ts';
import { MAX_POINTS, MAX_QUANTITY } from '../../src/domain/input.ts';
import type { RequestContent, RequestKind } from '../../src/domain/requests/kinds/index.ts';
import type { OrderPayload } from '../../src/domain/requests/kinds/order.ts';
import { parseContent } from '../../src/domain/requests/kinds/parse.ts';
import { findProduct, findUser } from '../../src/domain/requests/kinds/rules.ts';
import type { State } from '../../src/domain/requests/kinds/state.ts';
import type { TestShop } from '../support/shop.ts';
import { Switch } from './switches.ts';

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

/**
 * Decided requests by transaction, and by id within a transaction. This is the order in which the lane has applied
 * them.
 */
const DECIDED = `SELECT r.id, r.kind, r.payload, r.reason, o.status, o.code, o.details, o.decided_at AS decidedAt,
    p.id AS orderId, t.id AS transactionId
  FROM requests r JOIN outcomes o ON o.request_id = r.id LEFT JOIN orders p ON p.id = r.id
  LEFT JOIN point_transactions t ON t.request_id = r.id
  ORDER BY o.decided_at, r.id`;

/** Codes of the refusals that an order can get before the check for retired products. */
const CHECKED_BEFORE_RETIRED: readonly string[] = ['INVALID_USER', 'USER_BLOCKED', 'INVALID_PRODUCT'];

/**
 * Replays all decided requests in order through `decide` alone, from the start of the shop. Returns each outcome that
 * differs from the stored one. Carts are not replayed. The exact times at which users were blocked and products retired
 * are unknown. So the replay takes these states from each outcome, and compares them with the activities.
 */
export async function replay(shop: TestShop): Promise<string[]> {
  const state = await initialState(shop);
  const switches = {
    blocked: await Switch.read(shop, 'user block', 'user unblock'),
    retired: await Switch.read(shop, 'product retire', 'product restore'),
  };
  const differences: string[] = [];
  const requests = await shop.sql<Decided>(DECIDED);
  const ends = transactionEnds(requests);
  for (const [index, request] of requests.entries()) {
    // a failed or withdrawn request has no effects
    if (request.status === 'failed' || request.code === 'CANCELLED') continue;
    const content = parseContent(request);
    const seen = seenState(request, content, state);
    differences.push(...contradictions(request, seen, switches, ends[index] ?? request.decidedAt));
    adopt(state, seen);
    const decision = decide(state, content, { maxPoints: MAX_POINTS, maxQuantity: MAX_QUANTITY });
    if (decision.status === 'applied') advance(state, request.id, decision.effects, request.decidedAt);
    const details = storedDetails(decision.details, idsOf(request));
    const [stored, again] = [outcomeOf(request), outcomeOf({ code: null, ...decision, details })];
    if (stored !== again) differences.push(`request ${request.id} is stored as ${stored}, replayed as ${again}`);
  }
  return [...differences, ...(await compareStates(shop, state))];
}

/** Returns for each request the time at which the next transaction began. */
function transactionEnds(requests: readonly Decided[]): Date[] {
  let [began, end] = [new Date(), new Date()];
  return requests
    .toReversed()
    .map(({ decidedAt }) => {
      if (decidedAt < began) [began, end] = [decidedAt, began];
      return end;
    })
    .reverse();
}

/** Values of the properties that change without a request, by the ids of users or products. */
interface SeenState {
  readonly blocked: ReadonlyMap<number, boolean>;
  readonly retired: ReadonlyMap<number, boolean>;
}

/** Returns the states of the user and the products that an outcome proves. */
function seenState(request: Decided, content: RequestContent, state: State): SeenState {
  if (content.kind === 'order') return seenByOrder(request, content.payload, state);
  const none = new Map<number, boolean>();
  if (content.kind !== 'restock' && content.kind !== 'stock-adjust') return { blocked: none, retired: none };
  const { retired }: { readonly retired?: boolean } = JSON.parse(request.details);
  const product = findProduct(state, content.payload.product);
  if (product === undefined || retired === undefined) return { blocked: none, retired: none };
  return { blocked: none, retired: new Map([[product.id, retired]]) };
}

function seenByOrder({ code, details }: Decided, { user: ref, items }: OrderPayload, state: State): SeenState {
  const user = findUser(state, ref);
  const blocked = new Map(user === undefined ? [] : [[user.id, code === 'USER_BLOCKED']]);
  // the lane did not check the products
  if (code !== null && CHECKED_BEFORE_RETIRED.includes(code)) return { blocked, retired: new Map() };
  const { products = [] }: { readonly products?: readonly { readonly productId: number }[] } = JSON.parse(details);
  const refused = code === 'PRODUCT_RETIRED' ? products.map(({ productId }) => productId) : [];
  const ids = items.flatMap(({ product }) => findProduct(state, product)?.id ?? []);
  return { blocked, retired: new Map(ids.map((id) => [id, refused.includes(id)])) };
}

/**
 * Compares the states that an outcome proves with the activities.
 *
 * @param end the time at which the next transaction began.
 */
function contradictions(
  { id: requestId, decidedAt }: Decided,
  seen: SeenState,
  switches: Readonly<Record<keyof SeenState, Switch>>,
  end: Date,
): string[] {
  return (['blocked', 'retired'] as const).flatMap((property) =>
    [...seen[property]]
      .filter(([id, value]) => !switches[property].mayBe(id, value, decidedAt, end))
      .map(([id, value]) => `request ${requestId} was decided as if ${property} of ${id} was ${value}`),
  );
}

/** Changes `state` to what an outcome proves. */
function adopt({ users, products }: State, { blocked, retired }: SeenState): void {
  for (const [id, value] of blocked) {
    const user = users.get(id);
    if (user !== undefined) users.set(id, { ...user, blockedAt: value ? new Date(0) : null });
  }
  for (const [id, value] of retired) {
    const product = products.get(id);
    if (product !== undefined) products.set(id, { ...product, retiredAt: value ? new Date(0) : null });
  }
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

/** Returns the ids that a stored outcome has in addition to the result of `decide`. */
function idsOf({ orderId, transactionId }: Decided): Record<string, number> {
  return { ...(orderId === null ? {} : { orderId }), ...(transactionId === null ? {} : { transactionId }) };
}

function outcomeOf({ status, code, details }: { status: string; code: string | null; details: unknown }): string {
  return `${status} ${code} ${typeof details === 'string' ? details : JSON.stringify(details)}`;
}

async function compareStates(shop: TestShop, { users, products, orders }: State): Promise<string[]> {
  const balances = await shop.sql<{ id: number; balance: number }>('SELECT id, balance FROM users');
  const stocks = await shop.sql<{ id: number; stock: number }>('SELECT id, stock FROM products');
  const placed = await shop.sql<{ id: number; state: string }>(
    `SELECT o.id, CONCAT(o.status, ' ', o.refunded, ' ', GROUP_CONCAT(l.returned ORDER BY l.position)) AS state
     FROM orders o JOIN order_lines l ON l.order_id = o.id GROUP BY o.id`,
  );
  const stateOf = (id: number) => {
    const order = orders.get(id);
    return order && `${order.status} ${order.refunded} ${order.lines.map(({ returned }) => returned)}`;
  };
  return [
    ...balances
      .filter(({ id, balance }) => users.get(id)?.balance !== balance)
      .map(({ id, balance }) => `user ${id} has ${balance}, replayed ${users.get(id)?.balance}`),
    ...stocks
      .filter(({ id, stock }) => products.get(id)?.stock !== stock)
      .map(({ id, stock }) => `product ${id} has ${stock}, replayed ${products.get(id)?.stock}`),
    ...placed
      .filter(({ id, state }) => stateOf(id) !== state)
      .map(({ id, state }) => `order ${id} is ${state}, replayed ${stateOf(id)}`),
    ...(placed.length === orders.size ? [] : [`there are ${placed.length} orders, replayed ${orders.size}`]),
  ];
}
