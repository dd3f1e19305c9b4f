import { expect, it } from 'vitest';
import { type Page, PLAIN } from '../../cli/output/page.ts';
import { widthOf } from '../../cli/output/text.ts';
import { drawBatch, type WatchedBatch } from './live-view.ts';

const PAGE: Page = { ...PLAIN, symbols: true };
const BATCH: WatchedBatch = {
  batchId: 7,
  name: 'november',
  total: 2_000,
  applied: 1_400,
  refused: 90,
  failed: 10,
  pending: 500,
  replayed: 0,
  seconds: 3,
  pause: null,
};
const before = { ...BATCH, applied: 1_000, pending: 900 };

it('shows the rate, or who has paused the queue', () => {
  const draw = (now: WatchedBatch) => drawBatch({ now, before, seconds: 2 }, PAGE)[3];
  expect(draw(BATCH)).toBe('200 a second, about 3 s left');
  const pause = { pausedAt: new Date(), pausedBy: 'ann\u001b[2J', pausedHost: 'till-1' };
  expect(draw({ ...BATCH, pause })).toMatch(/^paused by ann\\x1b\[2J at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
});

it('fits any terminal, even with a long name', () => {
  const now = { ...BATCH, name: '십일월-급여-'.repeat(20) };
  for (const width of [40, 60, 80, 120])
    expect(drawBatch({ now, before, seconds: 2 }, { ...PAGE, width }).filter((line) => widthOf(line) > width)).toEqual(
      [],
    );
});
