import { expect } from 'vitest';
import { eventually } from './eventually.ts';
import type { TestProcess } from './shop.ts';

/**
 * Returns the times of the workers' refreshes of the ranking, from their logs at level `debug`, in milliseconds since
 * the epoch.
 */
export function refreshes(...workers: readonly TestProcess[]): number[] {
  return workers
    .flatMap(({ stderr }) => stderr.split('\n'))
    .filter((line) => line.includes('"ranking refreshed"'))
    .map((line) => Date.parse(JSON.parse(line).time))
    .sort((a, b) => a - b);
}

/** Waits for `count` further refreshes. */
export async function waitForRefreshes(count: number, ...workers: readonly TestProcess[]): Promise<void> {
  const before = refreshes(...workers).length;
  await eventually(`${count} further refreshes`, () => refreshes(...workers).length >= before + count);
}

/** Expects no more refreshes than the time between the first and the last allows. */
export function expectOneAPeriod(times: readonly number[], periodMs: number): void {
  const [first = 0, last = 0] = [times[0], times.at(-1)];
  // the first refresh may have been late, and the last one on time
  expect(times.length).toBeLessThanOrEqual((last - first) / periodMs + 2);
}
