/**
 * Measures peers in turns, once a round, so that whatever else the machine does hits all alike. Each round begins with
 * another one. The first round warms up and does not count.
 *
 * @param peers by name, each a function that is told whether it warms up and answers its figure.
 * @returns the figures by name, one a round.
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

/** The same names, each with what `make` makes of its value. */
export function mapValues(object, make) {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, make(value)]));
}
