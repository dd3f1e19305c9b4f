import { localTime } from '../../cli/output/cells.ts';
import { toJson } from '../../cli/output/json.ts';
import { done, type MarkedLine } from '../../cli/output/marks.ts';
import { grouped } from '../../cli/output/numbers.ts';
import { columns, forPeople, listView, recordView, withSpareColumns } from '../../cli/output/view.ts';
import { type QueueHold, releaseHint } from '../../domain/doctor/requests.ts';
import { type Phrase, phrase, sentences } from '../../domain/phrase.ts';
import type { FailedRequest } from '../../domain/requests/list.ts';
import type { Pause } from '../../domain/requests/pause.ts';
import type { RequestRecord } from '../../domain/requests/request.ts';
import type { QueueStatus } from '../../jobs/queue/status.ts';

/** Columns of the queue's status. */
export const STATUS = recordView<QueueStatus>(
  ...columns<QueueStatus>({
    at: 'time',
    paused: 'word',
    pausedBy: 'text',
    pausedAt: 'time',
    pending: 'count',
    oldestPendingSeconds: 'count',
    waiting: 'count',
    active: 'count',
    delayed: 'count',
    applied: 'count',
    refused: 'count',
    failed: 'count',
    laneHeld: 'word',
  }),
  {
    name: 'workers',
    value: ({ workers }) => (workers === null ? null : toJson(workers)),
    kind: 'prose',
  },
  {
    name: 'batches',
    value: ({ batches }) => toJson(batches),
    kind: 'prose',
  },
  ...columns<QueueStatus>({ redisError: 'prose', redisPaused: 'word' }),
);

/** Describes a setting in Redis that stops jobs, and how to remove it. */
export function holdInWords(hold: QueueHold): Phrase {
  return sentences(hold.held, releaseHint(hold));
}

/** Describes a pause, and how to end it. */
export function pauseInWords({ pausedBy }: Pick<Pause, 'pausedBy'>): Phrase {
  return phrase`The queue is paused by ${pausedBy}; resume it with \`shop queue resume\`.`;
}

/** Output of `queue pause` and `queue resume`. */
interface PauseAnswer {
  readonly paused: boolean;
  readonly pausedBy: string | null;
  readonly pausedHost: string | null;
  readonly pausedAt: Date | null;
  /** False if the queue was already in the state that `paused` shows. */
  readonly changed: boolean;
}

/** Columns of the output of `queue pause` and `queue resume`. */
export const PAUSE = forPeople(
  recordView<PauseAnswer>(
    ...columns<PauseAnswer>({
      paused: 'word',
      pausedBy: 'text',
      pausedHost: 'text',
      pausedAt: 'time',
      changed: 'word',
    }),
  ),
  {
    headline: ({ paused, pausedBy, pausedAt }) =>
      done(
        paused
          ? phrase`The queue was paused by ${pausedBy ?? ''} at ${pausedAt === null ? '' : localTime(pausedAt)}.`
          : phrase('The queue is running.'),
      ),
    hidden: ['paused', 'pausedBy', 'pausedHost', 'pausedAt', 'changed'],
  },
);

/** Columns of a list of failed requests. */
export const FAILED = withSpareColumns(
  listView<FailedRequest>(
    phrase('No failed requests.'),
    ...columns<FailedRequest>({
      id: 'identifier',
      key: 'text',
      kind: 'word',
      code: 'word',
      attempts: 'count',
      actor: 'text',
      host: 'text',
      createdAt: 'time',
      decidedAt: 'time',
    }),
    { name: 'reason', value: ({ reasons }) => reasons.at(-1)?.reason ?? null, kind: 'prose' },
  ),
  'attempts',
  'host',
  'createdAt',
  'actor',
  'decidedAt',
);

/** A failed request to retry. It is pending again, except in a dry run. */
export interface RetriedRequest {
  readonly id: number;
  readonly key: string;
  readonly kind: RequestRecord['kind'];
  /** The error code of the failure. */
  readonly code: string | null;
  readonly failedAt: Date | null;
  /** False in a dry run. */
  readonly retried: boolean;
}

/** Columns of a list of retried requests. */
export const RETRIED = forPeople(
  withSpareColumns(
    listView<RetriedRequest>(
      phrase('Nothing to retry.'),
      ...columns<RetriedRequest>({
        id: 'identifier',
        key: 'text',
        kind: 'word',
        code: 'word',
        failedAt: 'time',
        retried: 'word',
      }),
    ),
    'failedAt',
  ),
  { headline: retriedInWords, hidden: ['retried'] },
);

function retriedInWords(requests: readonly RetriedRequest[]): MarkedLine | null {
  const [first] = requests;
  if (first === undefined) return null;
  const count = grouped(requests.length);
  return first.retried
    ? done(phrase`Requests that are pending again: ${count}.`)
    : { mark: 'title', text: phrase`Requests that would be retried: ${count}` };
}
