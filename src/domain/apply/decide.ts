import { KINDS, type RequestContent, type RequestKind } from '../requests/kinds/index.ts';
import type { Decision } from '../requests/kinds/kind.ts';
import type { Effects, Limits, State } from '../requests/kinds/state.ts';

/**
 * Decides one request by the rule of its kind, given `state`. The function is pure: it reads nothing else and changes nothing.
 */
export function decide<K extends RequestKind>(
  state: State,
  { kind, payload }: RequestContent<K>,
  limits: Limits,
): Decision {
  return KINDS[kind].decide(state, payload, limits);
}

/**
 * Adds the effects of an applied request to `state`, so that later requests see them.
 *
 * @param id the id of the request, and of the order that it places.
 * @param now the time at which the request is applied.
 */
export function advance(state: State, id: number, effects: Effects, now: Date): void {
  const { ledger, stock, order, returned, cart } = effects;
  // a return or cancel may be recorded before its order is decided, and may then be in the same group as the order
  if (order !== null) state.orders.set(id, { id, ...order, status: 'placed', refunded: 0, createdAt: now });
  const user = ledger === null ? undefined : state.users.get(ledger.userId);
  if (ledger !== null && user !== undefined) state.users.set(user.id, { ...user, balance: ledger.balanceAfter });
  for (const { productId, stockAfter } of stock) {
    const product = state.products.get(productId);
    if (product !== undefined) state.products.set(productId, { ...product, stock: stockAfter });
  }
  if (returned !== null) state.orders.set(returned.order.id, returned.order);
  const before = cart === null ? undefined : state.carts.get(cart.id);
  if (cart !== null && before !== undefined) {
    const lines = new Map([...new Map([...before.lines, ...cart.left])].filter(([, quantity]) => quantity > 0));
    state.carts.set(cart.id, { ...before, lines });
  }
}
