import { type Job, UnrecoverableError, WaitingError, Worker } from 'bullmq';
import type { Logger } from 'pino';
import { type LaneAddress, workerName } from '../../domain/apply/lane-lock.ts';
import type { RedisClient } from '../../domain/servers/connections.ts';
import { type ApplyData, keyPrefix, parseApplyData, QUEUE_NAME } from '../queue/job-data.ts';
import { Producer } from '../queue/producer.ts';
import { LaneLost } from './lane.ts';
import { LaneHandle, type LaneHandleEvents } from './lane-handle.ts';
import { Sweep } from './sweep.ts';

export interface ProcessorOptions {
  readonly lane: LaneAddress;
  /** Closed by the caller. */
  readonly redis: RedisClient;
  /** Maximum number of active jobs, and so of jobs in one commit. */
  readonly concurrency: number;
  readonly events: LaneHandleEvents;
  readonly log: Logger;
}

/** A dead worker's job returns to the queue after this time. By then its requests have been decided; see `Lane`. */
const JOB_LOCK_MS = 15_000;
const STALLED_CHECK_MS = 5_000;
/**
 * Maximum wait of BullMQ for a job. After a lost connection, BullMQ stops waiting one second later than this, well within the
 * time to drain.
 */
const MAX_POLL_SECONDS = 2;
/** With this number of active requests, no more jobs are fetched. It is enough for ten full groups, and limits memory use. */
const MAX_ACTIVE_REQUESTS = 20_000;

/**
 * Processes the queue's jobs. It submits their requests, and those that the sweep finds, to the lane. Jobs are fetched only
 * while this worker holds the lane.
 */
export class Processor {
  readonly #options: ProcessorOptions;
  readonly #lane: LaneHandle;
  readonly #bull: Worker<ApplyData>;
  readonly #producer: Producer;
  readonly #sweep: Sweep;
  readonly #failed: Promise<never>;
  #fail: (bug: unknown) => void = () => {};
  #activeRequests = 0;
  /** The latest transition, which starts or stops the fetching of jobs. Transitions run one after another. */
  #lastTransition: Promise<void> = Promise.resolve();
  #draining: Promise<void> | null = null;

  /** Starts connecting. */
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
      // BullMQ would write its warnings about the server to the console
      skipVersionCheck: true,
      concurrency,
      lockDuration: JOB_LOCK_MS,
      stalledInterval: STALLED_CHECK_MS,
      drainDelay: MAX_POLL_SECONDS,
      // BullMQ fails a job that stalls more often than this, because the job might crash its workers; a job with only ids can't
      maxStalledCount: Number.MAX_SAFE_INTEGER,
      // the producer's jobs have these options already; this removes forged jobs and jobs that have lost their options
      removeOnComplete: { count: 0 },
      removeOnFail: { count: 0 },
    });
    this.#bull.on('error', (error) => log.warn({ err: error }, 'the queue reports an error'));
    this.#bull.on('failed', (job, error) => log.warn({ err: error, job: job?.id }, 'a job failed'));
    this.#lane = new LaneHandle(
      lane,
      {
        ...events,
        held: () => this.#schedule(() => this.#fetchJobs()),
        lost: () => this.#schedule(() => this.#bull.pause(true)),
      },
      log,
    );
    this.#producer = new Producer(redis, lane.prefix);
    this.#sweep = new Sweep(lane.databaseUrl, this.#producer, this.#lane, log);
  }

  /** State of the lane. */
  get lane(): Pick<LaneHandle, 'state' | 'silentMs' | 'decidedUpTo'> {
    return this.#lane;
  }

  /** Runs until `stop()`. @throws ShopError `CONFIG` (see `LaneHandle.ended`); any other error is a bug */
  async run(): Promise<void> {
    await Promise.race([this.#runUntilStopped(), this.#failed]);
  }

  async #runUntilStopped(): Promise<void> {
    const sweep = this.#sweep.run();
    try {
      await this.#lane.ended();
    } finally {
      await this.stop();
    }
    await sweep;
  }

  /** Stops fetching jobs, applies the active ones and acknowledges them. */
  stop(): Promise<void> {
    this.#draining ??= this.#drain();
    return this.#draining;
  }

  /** Ends immediately, without waiting for active jobs. */
  async destroy(): Promise<void> {
    this.#sweep.destroy();
    await this.#lane.destroy();
  }

  async #drain(): Promise<void> {
    this.#sweep.stop();
    await this.#bull.pause(true);
    // applies the waiting submissions and rejects later ones
    this.#lane.stop();
    // waits until every active job is acknowledged or returned to the queue
    await this.#bull.close();
    await this.#producer.close();
  }

  #schedule(transition: () => Promise<void>): void {
    this.#lastTransition = this.#lastTransition.then(transition);
    this.#lastTransition.catch(this.#fail);
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
    if (data === null) throw new UnrecoverableError('the job has data that this program did not write');
    this.#countActive(data.requestIds.length);
    try {
      await this.#lane.submit(data.requestIds);
    } catch (error) {
      if (!(error instanceof LaneLost)) throw error;
      await job.moveToWait(token);
      throw new WaitingError();
    } finally {
      this.#countActive(-data.requestIds.length);
    }
  }

  /** Counts active requests. The concurrency is also limited by their number, because a batch's job carries up to 1,000 requests. */
  #countActive(requests: number): void {
    this.#activeRequests += requests;
    this.#bull.concurrency = this.#activeRequests < MAX_ACTIVE_REQUESTS ? this.#options.concurrency : 1;
  }
}
