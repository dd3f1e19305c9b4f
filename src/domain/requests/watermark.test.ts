import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Watermark } from './watermark.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});

afterEach(() => {
  vi.useRealTimers();
});

it('stays below ids that may still be in flight, for ten seconds', () => {
  const mark = new Watermark();
  mark.see(500);
  mark.raise(500);
  expect(mark.settled).toBe(0);
  vi.advanceTimersByTime(9_000);
  mark.see(800);
  mark.raise(800);
  expect(mark.settled).toBe(0);
  vi.advanceTimersByTime(1_000);
  mark.see(900);
  mark.raise(900);
  expect(mark.settled).toBe(500);
  vi.advanceTimersByTime(9_000);
  mark.see(900);
  mark.raise(900);
  expect(mark.settled).toBe(800);
});

it('rises at once to ids that are far below the newest', () => {
  const mark = new Watermark();
  mark.see(1_000_000);
  mark.raise(1_000_000);
  expect(mark.settled).toBe(900_000);
});

it('never passes the first unsettled row, and never falls', () => {
  const mark = new Watermark();
  mark.see(1_000_000);
  mark.raise(41);
  expect(mark.settled).toBe(41);
  mark.raise(7);
  expect(mark.settled).toBe(41);
});

it('remembers the newest id of an earlier time', () => {
  const mark = new Watermark();
  expect(mark.seenBefore(0)).toBe(0);
  for (const id of [1, 2, 3]) {
    mark.see(id);
    vi.advanceTimersByTime(1_000);
  }
  expect([0, 1_500, 2_500, 4_000].map((ms) => mark.seenBefore(ms))).toEqual([3, 2, 1, 0]);
});
