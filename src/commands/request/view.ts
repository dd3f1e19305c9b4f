import { toJson } from '../../cli/output/json.ts';
import {
  type Answer,
  answer,
  type Column,
  field,
  fields,
  listView,
  recordView,
  withSpareColumns,
} from '../../cli/output/view.ts';
import { phrase } from '../../domain/phrase.ts';
import type { RequestRecord } from '../../domain/requests/request.ts';

/** The fields of the request that every answer to one has. */
export interface RequestFields {
  readonly requestId: number;
  readonly key: string;
  readonly replayed: boolean;
  readonly attempts: number;
}

/** A request that is not waited for. */
interface AcceptedRequest {
  readonly requestId: number;
  readonly key: string;
  readonly status: string;
}

const ACCEPTED = recordView<AcceptedRequest>(...fields<AcceptedRequest>('requestId', 'key', 'status'));

/** Shows a request that is not waited for. */
export function answerAccepted(request: AcceptedRequest): Answer {
  return { ...answer(request, ACCEPTED), subject: { key: request.key } };
}

const HEAD = fields<RequestRecord>('id', 'key', 'kind', 'status', 'code', 'attempts', 'actor');

const PAYLOAD: Column<RequestRecord> = { name: 'payload', value: ({ payload }) => toJson(payload), kind: 'prose' };

const OUTCOME: Column<RequestRecord> = {
  name: 'outcome',
  kind: 'prose',
  value: ({ outcome }) => (outcome === null ? null : toJson(outcome)),
};

const ORIGIN = fields<RequestRecord>('host', 'batchId', 'line');

const TIMES = [field<RequestRecord>('createdAt'), field<RequestRecord>('decidedAt')];

/** Columns of one request. */
export const REQUEST = recordView<RequestRecord>(...HEAD, ...ORIGIN, PAYLOAD, OUTCOME, ...TIMES);

/** Columns of a list of requests. */
export const REQUESTS = withSpareColumns(
  listView<RequestRecord>(phrase('No requests.'), ...HEAD, ...ORIGIN, ...TIMES),
  'line',
  'batchId',
  'host',
  'attempts',
  'decidedAt',
  'actor',
);
