import { expect, it } from 'vitest';
import { Ahead } from './prefetched-groups.ts';

it('knows what was applied before its job came, until the job has come', () => {
  const ahead = new Ahead();
  ahead.add([1, 2, 3, 4], [1, 2]);
  expect(ahead.take([1])).toBe(false);
  expect(ahead.take([3])).toBe(true);
  expect(ahead.take([3])).toBe(false);
});

it('takes the requests of a job together or not at all', () => {
  const ahead = new Ahead();
  ahead.add([1, 2], []);
  expect(ahead.take([2, 3])).toBe(false);
  expect(ahead.take([1, 2])).toBe(true);
});

it('forgets the oldest of those whose jobs do not come', () => {
  const ahead = new Ahead();
  const ids = Array.from({ length: 150_000 }, (_, id) => id + 1);
  ahead.add(ids, []);
  expect(ahead.take([50_000])).toBe(false);
  expect(ahead.take([50_001])).toBe(true);
});
