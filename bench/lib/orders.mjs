import { randomFrom } from './random.mjs';

/** Makes one order after another, of one line each, spread evenly over these users and products; the same for a seed. */
export function orderMaker({ userIds, productIds, seed }) {
  const random = randomFrom(seed);
  const oneOf = (ids) => ids[Math.floor(random() * ids.length)];
  return () => ({ user: oneOf(userIds), product: oneOf(productIds), quantity: 1 + Math.floor(random() * 3) });
}

/**
 * Hands orders to peers, others in each round, and a fifth of them where a round warms up.
 *
 * @returns a function that makes a peer as `inTurns` takes it of one that takes orders.
 */
export function ordersFor() {
  let seed = 0;
  return (peer, { userIds, productIds }, count) =>
    ({ warmUp }) => {
      seed += 1;
      return peer(Array.from({ length: warmUp ? count / 5 : count }, orderMaker({ userIds, productIds, seed })));
    };
}

/** All orders on one product. */
export function onOneProduct({ userIds, productIds }) {
  return { userIds, productIds: productIds.slice(0, 1) };
}

/** An order as a request has it; one that has an amount instead of products is a charge. */
export function contentOf({ user, product, quantity, amount }) {
  if (amount !== undefined) return { kind: 'charge', payload: { user, amount } };
  return { kind: 'order', payload: { user, items: [{ product, quantity }] } };
}

/** Pieces of so many. */
export function* pieces(rows, size) {
  for (let start = 0; start < rows.length; start += size) yield rows.slice(start, start + size);
}
