import { expect, it } from 'vitest';
import { readAhead } from './prefetch.ts';

async function* counted(made: number[], upTo: number, failAt = Number.POSITIVE_INFINITY): AsyncGenerator<number> {
  try {
    for (let n = 1; n <= upTo; n++) {
      if (n === failAt) throw new Error(`no ${n}`);
      made.push(n);
      yield n;
    }
  } finally {
    made.push(0);
  }
}

it('gives all in order, and makes one ahead', async () => {
  const made: number[] = [];
  const seen: number[] = [];
  for await (const n of readAhead(counted(made, 3))) {
    await new Promise((resolve) => setImmediate(resolve));
    if (n < 3) expect(made).toContain(n + 1);
    expect(made).not.toContain(n + 2);
    seen.push(n);
  }
  expect(seen).toEqual([1, 2, 3]);
});

it('tells a failure where it belongs: what was made before is given first', async () => {
  const seen: number[] = [];
  const reading = (async () => {
    for await (const n of readAhead(counted([], 3, 3))) seen.push(n);
  })();
  await expect(reading).rejects.toThrow('no 3');
  expect(seen).toEqual([1, 2]);
});

it('ends its source where it is left early', async () => {
  const made: number[] = [];
  for await (const _ of readAhead(counted(made, 9))) break;
  expect(made).toEqual([1, 2, 0]);
});
