/**
 * Measures peers in turns, one figure per peer and round, so that other load on the machine affects all peers alike. Each round
 * starts with a different peer. The first round warms up and does not count.
 *
 * @param peers functions by name; each takes a flag for the warm-up round and returns its figure.
 * @returns the figures by name, one per round.
 */
export async function inTurns(peers, rounds, say) {
  const names = Object.keys(peers);
  const figures = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(round + turn) % names.length];
      const figure = await peers[name]({ warmUp: round === 0 });
      say(`${round === 0 ? 'warm-up' : `round ${round} of ${rounds}`}: ${name} ${figure.toPrecision(4)}`);
      if (round > 0) figures[name].push(figure);
    }
  }
  return figures;
}

export function quantile(figures, share) {
  const sorted = [...figures].sort((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const [below, above] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  return below + (above - below) * (place - Math.floor(place));
}

export function median(figures) {
  return quantile(figures, 0.5);
}

/** Maps each value of an object with `make`. */
export function mapValues(object, make) {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, make(value)]));
}
