import { toJson } from '../../cli/output/json.ts';
import { done, title } from '../../cli/output/marks.ts';
import {
  type Answer,
  answer,
  type Column,
  columns,
  forPeople,
  listView,
  recordView,
  withSpareColumns,
} from '../../cli/output/view.ts';
import { joined, type Phrase, phrase } from '../../domain/phrase.ts';
import type { FailedRequest } from '../../domain/requests/list.ts';
import type { RequestRecord } from '../../domain/requests/request.ts';

/** Fields of a request that every request command prints. */
export interface RequestFields {
  readonly requestId: number;
  readonly key: string;
  readonly replayed: boolean;
  readonly attempts: number;
  /** The reason for the request, if one was given. */
  readonly reason?: string;
}

/** Columns for the fields that each request has. */
export const REQUEST_COLUMNS = columns<RequestFields>({
  requestId: 'identifier',
  key: 'text',
  replayed: 'word',
  attempts: 'count',
});

/** The column of the reason, for requests that can have one. It follows the columns of the outcome. */
export const REQUEST_REASON = columns<RequestFields>({ reason: 'text' });

/** Names of a request's columns. Tables leave these columns out, because the line below the table shows them. */
export const REQUEST_FIELDS = [...REQUEST_COLUMNS, ...REQUEST_REASON].map(({ name }) => name);

/**
 * Formats the fields of a request as lines at the end of a table. The number of attempts is shown only if it is above 1, and a
 * replay or a reason only if there is one.
 */
export function requestFoot({ requestId, key, replayed, attempts, reason }: RequestFields): Phrase[] {
  const parts = [phrase`Request ${requestId}, key ${key}`, ...(attempts > 1 ? [phrase`${attempts} attempts`] : [])];
  return [
    ...(reason === undefined ? [] : [phrase`Reason: ${reason}`]),
    ...(replayed ? [phrase('replayed: this key was used before; nothing was applied again')] : []),
    joined(parts, ', '),
  ];
}

/** A request whose outcome the command does not wait for. */
interface AcceptedRequest {
  readonly requestId: number;
  readonly key: string;
  readonly status: string;
}

const ACCEPTED = forPeople(
  recordView<AcceptedRequest>(...columns<AcceptedRequest>({ requestId: 'identifier', key: 'text', status: 'status' })),
  {
    headline: ({ requestId, status }) => done(phrase`Request ${requestId} is recorded; its status is ${status}.`),
    hidden: ['requestId', 'key', 'status'],
    foot: ({ key }) => [phrase`See its outcome with \`shop request show ${key}\`.`],
  },
);

/** Shows a request whose outcome the command does not wait for. */
export function answerAccepted(request: AcceptedRequest): Answer {
  return { ...answer(request, ACCEPTED), subject: { key: request.key } };
}

const HEAD = columns<RequestRecord>({
  id: 'identifier',
  key: 'text',
  kind: 'word',
  status: 'status',
  code: 'word',
  attempts: 'count',
  actor: 'text',
});

const PAYLOAD: Column<RequestRecord> = { name: 'payload', value: ({ payload }) => toJson(payload), kind: 'prose' };

const OUTCOME: Column<RequestRecord> = {
  name: 'outcome',
  kind: 'prose',
  value: ({ outcome }) => (outcome === null ? null : toJson(outcome)),
};

/** The reason of the last failed attempt. In JSON, `reasons` has all attempts. */
const FAILURE: Column<Partial<FailedRequest>> = {
  name: 'failure',
  kind: 'prose',
  only: 'table',
  value: ({ reasons }) => reasons?.at(-1)?.reason ?? null,
};

const ORIGIN = columns<RequestRecord>({ host: 'text', batchId: 'identifier', line: 'count' });

const REASON = columns<RequestRecord>({ reason: 'text' });

const TIMES = columns<RequestRecord>({ createdAt: 'time', decidedAt: 'time' });

const WITHDRAWN: Column<RequestRecord> = {
  name: 'withdrawn',
  value: ({ withdrawn }) => withdrawn === true,
  kind: 'flag',
};

/** View of one request, with its id and kind as the title. */
export const REQUEST = forPeople(
  recordView<RequestRecord | FailedRequest>(
    ...HEAD,
    ...ORIGIN,
    PAYLOAD,
    OUTCOME,
    FAILURE,
    ...REASON,
    ...TIMES,
    WITHDRAWN,
  ),
  {
    headline: ({ id, kind }) => title(phrase`Request ${id}: ${kind}`),
    hidden: ['id', 'kind', 'withdrawn'],
    foot: ({ withdrawn }) => (withdrawn ? [phrase('withdrawn: a worker will refuse the request with CANCELLED')] : []),
  },
);

/** View of a request that was cancelled. */
export const CANCELLED = forPeople(REQUEST, {
  headline: ({ id, kind, withdrawn }) =>
    done(withdrawn ? phrase`Request ${id} (${kind}) is withdrawn.` : phrase`Request ${id} (${kind}) is cancelled.`),
});

/** Columns of a list of requests. */
export const REQUESTS = withSpareColumns(
  listView<RequestRecord>(phrase('No requests.'), ...HEAD, ...ORIGIN, ...REASON, ...TIMES, WITHDRAWN),
  'line',
  'batchId',
  'host',
  'reason',
  'attempts',
  'decidedAt',
  'actor',
);
