import { ShopError } from '../../domain/errors.ts';
import { readPause } from '../../domain/requests/pause.ts';
import type { RequestRecord } from '../../domain/requests/request.ts';
import { awaitOutcome, type Channel, type Waiting } from './submit.ts';

/**
 * Queues a withdrawn request, so that an idle worker refuses it at once, and waits for its outcome.
 *
 * @param waiting null to return as soon as the request is queued.
 * @returns the request. It is still pending if the queue is paused, or after the time limit.
 * @throws the reason of `waiting.signal` if the signal is aborted.
 */
export async function awaitCancelled(
  channel: Channel,
  record: RequestRecord,
  progress: Waiting['progress'],
  waiting: Omit<Waiting, 'progress'> | null,
): Promise<RequestRecord> {
  const watch = channel.decided.watch();
  try {
    await channel.producer.enqueue([record.id]).catch((error) => progress.notQueued(error));
    if (waiting === null) return record;
    const pause = await readPause(channel.session);
    if (pause === null)
      return await awaitOutcome(channel, { ...record, replayed: true }, watch, { ...waiting, progress });
    await progress.paused(pause);
    return record;
  } catch (error) {
    // the withdrawal is recorded, so a pending request is not an error
    if (error instanceof ShopError && error.code === 'PENDING') return record;
    throw error;
  } finally {
    watch.end();
  }
}
