import { setTimeout as delay } from 'node:timers/promises';
import { isLaneHeld, type LaneAddress } from '../../domain/apply/lane-lock.ts';
import { outcomeUnknown, ShopError } from '../../domain/errors.ts';
import { readPrefix } from '../../domain/requests/gate.ts';
import type { RequestContent, RequestKind } from '../../domain/requests/kinds/index.ts';
import type { RequestOrigin } from '../../domain/requests/origin.ts';
import { type Pause, readPause } from '../../domain/requests/pause.ts';
import { findRequest, type Recorded, type RequestRecord, recordRequest } from '../../domain/requests/request.ts';
import { type Session, within } from '../../domain/servers/connections.ts';
import type { DecidedMessages, DecidedWatch } from './decided-messages.ts';
import type { Producer } from './producer.ts';

/** Connections for submitting requests: the database, the queue, and the messages about outcomes. */
export interface Channel {
  readonly session: Session;
  readonly producer: Producer;
  readonly decided: DecidedMessages;
  readonly lane: LaneAddress;
}

/** Receives the reason why requests are not decided yet. */
export interface DelayListener {
  /** Called if no worker is running. */
  noWorker(): Promise<void>;
  /** Called if the queue is paused. */
  paused(pause: Pause): Promise<void>;
  /**
   * Called if the database belongs to another `SHOP_PREFIX`. No worker reads the jobs of this command's prefix, but the
   * sweep of a worker with the other prefix finds the requests.
   */
  foreignPrefix(prefix: string, own: string): Promise<void>;
}

/** Receives the progress of a request. */
export interface Progress extends DelayListener {
  /** Called when the request is recorded. It will be decided even if this process ends. */
  recorded(request: Recorded): Promise<void>;
  /** Called when the request is recorded, but could not be queued in Redis. The worker's sweep will find it. */
  notQueued(error: unknown): Promise<void>;
}

/** The content of a request and its `contentHash`. */
export interface HashedContent<K extends RequestKind> {
  readonly content: RequestContent<K>;
  readonly hash: Buffer;
}

/** A recorded request that is being queued. */
export interface Submitted {
  readonly recorded: Recorded;
  /**
   * Resolves when the request is queued, or when `notQueued` has reported the failure. The outcome may come earlier.
   */
  readonly queued: Promise<void>;
}

/** Records and queues a request. Does not wait for its outcome. */
export async function submit<K extends RequestKind>(
  { session, producer }: Pick<Channel, 'session' | 'producer'>,
  { content, hash }: HashedContent<K>,
  origin: RequestOrigin,
  progress: Progress,
): Promise<Submitted> {
  const recorded = await recordRequest(session, content, origin, hash);
  await progress.recorded(recorded);
  const queued = producer.enqueue([recorded.id]).catch((error) => progress.notQueued(error));
  return { recorded, queued };
}

const FIRST_POLL_MS = 4;
const MAX_POLL_MS = 250;
/** Minimum time between two polls while the subscription is active. These polls only make up for lost messages. */
const FIRST_POLL_WITH_MESSAGES_MS = 50;
const REPORT_DELAY_AFTER_MS = 1_000;
const MIN_READ_MS = 1_000;
const LATE = Symbol('late');

/** Options of the wait for an outcome. */
export interface Waiting {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

/**
 * Records and queues a request, and waits for its outcome.
 *
 * @throws the errors of `submit` and `awaitOutcome`.
 */
export async function submitAndWait<K extends RequestKind>(
  channel: Channel,
  content: HashedContent<K>,
  origin: RequestOrigin,
  waiting: Waiting,
): Promise<{ readonly record: RequestRecord; readonly replayed: boolean }> {
  const watch = channel.decided.watch();
  try {
    const { recorded, queued } = await submit(channel, content, origin, waiting.progress);
    // while Redis has no primary, the worker finds the request in MySQL and may decide it before it is queued
    const record = await Promise.race([
      awaitOutcome(channel, recorded, watch, waiting),
      queued.then(() => new Promise<never>(() => {})),
    ]);
    return { record, replayed: recorded.replayed };
  } finally {
    watch.end();
  }
}

/**
 * Waits until the request has its outcome. The outcome is always read from MySQL, both when a message arrives and from time
 * to time without one.
 *
 * @param watch opened before the request was recorded.
 * @throws ShopError `PENDING` after `timeoutMs`; the reason of `signal` if it is aborted.
 */
export async function awaitOutcome(
  channel: Pick<Channel, 'session' | 'lane'>,
  recorded: Recorded,
  watch: DecidedWatch,
  { timeoutMs, signal, progress }: Waiting,
): Promise<RequestRecord> {
  const { session } = channel;
  const started = Date.now();
  let delayReported = false;
  // a replayed request may have been decided before the watch was opened
  let complete = watch.complete && !recorded.replayed;
  for (let poll = FIRST_POLL_MS; ; poll = Math.min(poll * 1.5, MAX_POLL_MS)) {
    const longest = complete ? Math.max(poll, FIRST_POLL_WITH_MESSAGES_MS) : poll;
    await watch.wait(recorded.id, Math.min(longest, timeoutMs - (Date.now() - started)), signal);
    // the read below sees all decisions made so far, and an active subscription reports all later ones
    complete = watch.active;
    const record = await readInTime(
      findRequest(session, recorded.id),
      recorded,
      timeoutMs - (Date.now() - started),
      signal,
    );
    if (record === null) throw new Error(`request ${recorded.id} has vanished`);
    if (record.status !== 'pending') return record;
    const waited = Date.now() - started;
    if (!delayReported && waited >= Math.min(REPORT_DELAY_AFTER_MS, timeoutMs)) {
      delayReported = true;
      await reportDelay(channel, progress);
    }
    if (waited >= timeoutMs) {
      const paused = (await readInTime(readPause(session), recorded, 0, signal)) !== null;
      throw new ShopError('PENDING', { requestId: recorded.id, key: recorded.key, paused });
    }
    // limits how often unnecessary or forged messages cause a read
    await delay(FIRST_POLL_MS, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

/** Finds out why requests are not decided yet, and notifies the listener. */
export async function reportDelay(
  { session, lane }: Pick<Channel, 'session' | 'lane'>,
  listener: DelayListener,
): Promise<void> {
  const pause = await readPause(session);
  if (pause !== null) await listener.paused(pause);
  if (!(await isLaneHeld(session, lane))) await listener.noWorker();
  const prefix = await readPrefix(session);
  if (prefix !== null && prefix !== lane.prefix) await listener.foreignPrefix(prefix, lane.prefix);
}

/** Waits for a read from a server that may hang. @throws ShopError `PENDING` after the time limit. */
async function readInTime<T>(read: Promise<T>, { id, key }: Recorded, leftMs: number, stop: AbortSignal): Promise<T> {
  // even if the timeout is short, one read has enough time on a healthy server
  const result = await within(Math.max(leftMs, MIN_READ_MS), read, LATE, stop);
  if (result === LATE) throw new ShopError('PENDING', { requestId: id, key }, { message: outcomeUnknown(id, key) });
  return result;
}
