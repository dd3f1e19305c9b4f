import { randomFrom } from './random.mjs';

/** Orders of one line each, the same for the same seed, spread evenly over these users and products. */
export function makeOrders(count, { userIds, productIds, seed }) {
  const random = randomFrom(seed);
  const oneOf = (ids) => ids[Math.floor(random() * ids.length)];
  return Array.from({ length: count }, () => ({
    user: oneOf(userIds),
    product: oneOf(productIds),
    quantity: 1 + Math.floor(random() * 3),
  }));
}

/** An order as a request has it. */
export function contentOf({ user, product, quantity }) {
  return { kind: 'order', payload: { user, items: [{ product, quantity }] } };
}

/** Pieces of so many. */
export function* pieces(rows, size) {
  for (let start = 0; start < rows.length; start += size) yield rows.slice(start, start + size);
}
