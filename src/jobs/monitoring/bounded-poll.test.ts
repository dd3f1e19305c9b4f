import { pino } from 'pino';
import { expect, it } from 'vitest';
import { BoundedLook } from './bounded-poll.ts';

const silent = pino({ level: 'silent' });

it('asks once for all who look at the same time, and shortly after', async () => {
  let asked = 0;
  const look = new BoundedLook('a server', async () => ++asked, silent);
  expect(await Promise.all([look.see(), look.see(), look.see()])).toEqual([1, 1, 1]);
  expect(await look.see()).toBe(1);
});

it('answers in time where the server does not, and does not ask it a second time meanwhile', async () => {
  let asked = 0;
  const hanging = new Promise<never>(() => {});
  const look = new BoundedLook(
    'a server',
    () => {
      asked++;
      return hanging;
    },
    silent,
  );
  const began = performance.now();
  expect(await Promise.all([look.see(), look.see()])).toEqual([null, null]);
  expect(performance.now() - began).toBeLessThan(10_000);
  const again = look.see();
  expect(asked).toBe(1);
  expect(await again).toBeNull();
});

it('tells of a server that is away once, until it has been there again', async () => {
  const lines: string[] = [];
  const log = pino({ level: 'warn' }, { write: (line: string) => lines.push(line) });
  const failing = () => Promise.reject(new Error('away'));
  const look = new BoundedLook('a server', failing, log);
  expect(await look.see()).toBeNull();
  // a second that was seen is over
  const later = performance.now() + 1_100;
  while (performance.now() < later) await look.see();
  expect(await look.see()).toBeNull();
  expect(lines).toHaveLength(1);
});
