import { randomFrom } from './random.mjs';

/** Generates orders of one line each, spread evenly over the given users and products. The same seed gives the same orders. */
export function orderMaker({ userIds, productIds, seed }) {
  const random = randomFrom(seed);
  const oneOf = (ids) => ids[Math.floor(random() * ids.length)];
  return () => ({ user: oneOf(userIds), product: oneOf(productIds), quantity: 1 + Math.floor(random() * 3) });
}

/**
 * Returns a function that adapts a peer for `inTurns`, where the peer is a function that takes orders. It gets new orders in each
 * round, and only a fifth as many in the warm-up round.
 */
export function ordersFor() {
  let seed = 0;
  return (peer, { userIds, productIds }, count) =>
    ({ warmUp }) => {
      seed += 1;
      return peer(Array.from({ length: warmUp ? count / 5 : count }, orderMaker({ userIds, productIds, seed })));
    };
}

/** Keeps only the first product, so that all orders of `ordersFor` buy it. */
export function onOneProduct({ userIds, productIds }) {
  return { userIds, productIds: productIds.slice(0, 1) };
}

/** Maps an order to a request; an entry with an amount instead of products is a charge. */
export function contentOf({ user, product, quantity, amount }) {
  if (amount !== undefined) return { kind: 'charge', payload: { user, amount } };
  return { kind: 'order', payload: { user, items: [{ product, quantity }] } };
}

/** Splits a list into chunks of the given size. */
export function* chunks(rows, size) {
  for (let start = 0; start < rows.length; start += size) yield rows.slice(start, start + size);
}
