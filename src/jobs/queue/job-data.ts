import { createHash } from 'node:crypto';
import * as z from 'zod/mini';

import { keyPrefix } from '../../domain/servers/redis-keys.ts';

export { keyPrefix };

/** The queue that carries requests to the lane. */
export const QUEUE_NAME = 'requests';
/** The only kind of job in the queue. */
export const APPLY_JOB = 'apply';
/** The most requests that one job carries. */
export const MAX_JOB_REQUESTS = 1_000;

const ID = z.int().check(z.positive());
const APPLY_DATA = z.strictObject({
  requestIds: z.array(ID).check(z.minLength(1), z.maxLength(MAX_JOB_REQUESTS)),
});

/** A job names requests and says nothing of their content: what is done is what MySQL has under these ids. */
export type ApplyData = z.infer<typeof APPLY_DATA>;

/** What Redis gave as a job's data, or null where it is nothing that this program put there. */
export function parseApplyData(data: unknown): ApplyData | null {
  const parsed = APPLY_DATA.safeParse(data);
  return parsed.success ? parsed.data : null;
}

/** The same requests make the same job, and no others do: one that waits already is not queued twice. */
export function jobId({ requestIds }: ApplyData): string {
  const [first] = requestIds;
  if (requestIds.length === 1) return `request-${first}`;
  const all = createHash('sha256').update(requestIds.join(',')).digest('hex').slice(0, 32);
  return `requests-${first}-${all}`;
}

/** The Redis channel on which the worker reports each commit. */
export function decidedChannel(prefix: string): string {
  return `${keyPrefix(prefix)}:decided`;
}

/** The first and the last request that a commit decided. Some requests between them may still be pending. */
export interface DecidedRange {
  readonly first: number;
  readonly last: number;
}

export function formatDecidedRange({ first, last }: DecidedRange): string {
  return `${first}-${last}`;
}

/** The range of a message, or null if the worker did not send it. */
export function parseDecidedRange(text: string): DecidedRange | null {
  const [, first, last] = /^([1-9]\d{0,15})-([1-9]\d{0,15})$/.exec(text) ?? [];
  return first === undefined || last === undefined ? null : { first: Number(first), last: Number(last) };
}
