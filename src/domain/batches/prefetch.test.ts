import { expect, it } from 'vitest';
import { prefetch } from './prefetch.ts';

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

it('yields all items in order, and fetches the next one early', async () => {
  const made: number[] = [];
  const seen: number[] = [];
  for await (const n of prefetch(counted(made, 3))) {
    await new Promise((resolve) => setImmediate(resolve));
    if (n < 3) expect(made).toContain(n + 1);
    expect(made).not.toContain(n + 2);
    seen.push(n);
  }
  expect(seen).toEqual([1, 2, 3]);
});

it('throws an error of its source after it has yielded the earlier items', async () => {
  const seen: number[] = [];
  const reading = (async () => {
    for await (const n of prefetch(counted([], 3, 3))) seen.push(n);
  })();
  await expect(reading).rejects.toThrow('no 3');
  expect(seen).toEqual([1, 2]);
});

it('closes its source if the loop ends early', async () => {
  const made: number[] = [];
  for await (const _ of prefetch(counted(made, 9))) break;
  expect(made).toEqual([1, 2, 0]);
});
