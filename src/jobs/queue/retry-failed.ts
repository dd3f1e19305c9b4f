import type { Origin } from '../../domain/requests/origin.ts';
import type { RequestRecord } from '../../domain/requests/request.ts';
import { type RetryProgress, retryFailed, retryStillFailed } from '../../domain/requests/retries.ts';
import type { Session } from '../../domain/servers/connections.ts';
import type { Channel } from './submit.ts';

/** Maximum number of requests retried in one transaction, unless all must be retried together. */
const MAX_PER_TRANSACTION = 500;

/** The failed requests to retry. */
export interface Retry {
  readonly ids: readonly number[];
  /** If true, either all requests are retried or none. Otherwise, requests that are no longer failed are skipped. */
  readonly whole: boolean;
}

/**
 * Retries failed requests and queues them. Does not wait for their outcomes.
 *
 * @param notQueued called if the requests could not be queued in Redis; the worker's sweep will find them.
 * @returns the requests as they were before the retry, oldest first.
 * @throws ShopError `INVALID_INPUT` if `whole` is true and a request is no longer failed. In that case nothing is changed.
 */
export async function retry(
  { session, producer }: Channel,
  { ids, whole }: Retry,
  origin: Origin,
  notQueued: (error: unknown) => Promise<void>,
): Promise<RequestRecord[]> {
  const retried: RequestRecord[] = [];
  let queueFailed = false;
  for await (const records of whole ? retryTogether(session, ids, origin) : retryInParts(session, ids, origin)) {
    for (const record of records) retried.push(record);
    if (records.length === 0 || queueFailed) continue;
    try {
      await producer.enqueueAgain(records.map(({ id }) => id));
    } catch (error) {
      queueFailed = true;
      await notQueued(error);
    }
  }
  return retried;
}

async function* retryTogether(session: Session, ids: readonly number[], origin: Origin) {
  yield await retryFailed(session, ids, origin);
}

async function* retryInParts(session: Session, ids: readonly number[], origin: Origin) {
  let progress: RetryProgress = { activityId: null, retried: 0 };
  for (let start = 0; start < ids.length; start += MAX_PER_TRANSACTION) {
    const part = await retryStillFailed(session, ids.slice(start, start + MAX_PER_TRANSACTION), origin, progress);
    progress = part.progress;
    yield part.records;
  }
}
