import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { within } from './within.ts';

const LONG_MS = 60_000;
const never = new Promise<never>(() => {});

it('settles in the same way as the work', async () => {
  expect(await within(LONG_MS, delay(1, 'done'), 'late')).toBe('done');
  await expect(within(LONG_MS, Promise.reject(new Error('failed')), 'late')).rejects.toThrow('failed');
});

it('returns the other value when the time limit is reached', async () => {
  expect(await within(1, never, 'late')).toBe('late');
});

it.each([2 ** 40, Number.POSITIVE_INFINITY])(
  'waits with a time limit of %d ms, which is longer than a timer can run',
  async (ms) => {
    expect(await within(ms, delay(20, 'done'), 'late')).toBe('done');
  },
);

it('rejects with the reason of the signal', async () => {
  const stop = new AbortController();
  const waiting = within(LONG_MS, never, 'late', stop.signal);
  stop.abort(new Error('stopped'));
  await expect(waiting).rejects.toThrow('stopped');
});
