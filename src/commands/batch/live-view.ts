import { barWidth, labelled, translated } from '../../cli/live/lines.ts';
import { countOf, progressBar, rateText } from '../../cli/live/progress.ts';
import { type Readings, rate } from '../../cli/live/watch.ts';
import { GAP } from '../../cli/output/align.ts';
import { paint } from '../../cli/output/colors.ts';
import { grouped } from '../../cli/output/numbers.ts';
import type { Page } from '../../cli/output/page.ts';
import type { BatchTotals } from '../../domain/batches/report.ts';
import { phrase } from '../../domain/phrase.ts';

/** Draws the live screen of `batch show --watch`. */
export function drawBatch(readings: Readings<BatchTotals>, page: Page): string[] {
  const { batchId, name, total, applied, refused, failed, pending, replayed } = readings.now;
  const decided = (batch: BatchTotals) => batch.total - batch.pending;
  const done = countOf(decided(readings.now), total);
  return [
    [paint(page, 'heading', `shop batch ${batchId}`), translated(page, name)].join(GAP),
    '',
    [progressBar(decided(readings.now), total, barWidth(page, done), page), translated(page, done)].join(GAP),
    translated(page, rateText(rate(readings, decided), pending)),
    '',
    ...labelled(page, [
      [phrase('applied'), grouped(applied)],
      [phrase('refused'), grouped(refused), refused === 0 ? undefined : 'refused'],
      [phrase('failed'), grouped(failed), failed === 0 ? undefined : 'bad'],
      [phrase('pending'), grouped(pending)],
      [phrase('replayed'), grouped(replayed)],
    ]),
  ];
}
