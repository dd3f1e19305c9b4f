import type { RequestRecord } from '../domain/request.ts';
import type { FailedRequest } from '../domain/request-list.ts';
import type { QueueStatus, WorkerStatus } from '../jobs/queue-status.ts';
import { visible } from './io.ts';
import type { Page } from './present/page.ts';
import { paint } from './present/paint.ts';
import { toJson } from './present/present.ts';
import { field, fields, listView, recordView, sparing } from './present/view.ts';
import { bar, pace, progress } from './watch/bar.ts';
import { barWidth, below, labelled } from './watch/lines.ts';
import { type Looks, rate } from './watch/watch.ts';
import { duration, grouped } from './words.ts';

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
    words: ({ workers }) => workers?.map(workerInWords).join(', ') || null,
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

function workerInWords({ name, address, holdsLane }: WorkerStatus): string {
  return `${name ?? address ?? 'unknown'}${holdsLane ? ' (lane)' : ''}`;
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
    'Nothing has failed.',
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
    'Nothing to retry.',
    ...fields<RetriedRequest>('id', 'key', 'kind', 'code', 'failedAt', 'retried'),
  ),
  'failedAt',
);

/** The live screen of `queue status --watch`. */
export function drawQueue(looks: Looks<QueueStatus>, page: Page): string[] {
  const { now } = looks;
  const decided = rate(looks, decidedOf);
  const recorded = rate(looks, (status) => decidedOf(status) + status.pending);
  const oldest = now.oldestPendingSeconds === null ? '' : `  oldest ${duration(now.oldestPendingSeconds)}`;
  const outcomes = `${grouped(now.applied)} applied, ${grouped(now.refused)} refused, ${grouped(now.failed)} failed`;
  const jobs = `${inWords(now.waiting)} waiting, ${inWords(now.active)} active, ${inWords(now.delayed)} delayed`;
  return [
    `${paint(page, 'heading', 'shop queue')}  ${now.at.toLocaleTimeString('en-GB')}  ${stateInWords(now, page)}`,
    '',
    labelled(page, 'pending', `${grouped(now.pending)}${oldest}`),
    labelled(page, 'rates', `${inWords(decided)} decided, ${inWords(recorded)} recorded a second`),
    labelled(page, 'jobs', jobs),
    labelled(page, 'outcomes', outcomes, now.failed === 0 ? undefined : 'bad'),
    ...(now.redisError === null ? [] : ['', paint(page, 'bad', visible(now.redisError))]),
    '',
    paint(page, 'heading', 'workers'),
    ...below(page, workerRows(now)),
    '',
    paint(page, 'heading', 'batches under way'),
    ...below(page, now.batches.length === 0 ? [['none']] : batchRows(looks, page)),
  ];
}

function decidedOf({ applied, refused, failed }: QueueStatus): number {
  return applied + refused + failed;
}

function stateInWords({ paused, pausedBy, pausedAt, laneHeld }: QueueStatus, page: Page): string {
  if (paused) {
    const words = `paused by ${visible(pausedBy ?? '')} since ${pausedAt?.toLocaleTimeString('en-GB')}`;
    return paint(page, 'refused', words);
  }
  return laneHeld ? paint(page, 'good', 'running') : paint(page, 'bad', 'no worker has the lane: nothing is applied');
}

function workerRows({ workers, laneHeld }: QueueStatus): string[][] {
  if (workers === null) return [[`not known${laneHeld ? '; one has the lane' : ''}`]];
  if (workers.length === 0) return [['none']];
  return workers.map(({ name, address, seconds, holdsLane }) => [
    visible(name ?? 'unknown'),
    address ?? '',
    seconds === null ? '' : duration(seconds),
    holdsLane ? 'has the lane' : 'stands by',
  ]);
}

function batchRows({ now, before, seconds }: Looks<QueueStatus>, page: Page): string[][] {
  const rows = now.batches.map((batch) => {
    const earlier = before?.batches.find(({ batchId }) => batchId === batch.batchId) ?? null;
    const perSecond = rate({ now: batch, before: earlier, seconds }, ({ decided }) => decided);
    return { batch, done: progress(batch.decided, batch.requests), pace: pace(perSecond, batch.pending) };
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
