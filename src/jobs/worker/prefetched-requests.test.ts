import { expect, it } from 'vitest';
import { PrefetchedRequests } from './prefetched-requests.ts';

it('remembers a prefetched request until its job arrives', () => {
  const prefetched = new PrefetchedRequests();
  prefetched.add([1, 2, 3, 4], [1, 2]);
  expect(prefetched.take([1])).toBe(false);
  expect(prefetched.take([3])).toBe(true);
  expect(prefetched.take([3])).toBe(false);
});

it('takes either all requests of a job or none', () => {
  const prefetched = new PrefetchedRequests();
  prefetched.add([1, 2], []);
  expect(prefetched.take([2, 3])).toBe(false);
  expect(prefetched.take([1, 2])).toBe(true);
});

it('forgets the oldest requests if their jobs do not arrive', () => {
  const prefetched = new PrefetchedRequests();
  const ids = Array.from({ length: 150_000 }, (_, id) => id + 1);
  prefetched.add(ids, []);
  expect(prefetched.take([50_000])).toBe(false);
  expect(prefetched.take([50_001])).toBe(true);
});
