import { createHash } from 'node:crypto';
import * as z from 'zod/mini';

import { keyPrefix } from '../../domain/servers/redis-keys.ts';

export { keyPrefix };

/** The queue that carries requests to the lane. */
export const QUEUE_NAME = 'requests';
/** The only kind of job in the queue. */
export const APPLY_JOB = 'apply';
/** Maximum number of requests in one job. */
export const MAX_JOB_REQUESTS = 1_000;

const ID = z.int().check(z.positive());
const APPLY_DATA = z.strictObject({
  requestIds: z.array(ID).check(z.minLength(1), z.maxLength(MAX_JOB_REQUESTS)),
});

/** Data of a job. It carries only ids; the worker reads the requests from MySQL. */
export type ApplyData = z.infer<typeof APPLY_DATA>;

/** Parses a job's data from Redis. Returns null if it was not written by this program. */
export function parseApplyData(data: unknown): ApplyData | null {
  const parsed = APPLY_DATA.safeParse(data);
  return parsed.success ? parsed.data : null;
}

/** Returns the job id for these requests. The same requests always get the same id, so that no job is queued twice. */
export function jobId({ requestIds }: ApplyData): string {
  const [first] = requestIds;
  if (requestIds.length === 1) return `request-${first}`;
  const all = createHash('sha256').update(requestIds.join(',')).digest('hex').slice(0, 32);
  return `requests-${first}-${all}`;
}

/** Returns the name of the Redis channel to which the worker publishes each commit. */
export function decidedChannel(prefix: string): string {
  return `${keyPrefix(prefix)}:decided`;
}

/** The first and the last request that a commit decided. Requests between them may still be pending. */
export interface DecidedRange {
  readonly first: number;
  readonly last: number;
}

/** Formats a range as a message. */
export function formatDecidedRange({ first, last }: DecidedRange): string {
  return `${first}-${last}`;
}

/** Parses the range in a message. Returns null for text that the worker can't have sent. */
export function parseDecidedRange(text: string): DecidedRange | null {
  const [, first, last] = /^([1-9]\d{0,15})-([1-9]\d{0,15})$/.exec(text) ?? [];
  return first === undefined || last === undefined ? null : { first: Number(first), last: Number(last) };
}
