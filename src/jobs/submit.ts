import { setTimeout as delay } from 'node:timers/promises';
import { ShopError } from '../domain/errors.ts';
import { isLaneHeld, type LaneAddress } from '../domain/lane-session.ts';
import { type Pause, readPause } from '../domain/queue-state.ts';
import {
  findRequest,
  type Origin,
  type Recorded,
  type RequestContent,
  type RequestRecord,
  recordRequest,
} from '../domain/request.ts';
import { type Session, within } from '../domain/store.ts';
import type { Producer } from './producer.ts';

/** What a request goes through: the database that records it and the queue that carries it. */
export interface Channel {
  readonly session: Session;
  readonly producer: Producer;
  readonly lane: LaneAddress;
}

/** What the one who asks is told on the way. */
export interface Progress {
  /** Recorded: from here on it will be decided, and this is the key to ask with. */
  recorded(request: Recorded): Promise<void>;
  /** Recorded, but Redis took no job: the worker's sweep will find it. */
  notQueued(error: unknown): Promise<void>;
  /** It is not decided yet, and no worker is there to decide it. */
  noWorker(): Promise<void>;
  /** It is not decided yet, for the queue is paused. */
  paused(pause: Pause): Promise<void>;
}

/** A request on its way. */
export interface Submitted {
  readonly recorded: Recorded;
  /** Resolves when Redis has taken a job for it, or has not, which is told. The outcome need not wait for that. */
  readonly queued: Promise<void>;
}

/** Records a request and has it queued; does not wait for its outcome. */
export async function submit(
  { session, producer }: Channel,
  content: RequestContent,
  origin: Origin,
  progress: Progress,
): Promise<Submitted> {
  const recorded = await recordRequest(session, content, origin);
  await progress.recorded(recorded);
  const queued = producer.enqueue([recorded.id]).catch((error) => progress.notQueued(error));
  return { recorded, queued };
}

const FIRST_POLL_MS = 4;
const LONGEST_POLL_MS = 250;
const ASK_WHY_AFTER_MS = 1_000;
const LEAST_ANSWER_MS = 1_000;
const LATE = Symbol('late');

/**
 * Waits until the request has its outcome, which is read from MySQL and from nowhere else.
 *
 * @throws ShopError `PENDING` after `timeoutMs`; whatever `signal` was aborted with.
 */
export async function awaitOutcome(
  channel: Channel,
  recorded: Recorded,
  { timeoutMs, signal, progress }: { timeoutMs: number; signal: AbortSignal; progress: Progress },
): Promise<RequestRecord> {
  const { session } = channel;
  const started = Date.now();
  let askWhy = true;
  for (let wait = FIRST_POLL_MS; ; wait = Math.min(wait * 1.5, LONGEST_POLL_MS)) {
    signal.throwIfAborted();
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
    await delay(Math.min(wait, timeoutMs - waited), undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

async function tellWhy({ session, lane }: Channel, progress: Progress): Promise<void> {
  const pause = await readPause(session);
  if (pause !== null) await progress.paused(pause);
  if (!(await isLaneHeld(session, lane))) await progress.noWorker();
}

/** Gives up on a server that does not answer when the time is over, or when the one who waits is told to stop. */
async function answered<T>(answer: Promise<T>, { id, key }: Recorded, leftMs: number, stop: AbortSignal): Promise<T> {
  // a healthy server has the time for one answer, however short the wait was to be
  const result = await within(Math.max(leftMs, LEAST_ANSWER_MS), answer, LATE, stop);
  if (result === LATE) throw new ShopError('PENDING', { requestId: id, key });
  return result;
}
