import type { Origin } from '../../domain/requests/origin.ts';
import type { RequestRecord } from '../../domain/requests/request.ts';
import { retryFailed } from '../../domain/requests/retries.ts';
import type { Channel } from './submit.ts';

/** So many failures are taken back in one transaction. */
const RETRIED_AT_ONCE = 500;

/** Which requests to retry. */
export interface Retry {
  readonly ids: readonly number[];
  /** All of them or none; else those that have failed still. */
  readonly whole: boolean;
}

/**
 * Takes back the failures of requests, and queues them; does not wait for their outcomes.
 *
 * @param notQueued is told where Redis takes no job: the worker's sweep finds what was retried.
 * @returns the requests as they were before, oldest first.
 * @throws ShopError `INVALID_INPUT` where `whole`, and one has not failed any more; nothing is changed then.
 */
export async function retry(
  { session, producer }: Channel,
  { ids, whole }: Retry,
  origin: Origin,
  notQueued: (error: unknown) => Promise<void>,
): Promise<RequestRecord[]> {
  const atOnce = whole ? Math.max(ids.length, 1) : RETRIED_AT_ONCE;
  const retried: RequestRecord[] = [];
  let queues = true;
  for (let start = 0; start < ids.length; start += atOnce) {
    const records = await retryFailed(session, ids.slice(start, start + atOnce), origin, whole);
    for (const record of records) retried.push(record);
    if (records.length === 0 || !queues) continue;
    try {
      await producer.enqueueAgain(records.map(({ id }) => id));
    } catch (error) {
      queues = false;
      await notQueued(error);
    }
  }
  return retried;
}
