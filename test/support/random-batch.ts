/** Returns a generator of whole numbers (Mulberry32). The same seed gives the same numbers. */
export function seededRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}

/**
 * Generates a batch file of charges and orders whose refusals depend on the order of the rows.
 *
 * @param users references of users.
 * @param products references of products.
 */
export function randomBatch(
  users: readonly string[],
  products: readonly string[],
  count: number,
  seed: number,
): string {
  const random = seededRandom(seed);
  const pick = (from: readonly string[]) => from[random(from.length)];
  const rows = Array.from({ length: count }, () => {
    const user = random(200) === 0 ? 'nobody' : pick(users);
    if (random(3) === 0) return `charge,@${user},,${1 + random(60)}`;
    const items = Array.from({ length: 1 + random(3) }, () => `@${pick(products)}:${1 + random(3)}`);
    return `,@${user},${items.join(' ')},`;
  });
  return `kind,user,items,amount\n${rows.join('\n')}\n`;
}

/** An order that a batch may cancel or return. */
export interface ReturnableOrder {
  readonly orderId: number;
  readonly lines: readonly { readonly productId: number; readonly quantity: number }[];
}

/** The columns of `randomMixedBatch`, except the reason. */
const MIXED_COLUMNS = [
  'kind',
  'user',
  'product',
  'items',
  'amount',
  'quantity',
  'by',
  'to',
  'expect',
  'order',
  'restock',
];

/**
 * Generates a batch file of requests of all kinds.
 *
 * @param users references of users.
 * @param products references of products.
 * @param orders orders to cancel or return. If the list is empty, these rows name an order that does not exist.
 */
export function randomMixedBatch(
  users: readonly string[],
  products: readonly string[],
  orders: readonly ReturnableOrder[],
  count: number,
  random: (below: number) => number,
): string {
  const pick = <T>(from: readonly T[]) => from[random(from.length)] as T;
  const change = (maximum: number) => (random(2) === 0 ? 1 : -1) * (1 + random(maximum));
  const row = (): Readonly<Record<string, string | number | boolean>> => {
    const [user, product] = [`@${pick(users)}`, `@${pick(products)}`];
    switch (random(12)) {
      case 0:
      case 1:
        return { kind: 'charge', user, amount: 1 + random(200) };
      case 2:
        return { kind: 'points-adjust', user, amount: change(60) };
      case 3:
        return { kind: 'restock', product, quantity: 1 + random(5) };
      case 4:
        return { kind: 'stock-adjust', product, by: change(6) };
      case 5:
        return { kind: 'stock-adjust', product, to: random(50), ...(random(2) === 0 ? { expect: random(50) } : {}) };
      case 6:
        return { kind: 'cancel', order: orders.length === 0 ? 999_999_999 : pick(orders).orderId };
      case 7: {
        if (orders.length === 0) return { kind: 'return', order: 999_999_999, items: product };
        const { orderId, lines } = pick(orders);
        const { productId, quantity } = pick(lines);
        return {
          kind: 'return',
          order: orderId,
          items: `${productId}:${1 + random(quantity)}`,
          restock: random(3) > 0,
        };
      }
      default:
        return { kind: 'order', user, items: `${product}:${1 + random(3)} @${pick(products)}` };
    }
  };
  const lines = Array.from({ length: count }, row).map((cells) =>
    [...MIXED_COLUMNS.map((column) => cells[column] ?? ''), 'nemesis'].join(','),
  );
  return `${[...MIXED_COLUMNS, 'reason'].join(',')}\n${lines.join('\n')}\n`;
}
