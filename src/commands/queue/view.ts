import { toJson } from '../../cli/output/json.ts';
import { field, fields, recordView } from '../../cli/output/view.ts';
import { joined, type Phrase, phrase } from '../../domain/phrase.ts';
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
