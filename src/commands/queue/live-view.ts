import { barWidth, heading, indentedRows, labelled, translated } from '../../cli/live/lines.ts';
import { countOf, progressBar, rateText } from '../../cli/live/progress.ts';
import { type Readings, rate } from '../../cli/live/watch.ts';
import { GAP } from '../../cli/output/align.ts';
import { paint, type Style } from '../../cli/output/colors.ts';
import { duration, grouped } from '../../cli/output/numbers.ts';
import type { Page } from '../../cli/output/page.ts';
import { joined, type Phrase, phrase } from '../../domain/phrase.ts';
import type { Pause } from '../../domain/requests/pause.ts';
import type { QueueStatus } from '../../jobs/queue/status.ts';
import { holdInWords } from './view.ts';

/** Draws the live screen of `queue status --watch`. */
export function drawQueue(readings: Readings<QueueStatus>, page: Page): string[] {
  const { redisError, hold } = readings.now;
  const problems = [redisError, hold === null ? null : holdInWords(hold)].filter((problem) => problem !== null);
  return drawPanel(readings, page, [ratesRow(readings)], problems);
}

/**
 * Draws the output of `queue status` like the live screen, but without rates. It leaves out problems with Redis, because
 * the command prints them as messages.
 */
export function drawStatus(now: QueueStatus, page: Page): string[] {
  return drawPanel({ now, before: null, seconds: 0 }, page, [], []);
}

function ratesRow(readings: Readings<QueueStatus>): PanelRow {
  const decided = inWords(rate(readings, decidedOf));
  const recorded = inWords(rate(readings, (status) => decidedOf(status) + status.pending));
  return [phrase('rates'), phrase`${decided} decided, ${recorded} recorded a second`];
}

type PanelRow = readonly [label: Phrase, value: Phrase | string, style?: Style | undefined];

function drawPanel(
  readings: Readings<QueueStatus>,
  page: Page,
  rates: readonly PanelRow[],
  problems: readonly (Phrase | string)[],
): string[] {
  const { now } = readings;
  const [applied, refused, failed] = [grouped(now.applied), grouped(now.refused), grouped(now.failed)];
  return [
    [paint(page, 'heading', 'shop queue'), now.at.toLocaleTimeString('en-GB'), drawState(now, page)].join(GAP),
    '',
    ...labelled(page, [
      [phrase('pending'), pendingInWords(now)],
      ...rates,
      [phrase('jobs'), jobsInWords(now)],
      [
        phrase('outcomes'),
        phrase`${applied} applied, ${refused} refused, ${failed} failed`,
        now.failed === 0 ? undefined : 'bad',
      ],
    ]),
    ...problems.flatMap((problem) => ['', paint(page, 'bad', translated(page, problem))]),
    '',
    heading(page, phrase('workers')),
    ...indentedRows(page, workerRows(now)),
    '',
    heading(page, phrase('batches under way')),
    ...indentedRows(page, now.batches.length === 0 ? [[phrase('none')]] : batchRows(readings, page)),
  ];
}

function decidedOf({ applied, refused, failed }: QueueStatus): number {
  return applied + refused + failed;
}

function pendingInWords({ pending, oldestPendingSeconds }: QueueStatus): Phrase | string {
  if (oldestPendingSeconds === null) return grouped(pending);
  return joined([grouped(pending), phrase`oldest ${duration(oldestPendingSeconds)}`], GAP);
}

function jobsInWords({ waiting, active, delayed }: QueueStatus): Phrase {
  // Redis is down
  if (waiting === null || active === null || delayed === null) return phrase('unavailable');
  return phrase`${grouped(waiting)} waiting, ${grouped(active)} active, ${grouped(delayed)} delayed`;
}

function drawState({ paused, pausedBy, pausedAt, laneHeld }: QueueStatus, page: Page): string {
  if (paused && pausedBy !== null && pausedAt !== null) return drawPause({ pausedBy, pausedAt }, page);
  if (laneHeld) return paint(page, 'good', translated(page, phrase('running')));
  return paint(page, 'bad', translated(page, phrase('no worker holds the lane, so no requests are being applied')));
}

/** Draws who has paused the queue. */
export function drawPause({ pausedBy, pausedAt }: Pick<Pause, 'pausedBy' | 'pausedAt'>, page: Page): string {
  const words = phrase`paused by ${pausedBy} at ${pausedAt.toLocaleTimeString('en-GB')}`;
  return paint(page, 'refused', translated(page, words));
}

function workerRows({ workers, laneHeld }: QueueStatus): (Phrase | string)[][] {
  if (workers === null) return [[laneHeld ? phrase('unknown, but one worker holds the lane') : phrase('unknown')]];
  if (workers.length === 0) return [[phrase('none')]];
  return workers.map(({ name, address, seconds, holdsLane }) => [
    name ?? phrase('unknown'),
    address ?? '',
    seconds === null ? '' : duration(seconds),
    holdsLane ? phrase('holds the lane') : phrase('on standby'),
  ]);
}

function batchRows({ now, before, seconds }: Readings<QueueStatus>, page: Page): (Phrase | string)[][] {
  const rows = now.batches.map((batch) => {
    const earlier = before?.batches.find(({ batchId }) => batchId === batch.batchId) ?? null;
    const perSecond = rate({ now: batch, before: earlier, seconds }, ({ decided }) => decided);
    return {
      batch,
      done: translated(page, countOf(batch.decided, batch.requests)),
      rateText: translated(page, rateText(perSecond, batch.pending)),
    };
  });
  const longest = (texts: readonly string[]) => texts.reduce((one, other) => (other.length > one.length ? other : one));
  const width = barWidth(
    page,
    longest(rows.map(({ batch }) => batch.name)),
    longest(rows.map(({ done }) => done)),
    longest(rows.map((row) => row.rateText)),
  );
  return rows.map(({ batch, done, rateText: speed }) => [
    batch.name,
    progressBar(batch.decided, batch.requests, width, page),
    done,
    speed,
  ]);
}

function inWords(value: number | null): string {
  return value === null ? '-' : grouped(value);
}
