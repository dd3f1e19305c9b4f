import type { Logger } from 'pino';
import type { LaneAddress } from '../../domain/apply/lane-lock.ts';
import type { Replica } from '../../domain/servers/replica.ts';
import { openWorkerRedis } from '../../domain/servers/worker-redis.ts';
import type { Commit, LaneObserver } from '../monitoring/activity.ts';
import { ActivityLog } from '../monitoring/activity-log.ts';
import type { WorkerState } from '../monitoring/health.ts';
import { QueueGauges, type QueueGaugesSeen } from '../monitoring/queue-gauges.ts';
import { DecidedPublisher } from './decided-publisher.ts';
import { Processor } from './processor.ts';
import { RankingRefresh } from './ranking-schedule.ts';
import { RedisPulse } from './redis-heartbeat.ts';
import { warnOfRedisSettings } from './redis-settings.ts';

export interface WorkerOptions {
  readonly lane: LaneAddress;
  readonly redisUrl: string;
  /** Maximum number of active jobs: the most that can be committed together. */
  readonly concurrency: number;
  /** Milliseconds between two refreshes of the ranking. */
  readonly rankingPeriodMs: number;
  /** Computes the ranking, where there is one. */
  readonly replica?: Replica | null;
  /** Milliseconds between two lines of the log on what was applied. */
  readonly logPeriodMs: number;
  /** Are notified of what the lane does. */
  readonly observers: readonly LaneObserver[];
  readonly log: Logger;
  /** Takes the few lines that tell in which state the worker is; `dev up` waits for them. */
  readonly lifeCycle: Logger;
}

/** This long after the first signal the worker ends, whatever it waits for: it is to be gone within 10 s. */
const DRAIN_MS = 6_000;

/**
 * The life of a worker: *running* → *draining* (`stop()`: takes no more jobs, applies what it has, acknowledges, closes)
 * → *gone*; `force()` or the deadline behind `stop()` ends it at once, and what it had in hand comes back to the next
 * worker.
 */
export class ShopWorker {
  readonly #options: WorkerOptions;
  readonly #redis;
  readonly #processor: Processor;
  readonly #ranking: RankingRefresh;
  readonly #gauges: QueueGauges;
  readonly #activity: ActivityLog;
  readonly #pulse: RedisPulse;
  readonly #forced: Promise<'forced'>;
  #force: () => void = () => {};
  #draining: Promise<void> | null = null;
  #deadline: NodeJS.Timeout | undefined;

  constructor(options: WorkerOptions) {
    const { lane, redisUrl, concurrency, rankingPeriodMs, logPeriodMs, log, lifeCycle } = options;
    this.#options = options;
    this.#redis = openWorkerRedis(redisUrl);
    warnOfRedisSettings(this.#redis, log);
    const events = {
      standingBy: () => lifeCycle.info('standing by: another worker has the lane'),
      held: () => lifeCycle.info({ concurrency }, 'worker ready'),
      lost: () => {},
      paused: () => lifeCycle.warn('the queue is paused: nothing is applied until `shop queue resume`'),
      committed: (commit: Commit) => {
        for (const observer of observers) observer.committed(commit);
      },
      attemptFailed: () => {
        for (const observer of observers) observer.attemptFailed();
      },
    };
    this.#processor = new Processor({ lane, redis: this.#redis, concurrency, events, log });
    const rankingAddress = { ...lane, redisUrl, periodMs: rankingPeriodMs, replica: options.replica ?? null };
    this.#ranking = new RankingRefresh(rankingAddress, this.#redis, log);
    this.#gauges = new QueueGauges(rankingAddress, this.#processor.lane, log);
    this.#pulse = new RedisPulse(this.#redis, lane.prefix);
    const sources = { lane: () => this.#processor.lane.state, see: () => this.see() };
    this.#activity = new ActivityLog(logPeriodMs, sources, log);
    const publisher = new DecidedPublisher(this.#redis, lane.prefix, log);
    const observers = [publisher, this.#activity, ...options.observers];
    this.#forced = new Promise((resolve) => {
      this.#force = () => resolve('forced');
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
    this.#ranking.start();
    await this.#processor.run().finally(() => this.stop());
    await this.#draining;
    return 'drained';
  }

  /** How it is now. */
  get state(): WorkerState {
    const { state, silentMs } = this.#processor.lane;
    return {
      draining: this.#draining !== null,
      lane: state,
      mysqlSilentMs: silentMs,
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
    const rankingStopped = this.#ranking.stop();
    await this.#processor.stop();
    await rankingStopped;
  }

  async #abandon(): Promise<void> {
    this.#options.lifeCycle.warn('ended with work in hand; the next worker goes on with it');
    await this.#processor.destroy();
  }
}
