import { setTimeout as delay } from 'node:timers/promises';
import { isLaneHeld, type LaneAddress } from '../../domain/apply/lane-lock.ts';
import { ShopError } from '../../domain/errors.ts';
import { readPrefix } from '../../domain/requests/gate.ts';
import type { RequestContent, RequestKind } from '../../domain/requests/kinds/index.ts';
import type { RequestOrigin } from '../../domain/requests/origin.ts';
import { type Pause, readPause } from '../../domain/requests/pause.ts';
import { findRequest, type Recorded, type RequestRecord, recordRequest } from '../../domain/requests/request.ts';
import { type Session, within } from '../../domain/servers/store.ts';
import type { DecidedMessages, DecidedWatch } from './decided-messages.ts';
import type { Producer } from './producer.ts';

/** The way of a request: the database that records it, the queue that carries it, the messages about its outcome. */
export interface Channel {
  readonly session: Session;
  readonly producer: Producer;
  readonly decided: DecidedMessages;
  readonly lane: LaneAddress;
}

/** Is notified why requests are not decided yet. */
export interface DelayListener {
  /** No worker is there to decide them. */
  noWorker(): Promise<void>;
  /** The queue is paused. */
  paused(pause: Pause): Promise<void>;
  /** The database belongs to another `SHOP_PREFIX`: no worker reads the jobs, and the worker's sweep finds the requests. */
  foreignPrefix(prefix: string, own: string): Promise<void>;
}

/** What the one who asks is told on the way. */
export interface Progress extends DelayListener {
  /** Recorded: from here on it will be decided, and this is the key to ask with. */
  recorded(request: Recorded): Promise<void>;
  /** Recorded, but Redis took no job: the worker's sweep will find it. */
  notQueued(error: unknown): Promise<void>;
}

/** What is requested, with its `contentHash`. */
export interface HashedContent<K extends RequestKind> {
  readonly content: RequestContent<K>;
  readonly hash: Buffer;
}

/** A request on its way. */
export interface Submitted {
  readonly recorded: Recorded;
  /** Resolves when Redis has taken a job for it, or has not, which is told. The outcome need not wait for that. */
  readonly queued: Promise<void>;
}

/** Records a request and has it queued; does not wait for its outcome. */
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
const LONGEST_POLL_MS = 250;
/** While messages arrive a poll only makes up for a lost one. */
const FIRST_POLL_BEHIND_MESSAGES_MS = 50;
const ASK_WHY_AFTER_MS = 1_000;
const LEAST_ANSWER_MS = 1_000;
const LATE = Symbol('late');

/** How an outcome is waited for. */
interface Waiting {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

/**
 * Records a request, has it queued, and waits for its outcome.
 *
 * @throws what `submit` and `awaitOutcome` throw.
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
    // while Redis has no primary the worker finds the request in MySQL, and may have decided it before there is one
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
 * Waits until the request has its outcome. The outcome is read from MySQL and from nowhere else: at once when a message
 * says that it may be there, and from time to time without one.
 *
 * @param watch opened before the request was recorded.
 * @throws ShopError `PENDING` after `timeoutMs`; whatever `signal` was aborted with.
 */
export async function awaitOutcome(
  channel: Pick<Channel, 'session' | 'lane'>,
  recorded: Recorded,
  watch: DecidedWatch,
  { timeoutMs, signal, progress }: Waiting,
): Promise<RequestRecord> {
  const { session } = channel;
  const started = Date.now();
  let askWhy = true;
  // a replayed request may have been decided before the watch was opened
  let complete = watch.complete && !recorded.replayed;
  for (let poll = FIRST_POLL_MS; ; poll = Math.min(poll * 1.5, LONGEST_POLL_MS)) {
    const longest = complete ? Math.max(poll, FIRST_POLL_BEHIND_MESSAGES_MS) : poll;
    await watch.wait(recorded.id, Math.min(longest, timeoutMs - (Date.now() - started)), signal);
    // what was decided before this read is read, what is decided after it is reported by a message
    complete = watch.active;
    const record = await answered(
      findRequest(session, recorded.id),
      recorded,
      timeoutMs - (Date.now() - started),
      signal,
    );
    if (record === null) throw new Error(`request ${recorded.id} has vanished`);
    if (record.status !== 'pending') return record;
    const waited = Date.now() - started;
    if (askWhy && waited >= Math.min(ASK_WHY_AFTER_MS, timeoutMs)) {
      askWhy = false;
      await tellWhy(channel, progress);
    }
    if (waited >= timeoutMs) {
      const paused = (await readPause(session)) !== null;
      throw new ShopError('PENDING', { requestId: recorded.id, key: recorded.key, paused });
    }
    // messages that say too much, forged ones too, lead to no more reads than the first polls do
    await delay(FIRST_POLL_MS, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

/** Looks up why requests are not decided yet. */
export async function tellWhy(
  { session, lane }: Pick<Channel, 'session' | 'lane'>,
  listener: DelayListener,
): Promise<void> {
  const pause = await readPause(session);
  if (pause !== null) await listener.paused(pause);
  if (!(await isLaneHeld(session, lane))) await listener.noWorker();
  const prefix = await readPrefix(session);
  if (prefix !== null && prefix !== lane.prefix) await listener.foreignPrefix(prefix, lane.prefix);
}

/** Gives up on a server that does not answer when the time is over, or when the one who waits is told to stop. */
async function answered<T>(answer: Promise<T>, { id, key }: Recorded, leftMs: number, stop: AbortSignal): Promise<T> {
  // a healthy server has the time for one answer, however short the wait was to be
  const result = await within(Math.max(leftMs, LEAST_ANSWER_MS), answer, LATE, stop);
  if (result === LATE) throw new ShopError('PENDING', { requestId: id, key });
  return result;
}
