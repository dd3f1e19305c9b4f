import fc from 'fast-check';
import { expect, it } from 'vitest';
import { shareOfLanes } from './lane-share.ts';

/** Workers, each with its claims; seats in the order of the list. */
class Shop {
  readonly claims: (number | null)[];
  workers: number[] = [];
  moves = 0;

  constructor(lanes: number) {
    this.claims = new Array<number | null>(lanes).fill(null);
  }

  join(worker: number): void {
    this.workers.push(worker);
  }

  die(worker: number): void {
    this.workers = this.workers.filter((other) => other !== worker);
    for (const [lane, claim] of this.claims.entries()) if (claim === worker) this.claims[lane] = null;
  }

  /** Each worker looks once; true where one did something. */
  step(): boolean {
    let done = false;
    for (const me of this.workers) {
      const running = new Set(this.of(me));
      const { quota, release, claim } = shareOfLanes(
        { me, lanes: this.claims.length, workers: this.workers, claims: this.claims },
        running,
      );
      for (const lane of release) this.claims[lane] = null;
      let mine = running.size - release.length;
      for (const lane of claim) {
        if (mine >= quota) break;
        this.claims[lane] = me;
        this.moves++;
        mine++;
        done = true;
      }
      done ||= release.length > 0;
    }
    return done;
  }

  settle(): void {
    for (let steps = 0; this.step(); steps++) expect(steps).toBeLessThan(10);
  }

  of(worker: number): number[] {
    return this.claims.flatMap((claim, lane) => (claim === worker ? [lane] : []));
  }
}

it('gives all lanes to the one worker, halves them for a second, and gives them back', () => {
  const shop = new Shop(4);
  shop.join(11);
  shop.settle();
  expect(shop.of(11)).toEqual([0, 1, 2, 3]);
  shop.join(22);
  shop.settle();
  expect([shop.of(11), shop.of(22)]).toEqual([
    [0, 1],
    [2, 3],
  ]);
  shop.die(11);
  shop.settle();
  expect(shop.of(22)).toEqual([0, 1, 2, 3]);
});

it('has more workers than lanes stand by', () => {
  const shop = new Shop(2);
  for (const worker of [1, 2, 3]) shop.join(worker);
  shop.settle();
  expect([1, 2, 3].map((worker) => shop.of(worker).length)).toEqual([1, 1, 0]);
  shop.die(1);
  shop.settle();
  expect(shop.of(3)).toHaveLength(1);
});

it('claims nothing without a seat, and what it applies still before what it does not', () => {
  const claims = [null, null, null, null];
  expect(shareOfLanes({ me: 9, lanes: 4, workers: [1, 2], claims }, new Set())).toEqual({
    quota: 0,
    release: [],
    claim: [],
  });
  expect(shareOfLanes({ me: 1, lanes: 4, workers: [1, 2], claims }, new Set([3])).claim).toEqual([3, 0, 1, 2]);
});

it('gives up what it is about to end with before what it applies', () => {
  const claims = [1, 1, 1, 2];
  expect(shareOfLanes({ me: 1, lanes: 4, workers: [1, 2], claims }, new Set([1, 2])).release).toEqual([0]);
});

it('is even after whatever joins and deaths, and moves no lane that need not move', () => {
  const event = fc.record({ worker: fc.integer({ min: 1, max: 6 }), joins: fc.boolean() });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 16 }), fc.array(event, { maxLength: 20 }), (lanes, events) => {
      const shop = new Shop(lanes);
      for (const { worker, joins } of events) {
        const there = shop.workers.includes(worker);
        if (joins === there) continue;
        const had = new Map(shop.workers.map((other) => [other, shop.of(other).length]));
        shop.moves = 0;
        if (joins) shop.join(worker);
        else shop.die(worker);
        shop.settle();
        const shares = shop.workers.map((other) => shop.of(other).length);
        if (shares.length === 0) continue;
        expect(shop.claims).not.toContain(null);
        expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1);
        // those of the dead one, or those that the new one gets
        expect(shop.moves).toBe(joins ? shop.of(worker).length : (had.get(worker) ?? 0));
      }
    }),
    { numRuns: 500 },
  );
});
