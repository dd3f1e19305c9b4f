import { type Job, UnrecoverableError, WaitingError, Worker } from 'bullmq';
import type { Logger } from 'pino';
import type { LaneAddress } from '../domain/lane-session.ts';
import type { Replica } from '../domain/replica.ts';
import { workerName } from '../domain/worker-name.ts';
import { openWorkerRedis } from '../domain/worker-redis.ts';
import type { Commit, LaneObserver } from './activity.ts';
import { ActivityLog } from './activity-log.ts';
import { type ApplyData, keyPrefix, parseApplyData, QUEUE_NAME } from './contract.ts';
import type { WorkerState } from './health.ts';
import { LaneLost } from './lane.ts';
import { LaneHandle } from './lane-handle.ts';
import { Producer } from './producer.ts';
import { QueueGauges, type QueueGaugesSeen } from './queue-gauges.ts';
import { RankingRefresh } from './ranking-refresh.ts';
import { RedisPulse } from './redis-pulse.ts';
import { warnOfRedisSettings } from './redis-settings.ts';
import { Sweep } from './sweep.ts';

export interface WorkerOptions {
  readonly lane: LaneAddress;
  readonly redisUrl: string;
  /** Jobs in hand at once: the most that can be committed together. */
  readonly concurrency: number;
  /** Milliseconds between two refreshes of the ranking. */
  readonly rankingPeriodMs: number;
  /** Computes the ranking, where there is one. */
  readonly replica?: Replica | null;
  /** Milliseconds between two lines of the log on what was applied. */
  readonly logPeriodMs: number;
  /** Learn of what the lane does. */
  readonly observers: readonly LaneObserver[];
  readonly log: Logger;
  /** Takes the few lines that tell in which state the worker is; `dev up` waits for them. */
  readonly lifeCycle: Logger;
}

/** This long after the first signal the worker ends, whatever it waits for: it is to be gone within 10 s. */
const DRAIN_MS = 6_000;
/** A job whose worker died comes back after this. Its requests have been decided by then: see `Lane`. */
const JOB_LOCK_MS = 15_000;
const STALLED_CHECK_MS = 5_000;
/** A wait for jobs whose connection was lost is given up a second after this, well within the time to drain. */
const LONGEST_POLL_SECONDS = 2;
/** Requests in hand with which no more jobs are fetched: some groups ahead is enough, and memory stays flat. */
const ENOUGH_REQUESTS = 20_000;

/**
 * The life of a worker: *running* → *draining* (`stop()`: takes no more jobs, applies what it has, acknowledges, closes)
 * → *gone*; `force()` or the deadline behind `stop()` ends it at once, and what it had in hand comes back to the next
 * worker.
 */
export class ShopWorker {
  readonly #options: WorkerOptions;
  readonly #lane: LaneHandle;
  readonly #bull: Worker<ApplyData>;
  readonly #redis;
  readonly #producer: Producer;
  readonly #sweep: Sweep;
  readonly #ranking: RankingRefresh;
  readonly #gauges: QueueGauges;
  readonly #activity: ActivityLog;
  readonly #pulse: RedisPulse;
  readonly #forced: Promise<'forced'>;
  #requestsInHand = 0;
  #force: () => void = () => {};
  #fail: (bug: unknown) => void = () => {};
  /** What the lane's coming and going asks of the queue, one after another. */
  #queueTurn: Promise<void> = Promise.resolve();
  #draining: Promise<void> | null = null;
  #deadline: NodeJS.Timeout | undefined;

  constructor(options: WorkerOptions) {
    const { lane, redisUrl, concurrency, rankingPeriodMs, logPeriodMs, log } = options;
    this.#options = options;
    this.#redis = openWorkerRedis(redisUrl);
    warnOfRedisSettings(this.#redis, log);
    this.#bull = new Worker<ApplyData>(QUEUE_NAME, (job, token) => this.#process(job, token), {
      connection: this.#redis,
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
    const events = {
      standingBy: () => this.#options.lifeCycle.info('standing by: another worker has the lane'),
      held: () => this.#inTurn(() => this.#fetchJobs()),
      lost: () => this.#inTurn(() => this.#bull.pause(true)),
      paused: () => this.#options.lifeCycle.warn('the queue is paused: nothing is applied until `shop queue resume`'),
      committed: (commit: Commit) => {
        for (const observer of observers) observer.committed(commit);
      },
      attemptFailed: () => {
        for (const observer of observers) observer.attemptFailed();
      },
    };
    this.#lane = new LaneHandle(lane, events, log);
    this.#producer = new Producer(this.#redis, lane.prefix);
    this.#sweep = new Sweep(lane.databaseUrl, this.#producer, this.#lane, log);
    const address = { ...lane, redisUrl, periodMs: rankingPeriodMs, replica: options.replica ?? null };
    this.#ranking = new RankingRefresh(address, this.#redis, log);
    this.#gauges = new QueueGauges(address, () => this.#lane.decidedUpTo, log);
    this.#pulse = new RedisPulse(this.#redis, lane.prefix);
    const sources = { lane: () => this.#lane.state, see: () => this.see() };
    this.#activity = new ActivityLog(logPeriodMs, sources, log);
    const observers = [this.#activity, ...options.observers];
    this.#forced = new Promise((resolve, reject) => {
      this.#force = () => resolve('forced');
      this.#fail = reject;
    });
  }

  /** Runs until `stop()`; answers whether it drained or was ended with work in hand. */
  async run(): Promise<'drained' | 'forced'> {
    try {
      const outcome = await Promise.race([this.#runToTheEnd(), this.#forced]);
      if (outcome === 'forced') await this.#abandon();
      return outcome;
    } finally {
      clearTimeout(this.#deadline);
      this.#activity.stop();
      this.#pulse.stop();
      await this.#gauges.close();
      this.#redis.disconnect();
    }
  }

  async #runToTheEnd(): Promise<'drained'> {
    const sweep = this.#sweep.run();
    this.#ranking.start();
    await this.#lane.ended().finally(() => this.stop());
    await this.#draining;
    await sweep;
    return 'drained';
  }

  /** How it is now. */
  get state(): WorkerState {
    return {
      draining: this.#draining !== null,
      lane: this.#lane.state,
      mysqlSilentMs: this.#lane.silentMs,
      redisSilentMs: this.#pulse.silentMs,
    };
  }

  /** Looks at the queue; answers soon, whatever the servers do. */
  see(): Promise<QueueGaugesSeen> {
    return this.#gauges.see();
  }

  /** Drains, by a deadline behind which the worker is ended whatever it waits for. */
  stop(): void {
    if (this.#draining !== null) return;
    this.#deadline = setTimeout(() => this.#force(), DRAIN_MS);
    this.#draining = this.#drain();
    // awaited where the worker ends; a bug in the lane may end it before
    this.#draining.catch((error) => this.#options.log.warn({ err: error }, 'draining failed'));
  }

  /** Ends the worker now. */
  force(): void {
    this.#force();
  }

  async #drain(): Promise<void> {
    this.#options.lifeCycle.info('draining');
    this.#sweep.stop();
    const rankingStopped = this.#ranking.stop();
    await this.#bull.pause(true);
    // applies what is in line and gives back what still comes
    this.#lane.stop();
    // waits until every job in hand has been acknowledged or given back
    await this.#bull.close();
    await this.#producer.close();
    await rankingStopped;
  }

  async #abandon(): Promise<void> {
    this.#options.lifeCycle.warn('ended with work in hand; the next worker goes on with it');
    this.#sweep.destroy();
    await this.#lane.destroy();
  }

  #inTurn(work: () => Promise<void>): void {
    this.#queueTurn = this.#queueTurn.then(work);
    this.#queueTurn.catch(this.#fail);
  }

  async #fetchJobs(): Promise<void> {
    const { log, lifeCycle, concurrency } = this.#options;
    if (this.#draining !== null) return;
    if (this.#bull.isPaused()) await this.#bull.resume();
    else if (!this.#bull.isRunning()) {
      this.#bull.run().catch((error) => log.error({ err: error }, 'the queue stopped'));
    }
    lifeCycle.info({ concurrency }, 'worker ready');
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
