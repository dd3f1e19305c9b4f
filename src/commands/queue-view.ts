import { joined, type Phrase, phrase } from '../domain/phrase.ts';
import type { RequestRecord } from '../domain/request.ts';
import type { FailedRequest } from '../domain/request-list.ts';
import type { QueueStatus, WorkerStatus } from '../jobs/queue-status.ts';
import type { Language } from './language/language.ts';
import { toJson } from './present/present.ts';
import { field, fields, listView, recordView, sparing } from './present/view.ts';
import { bar, labelled, line, pace } from './watch/bar.ts';
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
export function drawQueue(looks: Looks<QueueStatus>, language: Language): Phrase[] {
  const { now } = looks;
  const decided = inWords(rate(looks, decidedOf));
  const recorded = inWords(rate(looks, (status) => decidedOf(status) + status.pending));
  const [waiting, active, delayed] = [inWords(now.waiting), inWords(now.active), inWords(now.delayed)];
  const [applied, refused, failed] = [grouped(now.applied), grouped(now.refused), grouped(now.failed)];
  const oldest = now.oldestPendingSeconds === null ? null : phrase`oldest ${duration(now.oldestPendingSeconds)}`;
  return [
    line('shop queue', now.at.toLocaleTimeString('en-GB'), stateInWords(now)),
    line(),
    ...labelled(
      [
        [phrase('pending'), line(grouped(now.pending), oldest)],
        [phrase('rates'), phrase`${decided} decided, ${recorded} recorded a second`],
        [phrase('jobs'), phrase`${waiting} waiting, ${active} active, ${delayed} delayed`],
        [phrase('outcomes'), phrase`${applied} applied, ${refused} refused, ${failed} failed`],
      ],
      language,
    ),
    ...(now.redisError === null ? [] : [line(), line(now.redisError)]),
    line(),
    phrase('workers'),
    ...drawWorkers(now),
    line(),
    phrase('batches under way'),
    ...(now.batches.length === 0 ? [indented(phrase('none'))] : drawBatches(looks)),
  ];
}

/** Below a heading. */
function indented(...parts: readonly (Phrase | string | null)[]): Phrase {
  return line('', ...parts);
}

function decidedOf({ applied, refused, failed }: QueueStatus): number {
  return applied + refused + failed;
}

function stateInWords({ paused, pausedBy, pausedAt, laneHeld }: QueueStatus): Phrase {
  if (paused) return phrase`paused by ${pausedBy ?? ''} since ${pausedAt?.toLocaleTimeString('en-GB')}`;
  return laneHeld ? phrase('running') : phrase('no worker has the lane: nothing is applied');
}

function drawWorkers({ workers, laneHeld }: QueueStatus): Phrase[] {
  if (workers === null) return [indented(laneHeld ? phrase('not known; one has the lane') : phrase('not known'))];
  if (workers.length === 0) return [indented(phrase('none'))];
  return workers.map(({ name, address, seconds, holdsLane }) =>
    indented(
      name ?? phrase('unknown'),
      address ?? '',
      seconds === null ? null : duration(seconds),
      holdsLane ? phrase('has the lane') : phrase('stands by'),
    ),
  );
}

function drawBatches({ now, before, seconds }: Looks<QueueStatus>): Phrase[] {
  const width = Math.max(...now.batches.map(({ name }) => name.length));
  return now.batches.map((batch) => {
    const earlier = before?.batches.find(({ batchId }) => batchId === batch.batchId) ?? null;
    const perSecond = rate({ now: batch, before: earlier, seconds }, ({ decided }) => decided);
    return indented(batch.name.padEnd(width), bar(batch.decided, batch.requests), pace(perSecond, batch.pending));
  });
}

function inWords(value: number | null): string {
  return value === null ? '-' : grouped(value);
}
