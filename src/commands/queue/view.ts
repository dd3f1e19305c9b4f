import { barWidth, below, heading, labelled, told } from '../../cli/live/lines.ts';
import { bar, pace, progress } from '../../cli/live/progress.ts';
import { type Looks, rate } from '../../cli/live/watch.ts';
import { paint } from '../../cli/output/colors.ts';
import { GAP } from '../../cli/output/column-widths.ts';
import { toJson } from '../../cli/output/json.ts';
import { duration, grouped } from '../../cli/output/numbers.ts';
import type { Page } from '../../cli/output/page.ts';
import { field, fields, listView, recordView, sparing } from '../../cli/output/view.ts';
import { joined, type Phrase, phrase } from '../../domain/phrase.ts';
import type { RequestRecord } from '../../domain/request.ts';
import type { FailedRequest } from '../../domain/request-list.ts';
import type { QueueStatus, WorkerStatus } from '../../jobs/queue-status.ts';

export const STATUS = recordView<QueueStatus>(
  ...fields<QueueStatus>(
    'at',
    'paused',
    'pausedBy',
    'pausedAt',
    'pending',
    'oldestPendingSeconds',
    'waiting',
    'active',
    'delayed',
    'applied',
    'refused',
    'failed',
    'laneHeld',
  ),
  {
    name: 'workers',
    value: ({ workers }) => (workers === null ? null : toJson(workers)),
    words: ({ workers }) => (workers?.length ? joined(workers.map(workerInWords), ', ') : null),
    kind: 'prose',
  },
  {
    name: 'batches',
    value: ({ batches }) => toJson(batches),
    words: ({ batches }) =>
      batches.map(({ name, decided, requests }) => `${name} ${decided}/${requests}`).join(', ') || null,
    kind: 'prose',
  },
  field<QueueStatus>('redisError'),
);

function workerInWords({ name, address, holdsLane }: WorkerStatus): Phrase | string {
  const known = name ?? address ?? phrase('unknown');
  return holdsLane ? phrase`${known} (lane)` : known;
}

/** What `queue pause` and `queue resume` answer. */
export interface PauseAnswer {
  readonly paused: boolean;
  readonly pausedBy: string | null;
  readonly pausedHost: string | null;
  readonly pausedAt: Date | null;
  /** False where it was so before. */
  readonly changed: boolean;
}
export const PAUSE = recordView<PauseAnswer>(
  ...fields<PauseAnswer>('paused', 'pausedBy', 'pausedHost', 'pausedAt', 'changed'),
);

export const FAILED = sparing(
  listView<FailedRequest>(
    phrase('Nothing has failed.'),
    ...fields<FailedRequest>('id', 'key', 'kind', 'code', 'attempts', 'actor', 'host', 'createdAt', 'decidedAt'),
    { name: 'reason', value: ({ reasons }) => reasons.at(-1)?.reason ?? null, kind: 'prose' },
  ),
  'attempts',
  'host',
  'createdAt',
  'actor',
  'decidedAt',
);

/** A request whose failure is taken back, as `queue retry` answers it. */
export interface RetriedRequest {
  readonly id: number;
  readonly key: string;
  readonly kind: RequestRecord['kind'];
  /** What it had failed with. */
  readonly code: string | null;
  readonly failedAt: Date | null;
  /** False in a dry run. */
  readonly retried: boolean;
}
export const RETRIED = sparing(
  listView<RetriedRequest>(
    phrase('Nothing to retry.'),
    ...fields<RetriedRequest>('id', 'key', 'kind', 'code', 'failedAt', 'retried'),
  ),
  'failedAt',
);

/** The live screen of `queue status --watch`. */
export function drawQueue(looks: Looks<QueueStatus>, page: Page): string[] {
  const { now } = looks;
  const decided = inWords(rate(looks, decidedOf));
  const recorded = inWords(rate(looks, (status) => decidedOf(status) + status.pending));
  const [waiting, active, delayed] = [inWords(now.waiting), inWords(now.active), inWords(now.delayed)];
  const [applied, refused, failed] = [grouped(now.applied), grouped(now.refused), grouped(now.failed)];
  return [
    [paint(page, 'heading', 'shop queue'), now.at.toLocaleTimeString('en-GB'), drawState(now, page)].join(GAP),
    '',
    ...labelled(page, [
      [phrase('pending'), pendingInWords(now)],
      [phrase('rates'), phrase`${decided} decided, ${recorded} recorded a second`],
      [phrase('jobs'), phrase`${waiting} waiting, ${active} active, ${delayed} delayed`],
      [
        phrase('outcomes'),
        phrase`${applied} applied, ${refused} refused, ${failed} failed`,
        now.failed === 0 ? undefined : 'bad',
      ],
    ]),
    ...(now.redisError === null ? [] : ['', paint(page, 'bad', told(page, now.redisError))]),
    '',
    heading(page, phrase('workers')),
    ...below(page, workerRows(now)),
    '',
    heading(page, phrase('batches under way')),
    ...below(page, now.batches.length === 0 ? [[phrase('none')]] : batchRows(looks, page)),
  ];
}

function decidedOf({ applied, refused, failed }: QueueStatus): number {
  return applied + refused + failed;
}

function pendingInWords({ pending, oldestPendingSeconds }: QueueStatus): Phrase | string {
  if (oldestPendingSeconds === null) return grouped(pending);
  return joined([grouped(pending), phrase`oldest ${duration(oldestPendingSeconds)}`], GAP);
}

function drawState({ paused, pausedBy, pausedAt, laneHeld }: QueueStatus, page: Page): string {
  if (paused) {
    const words = phrase`paused by ${pausedBy ?? ''} since ${pausedAt?.toLocaleTimeString('en-GB')}`;
    return paint(page, 'refused', told(page, words));
  }
  if (laneHeld) return paint(page, 'good', told(page, phrase('running')));
  return paint(page, 'bad', told(page, phrase('no worker has the lane: nothing is applied')));
}

function workerRows({ workers, laneHeld }: QueueStatus): (Phrase | string)[][] {
  if (workers === null) return [[laneHeld ? phrase('not known; one has the lane') : phrase('not known')]];
  if (workers.length === 0) return [[phrase('none')]];
  return workers.map(({ name, address, seconds, holdsLane }) => [
    name ?? phrase('unknown'),
    address ?? '',
    seconds === null ? '' : duration(seconds),
    holdsLane ? phrase('has the lane') : phrase('stands by'),
  ]);
}

function batchRows({ now, before, seconds }: Looks<QueueStatus>, page: Page): (Phrase | string)[][] {
  const rows = now.batches.map((batch) => {
    const earlier = before?.batches.find(({ batchId }) => batchId === batch.batchId) ?? null;
    const perSecond = rate({ now: batch, before: earlier, seconds }, ({ decided }) => decided);
    return {
      batch,
      done: told(page, progress(batch.decided, batch.requests)),
      pace: told(page, pace(perSecond, batch.pending)),
    };
  });
  const longest = (texts: readonly string[]) => texts.reduce((one, other) => (other.length > one.length ? other : one));
  const width = barWidth(
    page,
    longest(rows.map(({ batch }) => batch.name)),
    longest(rows.map(({ done }) => done)),
    longest(rows.map((row) => row.pace)),
  );
  return rows.map(({ batch, done, pace: speed }) => [
    batch.name,
    bar(batch.decided, batch.requests, width),
    done,
    speed,
  ]);
}

function inWords(value: number | null): string {
  return value === null ? '-' : grouped(value);
}
