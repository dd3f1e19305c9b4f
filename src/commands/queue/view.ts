import { toJson } from '../../cli/output/json.ts';
import { fields, recordView } from '../../cli/output/view.ts';
import { type QueueHold, releaseHint } from '../../domain/doctor/requests.ts';
import { joined, type Phrase, phrase, sentences } from '../../domain/phrase.ts';
import type { QueueStatus, WorkerStatus } from '../../jobs/queue/status.ts';

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
  ...fields<QueueStatus>('redisError', 'redisPaused'),
);

/** What somebody has set in Redis, and how to remove it. */
export function holdInWords(hold: QueueHold): Phrase {
  return sentences(hold.held, releaseHint(hold));
}

function workerInWords({ name, address, holdsLane }: WorkerStatus): Phrase | string {
  const known = name ?? address ?? phrase('unknown');
  return holdsLane ? phrase`${known} (lane)` : known;
}

/** What `queue pause` and `queue resume` answer. */
interface PauseAnswer {
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
