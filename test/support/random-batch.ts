/** Returns a generator of whole numbers (Mulberry32), which gives the same numbers for the same seed. */
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
