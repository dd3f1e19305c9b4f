import type { Logger } from 'pino';
import type { LaneAddress } from '../../domain/apply/lane-lock.ts';
import type { Origin } from '../../domain/requests/origin.ts';
import type { Pause } from '../../domain/requests/pause.ts';
import type { Replica } from '../../domain/servers/replica.ts';
import { openWorkerRedis } from '../../domain/servers/worker-redis.ts';
import { ActivityLog } from '../monitoring/activity-log.ts';
import type { Commit, LaneObserver } from '../monitoring/commits.ts';
import type { WorkerState } from '../monitoring/health.ts';
import { QueueGauges, type QueueGaugeValues } from '../monitoring/queue-gauges.ts';
import { DecidedPublisher } from './decided-publisher.ts';
import { Processor } from './processor.ts';
import { RankingRefresh } from './ranking-schedule.ts';
import { RedisHeartbeat } from './redis-heartbeat.ts';
import { warnOfRedisSettings } from './redis-settings.ts';

export interface WorkerOptions {
  readonly lane: LaneAddress;
  readonly redisUrl: string;
  /** Maximum number of active jobs, and so of jobs in one commit. */
  readonly concurrency: number;
  /** Milliseconds between two refreshes of the ranking. */
  readonly rankingPeriodMs: number;
  /** The replica on which the ranking is computed, if there is one. */
  readonly replica?: Replica | null;
  /** Milliseconds between two log lines with a summary of the applied requests. */
  readonly logPeriodMs: number;
  /** Objects that receive the lane's commits and failed attempts. */
  readonly observers: readonly LaneObserver[];
  readonly log: Logger;
  /** Receives the log lines about the worker's state. `dev up` waits for them. */
  readonly lifeCycle: Logger;
}

/** Time to drain after the first signal, so that the process ends within 10 s. */
const DRAIN_MS = 6_000;

/**
 * Runs a worker. Its states are *running* → *draining* → *ended*. On `stop()` the worker drains: it stops fetching jobs,
 * applies and acknowledges the active jobs, and closes. `force()`, or the deadline after `stop()`, ends it immediately; the
 * next worker applies the unfinished requests.
 */
export class ShopWorker {
  readonly #options: WorkerOptions;
  readonly #redis;
  readonly #processor: Processor;
  readonly #ranking: RankingRefresh;
  readonly #gauges: QueueGauges;
  readonly #activity: ActivityLog;
  readonly #heartbeat: RedisHeartbeat;
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
      standingBy: () => lifeCycle.info('standing by: another worker holds the lane'),
      held: () => lifeCycle.info({ concurrency }, 'worker ready'),
      lost: () => {},
      paused: (pause: Pause) => lifeCycle.warn(pause, 'the queue is paused; resume it with `shop queue resume`'),
      resumed: (origin: Origin | null) =>
        lifeCycle.info({ resumedBy: origin?.actor, resumedHost: origin?.host }, 'the queue has been resumed'),
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
    this.#heartbeat = new RedisHeartbeat(this.#redis, lane.prefix);
    const sources = { lane: () => this.#processor.lane.state, readQueue: () => this.readQueue() };
    this.#activity = new ActivityLog(logPeriodMs, sources, log);
    const publisher = new DecidedPublisher(this.#redis, lane.prefix, log);
    const observers = [publisher, this.#activity, ...options.observers];
    this.#forced = new Promise((resolve) => {
      this.#force = () => resolve('forced');
    });
  }

  /** Runs until `stop()`. Returns `forced` if the worker ended with unfinished work. */
  async run(): Promise<'drained' | 'forced'> {
    try {
      const outcome = await Promise.race([this.#runUntilStopped(), this.#forced]);
      if (outcome === 'forced') await this.#abandon();
      return outcome;
    } finally {
      clearTimeout(this.#deadline);
      this.#activity.stop();
      this.#heartbeat.stop();
      await this.#gauges.close();
      this.#redis.disconnect();
    }
  }

  async #runUntilStopped(): Promise<'drained'> {
    this.#ranking.start();
    await this.#processor.run().finally(() => this.stop());
    await this.#draining;
    return 'drained';
  }

  /** Current state of the worker. */
  get state(): WorkerState {
    const { state, silentMs } = this.#processor.lane;
    return {
      draining: this.#draining !== null,
      lane: state,
      mysqlSilentMs: silentMs,
      redisSilentMs: this.#heartbeat.silentMs,
    };
  }

  /** Reads the state of the queue. Takes at most 2 s, even if a server hangs. */
  readQueue(): Promise<QueueGaugeValues> {
    return this.#gauges.read();
  }

  /** Drains the worker. If that takes longer than 6 s, the worker is ended immediately. */
  stop(): void {
    if (this.#draining !== null) return;
    this.#deadline = setTimeout(() => this.#force(), DRAIN_MS);
    this.#draining = this.#drain();
    // `run` awaits this promise, unless an error of the lane has already ended the worker
    this.#draining.catch((error) => this.#options.log.warn({ err: error }, 'draining failed'));
  }

  /** Ends the worker immediately. */
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
    this.#options.lifeCycle.warn('stopped with unfinished work; the next worker will finish it');
    await this.#processor.destroy();
  }
}
