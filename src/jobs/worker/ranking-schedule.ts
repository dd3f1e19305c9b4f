import { setTimeout as delay } from 'node:timers/promises';
import { Queue, Worker } from 'bullmq';
import type { Logger } from 'pino';
import { LONGEST_PERIOD_MS, SHORTEST_PERIOD_MS } from '../../config/limits.ts';
import { ShopError } from '../../domain/errors.ts';
import { type RankingAddress, ShopRanking } from '../../domain/ranking/ranking.ts';
import { keyPrefix, rankingKey } from '../../domain/servers/redis-keys.ts';
import { type RedisClient, within } from '../../domain/servers/store.ts';

/** A queue of its own, so that a refresh never waits for requests, nor they for it. */
export const RANKING_QUEUE = 'ranking';
export const RANKING_SCHEDULER = 'refresh';

/** How often a worker looks whether the schedule is still there: Redis may have been wiped. */
const LOOK_MS = 5_000;
/** A job whose worker died counts as lost after this. */
const JOB_LOCK_MS = 15_000;
const STALLED_CHECK_MS = 5_000;
const RUN_RETRY_MS = 1_000;
/** Well within the time that a worker has to drain. */
const STOP_LIMIT_MS = 3_000;

/**
 * Refreshes the ranking once a period, however many workers run: BullMQ keeps one schedule in Redis, and each of its
 * jobs goes to one of them. A refresh that fails, or whose worker dies, is not repeated: the next period's makes up for
 * it.
 */
export class RankingRefresh {
  readonly #address: RankingAddress;
  readonly #redis: RedisClient;
  readonly #log: Logger;
  readonly #queue: Queue;
  readonly #bull: Worker;
  readonly #stop = new AbortController();
  #underWay: ShopRanking | null = null;

  /** @param redis stays the caller's to close. */
  constructor(address: RankingAddress, redis: RedisClient, log: Logger) {
    this.#address = address;
    this.#redis = redis;
    this.#log = log;
    // the worker looks at the server's version and settings itself
    const options = { connection: redis, prefix: keyPrefix(address.prefix), skipVersionCheck: true };
    this.#queue = new Queue(RANKING_QUEUE, { ...options, streams: { events: { maxLen: 100 } } });
    this.#bull = new Worker(RANKING_QUEUE, () => this.#refresh(), {
      ...options,
      autorun: false,
      runRetryDelay: RUN_RETRY_MS,
      lockDuration: JOB_LOCK_MS,
      stalledInterval: STALLED_CHECK_MS,
      // what a worker that died had in hand is not done again
      maxStalledCount: 0,
    });
    const report = (error: Error) => log.warn({ err: error }, 'the queue of the ranking reports an error');
    this.#queue.on('error', report);
    this.#bull.on('error', report);
  }

  /** Refreshes until `stop()`; the first time at once, unless the ranking is there and has its schedule. */
  start(): void {
    for (const running of [this.#bull.run(), this.#watchSchedule()]) {
      running.catch((error) => this.#log.error({ err: error }, 'the refreshing of the ranking stopped'));
    }
  }

  async #watchSchedule(): Promise<void> {
    const { signal } = this.#stop;
    for (let first = true; !signal.aborted; ) {
      try {
        await this.#keepScheduled(first);
        first = false;
      } catch (error) {
        if (!signal.aborted) this.#log.warn({ err: error }, 'the ranking could not be scheduled');
      }
      await delay(Math.min(this.#address.periodMs, LOOK_MS), undefined, { signal }).catch(() => {});
    }
  }

  /** Ends it within a few seconds. A refresh under way is given up: it would be out of date in a minute. */
  async stop(): Promise<void> {
    this.#stop.abort();
    const closed = (async () => {
      await this.#underWay?.close();
      await this.#bull.close();
      await this.#queue.close();
    })();
    // while a server is away nothing can be closed in order, and nothing need be
    await within(
      STOP_LIMIT_MS,
      closed.catch(() => {}),
      undefined,
    );
  }

  /** Another worker's period is left alone, unless this one has just been started: the last one started is right. */
  async #keepScheduled(justStarted: boolean): Promise<void> {
    const { periodMs, prefix } = this.#address;
    const schedule = await this.#queue.getJobScheduler(RANKING_SCHEDULER);
    const missing = justStarted && (await this.#redis.exists(rankingKey(prefix))) === 0;
    const { every = 0, next = 0 } = schedule ?? {};
    const forged = every < SHORTEST_PERIOD_MS || every > LONGEST_PERIOD_MS;
    // it may hang on a job that is lost, or on a clock that was wrong
    const broken = forged || Math.abs(next - Date.now()) > 2 * every + LOOK_MS;
    const outdated = justStarted && every !== periodMs;
    if (!missing && !broken && !outdated) return;
    await this.#queue.removeJobScheduler(RANKING_SCHEDULER);
    await this.#queue.upsertJobScheduler(
      RANKING_SCHEDULER,
      { every: periodMs },
      { name: 'refresh', opts: { removeOnComplete: true, removeOnFail: true } },
    );
    this.#log.debug({ periodMs }, 'ranking scheduled');
  }

  async #refresh(): Promise<void> {
    const started = performance.now();
    const ranking = new ShopRanking(this.#address, async (why) => {
      this.#log.warn({ err: why }, 'the ranking is computed on the primary, not on the replica');
    });
    this.#underWay = ranking;
    try {
      if (this.#stop.signal.aborted) return;
      await ranking.refresh(0);
      this.#log.debug({ ms: performance.now() - started }, 'ranking refreshed');
    } catch (error) {
      if (error instanceof ShopError && error.code === 'LOCKED') {
        this.#log.debug('the ranking is being computed by another process');
      } else if (!this.#stop.signal.aborted) {
        this.#log.warn({ err: error }, 'the ranking could not be refreshed; it is tried again in the next period');
      }
    } finally {
      this.#underWay = null;
      await ranking.close().catch(() => {});
    }
  }
}
