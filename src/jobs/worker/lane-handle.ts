import { fileURLToPath } from 'node:url';
import { Worker as Thread } from 'node:worker_threads';
import type { Level, Logger } from 'pino';
import { type LaneAddress, refusalError } from '../../domain/apply/lane-lock.ts';
import { type LaneEvents, LaneLost } from './lane.ts';
import type { FromLane, LaneThreadData, ToLane } from './lane-messages.ts';

/** Path of the built `lane-thread.ts`. It is in the parent folder of the bundle's chunks, which contain this code. */
const THREAD = fileURLToPath(new URL('../lane-thread.cjs', import.meta.url));

/** Events that the lane reports to its worker through the handle. */
export type LaneHandleEvents = Omit<LaneEvents, 'taken'>;

/** State of the lane; see `Lane`. */
export type LaneState = 'connecting' | 'standing by' | 'catching up' | 'held' | 'stopped';

interface OpenSubmission {
  readonly ids: readonly number[];
  readonly resolve: () => void;
  readonly reject: (reason: LaneLost) => void;
}

/**
 * Runs the lane in its own thread (`lane-thread.ts`), because BullMQ needs more time for a job than the lane does and would
 * slow down the lane.
 */
export class LaneHandle {
  readonly #thread: Thread;
  readonly #events: LaneHandleEvents;
  readonly #log: Logger;
  readonly #ended: Promise<void>;
  /** Submissions that the lane has not settled yet, by number. */
  readonly #submissions = new Map<number, OpenSubmission>();
  #lastNumber = 0;
  #unsent: [number: number, ids: readonly number[]][] = [];
  #state: LaneState = 'connecting';
  /** When the lane entered its current state, by `performance.now()`. */
  #since = performance.now();
  /** When MySQL last responded to the lane, by `performance.now()`. */
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
        // the thread is terminated, because timers of failed connections would keep it alive
        if (message.type === 'ended' || message.type === 'refused') this.#thread.terminate().catch(reject);
        else this.#receive(message);
      });
      this.#thread.on('error', reject);
      this.#thread.on('exit', () => {
        this.#end();
        resolve();
      });
    });
  }

  /**
   * Resolves when the lane has ended, after `stop()` or `destroy()`. Any error that is not a ShopError is a bug.
   *
   * @throws ShopError `CONFIG` if the schema has another version, or the database belongs to another `SHOP_PREFIX`.
   */
  ended(): Promise<void> {
    return this.#ended;
  }

  /**
   * Submits requests to the lane. Resolves when each has its outcome, is deferred, or does not exist.
   *
   * @throws LaneLost
   */
  submit(ids: readonly number[]): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#state === 'stopped') return reject(new LaneLost('the lane has ended'));
      const number = ++this.#lastNumber;
      this.#submissions.set(number, { ids, resolve, reject });
      // jobs from one read of Redis are sent in one message
      if (this.#unsent.push([number, ids]) === 1) setImmediate(() => this.#flush());
    });
  }

  /** True while this worker holds the lane and has caught up. */
  get serving(): boolean {
    return this.#state === 'held';
  }

  /** True while no submission is open. */
  get idle(): boolean {
    return this.#submissions.size === 0;
  }

  get state(): LaneState {
    return this.#state;
  }

  /** How long the lane has had no connection to MySQL, or no response from it, in milliseconds. */
  get silentMs(): number {
    const since = this.#state === 'connecting' ? Math.min(this.#since, this.#heardAt) : this.#heardAt;
    return performance.now() - since;
  }

  /** See `Lane.decidedUpTo`. */
  get decidedUpTo(): number {
    return this.#decidedUpTo;
  }

  /** Returns the ids that are in no open submission. */
  notSubmitted(ids: Iterable<number>): number[] {
    const left = new Set(ids);
    // the open submissions may contain hundreds of thousands of ids, so a set of them would need too much memory
    for (const submission of this.#submissions.values()) for (const id of submission.ids) left.delete(id);
    return [...left];
  }

  /** Lets the lane end when its open submissions have finished, or immediately during an outage. */
  stop(): void {
    this.#flush();
    this.#post({ type: 'stop' });
  }

  /** Ends the lane immediately. MySQL rolls back an open transaction. */
  async destroy(): Promise<void> {
    await this.#thread.terminate();
  }

  #flush(): void {
    if (this.#unsent.length === 0) return;
    this.#post({ type: 'submit', submissions: this.#unsent });
    this.#unsent = [];
  }

  #post(message: ToLane): void {
    this.#thread.postMessage(message);
  }

  #receive(message: Exclude<FromLane, { type: 'ended' | 'refused' }>): void {
    switch (message.type) {
      case 'heard':
        this.#heardAt = performance.now();
        break;
      case 'settled':
        for (const number of message.done) this.#settle(number).resolve();
        for (const number of message.lost) this.#settle(number).reject(new LaneLost('the lane was lost'));
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
        this.#events.paused(message.pause);
        break;
      case 'resumed':
        this.#events.resumed(message.origin);
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

  #settle(number: number): OpenSubmission {
    const submission = this.#submissions.get(number);
    if (submission === undefined) throw new Error(`the lane settled submission ${number} twice`);
    this.#submissions.delete(number);
    return submission;
  }

  #end(): void {
    this.#enter('stopped');
    for (const { reject } of this.#submissions.values()) reject(new LaneLost('the lane has ended'));
    this.#submissions.clear();
  }
}
