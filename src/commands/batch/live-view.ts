import { barWidth, labelled, paragraph, translated } from '../../cli/live/lines.ts';
import { countOf, progressBar, rateText } from '../../cli/live/progress.ts';
import { type Readings, rate } from '../../cli/live/watch.ts';
import { GAP } from '../../cli/output/align.ts';
import { paint } from '../../cli/output/colors.ts';
import { grouped } from '../../cli/output/numbers.ts';
import type { Page } from '../../cli/output/page.ts';
import { cut, widthOf } from '../../cli/output/text.ts';
import type { BatchTotals } from '../../domain/batches/report.ts';
import { phrase } from '../../domain/phrase.ts';
import type { Pause } from '../../domain/requests/pause.ts';
import { drawPause } from '../queue/live-view.ts';

/** The totals of a batch, and the pause of the queue, if it is paused. */
export interface WatchedBatch extends BatchTotals {
  /** Null while the queue runs. */
  readonly pause: Pause | null;
}

/** Draws the live screen of `batch show --watch`. */
export function drawBatch(readings: Readings<WatchedBatch>, page: Page): string[] {
  const { batchId, name, total, applied, refused, failed, pending, replayed, pause } = readings.now;
  const decided = (batch: BatchTotals) => batch.total - batch.pending;
  const [heading, width] = [`shop batch ${batchId}`, page.width ?? Number.POSITIVE_INFINITY];
  const done = countOf(decided(readings.now), total);
  return [
    [paint(page, 'heading', heading), cut(translated(page, name), width - widthOf(heading) - GAP.length, page)].join(
      GAP,
    ),
    '',
    [progressBar(decided(readings.now), total, barWidth(page, done), page), translated(page, done)].join(GAP),
    ...(pause === null ? paragraph(page, rateText(rate(readings, decided), pending)) : drawPause(pause, page)),
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
