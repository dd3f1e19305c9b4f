import { expect, it } from 'vitest';
import { hasUser, inLane, laneOf, slotOf, userSlot } from './lane-place.ts';

it('has the slots that are stored, for ever', () => {
  expect([1, 2, 3, 1_000, Number.MAX_SAFE_INTEGER].map(userSlot)).toEqual([4023, 3597, 3739, 791, 3611]);
  expect(slotOf('@corner-cafe')).toBe(944);
});

it.each([2, 3, 4, 7, 8, 64])('spreads users evenly over %i lanes, in whatever steps their ids go', (lanes) => {
  const users = 20_000;
  for (const step of [1, 2, 7, lanes]) {
    const counts = new Array<number>(lanes).fill(0);
    for (let i = 0; i < users; i++) {
      const lane = laneOf(userSlot(1 + i * step), lanes);
      counts[lane] = (counts[lane] ?? 0) + 1;
    }
    expect(Math.min(...counts), `steps of ${step}`).toBeGreaterThan((0.8 * users) / lanes);
    expect(Math.max(...counts), `steps of ${step}`).toBeLessThan((1.2 * users) / lanes);
  }
});

it('has each user in one lane', () => {
  for (let user = 1; user < 50; user++) {
    expect([0, 1, 2, 3].filter((lane) => hasUser({ lane, lanes: 4 }, user))).toHaveLength(1);
    expect(hasUser({ lane: 0, lanes: 1 }, user)).toBe(true);
  }
});

it('restricts a statement where there is more than one', () => {
  expect(inLane({ lane: 0, lanes: 1 })).toEqual(['', []]);
  expect(inLane({ lane: 2, lanes: 4 }, 'r.slot')).toEqual([' AND MOD(r.slot, ?) = ?', [4, 2]]);
});
