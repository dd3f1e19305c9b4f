import { fileURLToPath } from 'node:url';
import { Worker as Thread } from 'node:worker_threads';
import type { Level, Logger } from 'pino';
import { type LaneAddress, refusalError } from '../../domain/apply/lane-lock.ts';
import { type LaneEvents, LaneLost } from './lane.ts';
import type { FromLane, LaneThreadData, ToLane } from './lane-messages.ts';

/** Where the build puts it, as seen from the bundle's chunks. */
const THREAD = fileURLToPath(new URL('../lane-thread.cjs', import.meta.url));

/** Events that the lane reports to its worker through the handle. */
export type LaneHandleEvents = Omit<LaneEvents, 'taken'>;

/** Where the lane is: see `Lane`. */
export type LaneState = 'connecting' | 'standing by' | 'catching up' | 'held';

interface UnansweredSubmission {
  readonly ids: readonly number[];
  readonly resolve: () => void;
  readonly reject: (reason: LaneLost) => void;
}

/**
 * The lane in a thread of its own (`lane-thread.ts`), so that one of its statements follows on another while the queue
 * keeps the worker's thread busy: BullMQ takes longer over a job than the lane does.
 */
export class LaneHandle {
  readonly #thread: Thread;
  readonly #events: LaneHandleEvents;
  readonly #log: Logger;
  readonly #ended: Promise<void>;
  /** What the lane has not answered yet, by number. */
  readonly #submissions = new Map<number, UnansweredSubmission>();
  #lastNumber = 0;
  #unsent: [number: number, ids: readonly number[]][] = [];
  #gone = false;
  #state: LaneState = 'connecting';
  /** When it got into that state, and when MySQL has last answered it, by `performance.now()`. */
  #since = performance.now();
  #heardAt = performance.now();
  #decidedUpTo = 0;

  /** Starts the thread. */
  constructor(lane: LaneAddress, events: LaneHandleEvents, log: Logger) {
    this.#events = events;
    this.#log = log;
    this.#thread = new Thread(THREAD, { workerData: { lane, logLevel: log.level } satisfies LaneThreadData });
    this.#ended = new Promise((resolve, reject) => {
      this.#thread.on('message', (message: FromLane) => {
        if (message.type === 'refused') reject(refusalError(message.refusal, lane));
        // by itself it would end only with the last timer of the last connection that failed
        if (message.type === 'ended' || message.type === 'refused') this.#thread.terminate().catch(reject);
        else this.#take(message);
      });
      this.#thread.on('error', reject);
      this.#thread.on('exit', () => {
        this.#end();
        resolve();
      });
    });
  }

  /**
   * Resolves when the lane has ended, after `stop()` or `destroy()`; throws what is a bug.
   *
   * @throws ShopError `CONFIG` where the database is not this worker's to write.
   */
  ended(): Promise<void> {
    return this.#ended;
  }

  /**
   * Hands requests to the lane. Resolves when each has its outcome, is deferred or is not known.
   *
   * @throws LaneLost
   */
  submit(ids: readonly number[]): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#gone) return reject(new LaneLost('the lane has ended'));
      const number = ++this.#lastNumber;
      this.#submissions.set(number, { ids, resolve, reject });
      // jobs whose replies came in one read from Redis go over in one message
      if (this.#unsent.push([number, ids]) === 1) setImmediate(() => this.#flush());
    });
  }

  /** True while the lane is ours and has caught up. */
  get serving(): boolean {
    return this.#state === 'held';
  }

  /** True while it has no request to apply. */
  get idle(): boolean {
    return this.#submissions.size === 0;
  }

  get state(): LaneState {
    return this.#state;
  }

  /** For how many milliseconds MySQL has been of no use to the lane: no connection, or no answer. */
  get silentMs(): number {
    const since = this.#state === 'connecting' ? Math.min(this.#since, this.#heardAt) : this.#heardAt;
    return performance.now() - since;
  }

  /** See `Lane.decidedUpTo`. */
  get decidedUpTo(): number {
    return this.#decidedUpTo;
  }

  /** Those of `ids` that the lane does not have in hand. */
  notHeld(ids: Iterable<number>): number[] {
    const left = new Set(ids);
    // half a million may be held; there is no second copy of them
    for (const submission of this.#submissions.values()) for (const id of submission.ids) left.delete(id);
    return [...left];
  }

  /** Lets the lane end once it has nothing in hand; in an outage it ends at once. */
  stop(): void {
    this.#flush();
    this.#tell({ type: 'stop' });
  }

  /** Ends the lane now: an open transaction is rolled back by the server. */
  async destroy(): Promise<void> {
    await this.#thread.terminate();
  }

  #flush(): void {
    if (this.#unsent.length === 0) return;
    this.#tell({ type: 'submit', submissions: this.#unsent });
    this.#unsent = [];
  }

  #tell(message: ToLane): void {
    this.#thread.postMessage(message);
  }

  #take(message: Exclude<FromLane, { type: 'ended' | 'refused' }>): void {
    switch (message.type) {
      case 'heard':
        this.#heardAt = performance.now();
        break;
      case 'settled':
        for (const number of message.done) this.#takeOut(number).resolve();
        for (const number of message.lost) this.#takeOut(number).reject(new LaneLost('the lane is not here'));
        break;
      case 'standing by':
        this.#enter('standing by');
        this.#events.standingBy();
        break;
      case 'taken':
        this.#enter('catching up');
        break;
      case 'held':
        this.#decidedUpTo = message.decidedUpTo;
        this.#enter('held');
        this.#events.held();
        break;
      case 'lost':
        this.#enter('connecting');
        this.#events.lost();
        break;
      case 'paused':
        this.#events.paused();
        break;
      case 'committed':
        this.#events.committed(message.commit);
        break;
      case 'attempt failed':
        this.#events.attemptFailed();
        break;
      case 'log': {
        const { level, msg, ...fields }: { level: Level; msg: string } = JSON.parse(message.line);
        this.#log[level](fields, msg);
      }
    }
  }

  #enter(state: LaneState): void {
    this.#state = state;
    this.#since = performance.now();
    if (state !== 'connecting') this.#heardAt = this.#since;
  }

  #takeOut(number: number): UnansweredSubmission {
    const submission = this.#submissions.get(number);
    if (submission === undefined) throw new Error(`the lane answers submission ${number} twice`);
    this.#submissions.delete(number);
    return submission;
  }

  #end(): void {
    this.#gone = true;
    this.#enter('connecting');
    for (const { reject } of this.#submissions.values()) reject(new LaneLost('the lane has ended'));
    this.#submissions.clear();
  }
}
