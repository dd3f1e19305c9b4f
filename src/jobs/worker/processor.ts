import { type Job, UnrecoverableError, WaitingError, Worker } from 'bullmq';
import type { Logger } from 'pino';
import { type LaneAddress, workerName } from '../../domain/apply/lane-lock.ts';
import type { RedisClient } from '../../domain/servers/store.ts';
import { type ApplyData, keyPrefix, parseApplyData, QUEUE_NAME } from '../queue/job-data.ts';
import { Producer } from '../queue/producer.ts';
import { LaneLost } from './lane.ts';
import { LaneHandle, type LaneHandleEvents } from './lane-handle.ts';
import { Sweep } from './sweep.ts';

export interface ProcessorOptions {
  readonly lane: LaneAddress;
  /** The caller closes it. */
  readonly redis: RedisClient;
  /** Maximum number of active jobs: the most that can be committed together. */
  readonly concurrency: number;
  readonly events: LaneHandleEvents;
  readonly log: Logger;
}

/** A job whose worker died comes back after this. Its requests have been decided by then: see `Lane`. */
const JOB_LOCK_MS = 15_000;
const STALLED_CHECK_MS = 5_000;
/** A wait for jobs whose connection was lost is given up a second after this, well within the time to drain. */
const LONGEST_POLL_SECONDS = 2;
/** Requests in hand with which no more jobs are fetched: some groups ahead is enough, and memory stays flat. */
const ENOUGH_REQUESTS = 20_000;

/**
 * Processes the queue's jobs: hands their requests to the lane, together with what the sweep finds in no job. It fetches
 * jobs only while this worker holds the lane.
 */
export class Processor {
  readonly #options: ProcessorOptions;
  readonly #lane: LaneHandle;
  readonly #bull: Worker<ApplyData>;
  readonly #producer: Producer;
  readonly #sweep: Sweep;
  readonly #failed: Promise<never>;
  #fail: (bug: unknown) => void = () => {};
  #requestsInHand = 0;
  /** What the lane's coming and going asks of the queue, one after another. */
  #queueTurn: Promise<void> = Promise.resolve();
  #draining: Promise<void> | null = null;

  /** Begins at once to connect. */
  constructor(options: ProcessorOptions) {
    const { lane, redis, concurrency, events, log } = options;
    this.#options = options;
    this.#failed = new Promise((_, reject) => {
      this.#fail = reject;
    });
    this.#bull = new Worker<ApplyData>(QUEUE_NAME, (job, token) => this.#process(job, token), {
      connection: redis,
      prefix: keyPrefix(lane.prefix),
      name: workerName(),
      autorun: false,
      // it would look at the server's version and settings, and write of them to the console
      skipVersionCheck: true,
      concurrency,
      lockDuration: JOB_LOCK_MS,
      stalledInterval: STALLED_CHECK_MS,
      drainDelay: LONGEST_POLL_SECONDS,
      // a job is only a message: that its workers died says nothing against it
      maxStalledCount: Number.MAX_SAFE_INTEGER,
      // also of those that were forged, or have lost their options, nothing is to be kept
      removeOnComplete: { count: 0 },
      removeOnFail: { count: 0 },
    });
    this.#bull.on('error', (error) => log.warn({ err: error }, 'the queue reports an error'));
    this.#bull.on('failed', (job, error) => log.warn({ err: error, job: job?.id }, 'a job was given up'));
    this.#lane = new LaneHandle(
      lane,
      {
        ...events,
        held: () => this.#inTurn(() => this.#fetchJobs()),
        lost: () => this.#inTurn(() => this.#bull.pause(true)),
      },
      log,
    );
    this.#producer = new Producer(redis, lane.prefix);
    this.#sweep = new Sweep(lane.databaseUrl, this.#producer, this.#lane, log);
  }

  /** Where its lane is, and for how long MySQL has been of no use to it. */
  get lane(): Pick<LaneHandle, 'state' | 'silentMs' | 'decidedUpTo'> {
    return this.#lane;
  }

  /** Runs until `stop()`; throws what is a bug. */
  async run(): Promise<void> {
    await Promise.race([this.#runToTheEnd(), this.#failed]);
  }

  async #runToTheEnd(): Promise<void> {
    const sweep = this.#sweep.run();
    try {
      await this.#lane.ended();
    } finally {
      await this.stop();
    }
    await sweep;
  }

  /** Takes no more jobs, applies the active ones and acknowledges them. */
  stop(): Promise<void> {
    this.#draining ??= this.#drain();
    return this.#draining;
  }

  /** Ends it now, in whatever it does. */
  async destroy(): Promise<void> {
    this.#sweep.destroy();
    await this.#lane.destroy();
  }

  async #drain(): Promise<void> {
    this.#sweep.stop();
    await this.#bull.pause(true);
    // applies what is in line and gives back what still comes
    this.#lane.stop();
    // waits until every active job has been acknowledged or given back
    await this.#bull.close();
    await this.#producer.close();
  }

  #inTurn(work: () => Promise<void>): void {
    this.#queueTurn = this.#queueTurn.then(work);
    this.#queueTurn.catch(this.#fail);
  }

  async #fetchJobs(): Promise<void> {
    const { log, events } = this.#options;
    if (this.#draining !== null) return;
    if (this.#bull.isPaused()) await this.#bull.resume();
    else if (!this.#bull.isRunning()) {
      this.#bull.run().catch((error) => log.error({ err: error }, 'the queue stopped'));
    }
    events.held();
  }

  async #process(job: Job<unknown>, token: string | undefined): Promise<void> {
    const data = parseApplyData(job.data);
    if (data === null) throw new UnrecoverableError('the job has data that this program did not put there');
    this.#hold(data.requestIds.length);
    try {
      await this.#lane.submit(data.requestIds);
    } catch (error) {
      if (!(error instanceof LaneLost)) throw error;
      await job.moveToWait(token);
      throw new WaitingError();
    } finally {
      this.#hold(-data.requestIds.length);
    }
  }

  /** A job of a batch carries a thousand times what a single one does: jobs alone are no measure of what is in hand. */
  #hold(requests: number): void {
    this.#requestsInHand += requests;
    this.#bull.concurrency = this.#requestsInHand < ENOUGH_REQUESTS ? this.#options.concurrency : 1;
  }
}
