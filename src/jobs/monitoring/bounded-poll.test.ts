import { pino } from 'pino';
import { expect, it } from 'vitest';
import { BoundedPoll } from './bounded-poll.ts';

const silent = pino({ level: 'silent' });

it('reads once for all callers at the same time, and shortly after', async () => {
  let asked = 0;
  const poll = new BoundedPoll('a server', async () => ++asked, silent);
  expect(await Promise.all([poll.read(), poll.read(), poll.read()])).toEqual([1, 1, 1]);
  expect(await poll.read()).toBe(1);
});

it('returns null in time if the server hangs, and starts no second read meanwhile', async () => {
  let asked = 0;
  const hanging = new Promise<never>(() => {});
  const poll = new BoundedPoll(
    'a server',
    () => {
      asked++;
      return hanging;
    },
    silent,
  );
  const began = performance.now();
  expect(await Promise.all([poll.read(), poll.read()])).toEqual([null, null]);
  expect(performance.now() - began).toBeLessThan(10_000);
  const again = poll.read();
  expect(asked).toBe(1);
  expect(await again).toBeNull();
});

it('warns only once while a server is unavailable', async () => {
  const lines: string[] = [];
  const log = pino({ level: 'warn' }, { write: (line: string) => lines.push(line) });
  const failing = () => Promise.reject(new Error('unavailable'));
  const poll = new BoundedPoll('a server', failing, log);
  expect(await poll.read()).toBeNull();
  // values are reused for one second
  const later = performance.now() + 1_100;
  while (performance.now() < later) await poll.read();
  expect(await poll.read()).toBeNull();
  expect(lines).toHaveLength(1);
});
