import { setTimeout as delay } from 'node:timers/promises';
import { Queue, Worker } from 'bullmq';
import type { Logger } from 'pino';
import { LONGEST_PERIOD_MS, SHORTEST_PERIOD_MS } from '../../config/limits.ts';
import { ShopError } from '../../domain/errors.ts';
import { type RankingAddress, ShopRanking } from '../../domain/ranking/ranking.ts';
import { type RedisClient, within } from '../../domain/servers/connections.ts';
import { keyPrefix, rankingKey } from '../../domain/servers/redis-keys.ts';

/** Queue of the refreshes. It is separate, so that refreshes and requests do not wait for each other. */
export const RANKING_QUEUE = 'ranking';
export const RANKING_SCHEDULER = 'refresh';

/** Milliseconds between two checks of the schedule, which is lost if Redis is wiped. */
const CHECK_MS = 5_000;
/** A dead worker's job counts as lost after this time. */
const JOB_LOCK_MS = 15_000;
const STALLED_CHECK_MS = 5_000;
const RUN_RETRY_MS = 1_000;
/** Time limit for stopping, well below the worker's time limit for draining. */
const STOP_LIMIT_MS = 3_000;

/**
 * Refreshes the ranking once per period, no matter how many workers run. BullMQ keeps one schedule in Redis and gives each of
 * its jobs to one worker. A refresh that fails, or whose worker dies, is not repeated; the next one comes a period later.
 */
export class RankingRefresh {
  readonly #address: RankingAddress;
  readonly #redis: RedisClient;
  readonly #log: Logger;
  readonly #queue: Queue;
  readonly #bull: Worker;
  readonly #stop = new AbortController();
  #active: ShopRanking | null = null;

  /** @param redis closed by the caller. */
  constructor(address: RankingAddress, redis: RedisClient, log: Logger) {
    this.#address = address;
    this.#redis = redis;
    this.#log = log;
    // `warnOfRedisSettings` checks the server's version and settings
    const options = { connection: redis, prefix: keyPrefix(address.prefix), skipVersionCheck: true };
    this.#queue = new Queue(RANKING_QUEUE, { ...options, streams: { events: { maxLen: 100 } } });
    this.#bull = new Worker(RANKING_QUEUE, () => this.#refresh(), {
      ...options,
      autorun: false,
      runRetryDelay: RUN_RETRY_MS,
      lockDuration: JOB_LOCK_MS,
      stalledInterval: STALLED_CHECK_MS,
      // a dead worker's refresh is not repeated
      maxStalledCount: 0,
    });
    const report = (error: Error) => log.warn({ err: error }, 'the ranking queue reports an error');
    this.#queue.on('error', report);
    this.#bull.on('error', report);
  }

  /** Starts refreshing, until `stop()`. The first refresh is immediate, unless the ranking exists and is scheduled. */
  start(): void {
    for (const running of [this.#bull.run(), this.#watchSchedule()]) {
      running.catch((error) => this.#log.error({ err: error }, 'the ranking is no longer refreshed'));
    }
  }

  async #watchSchedule(): Promise<void> {
    const { signal } = this.#stop;
    for (let first = true; !signal.aborted; ) {
      try {
        await this.#keepScheduled(first);
        first = false;
      } catch (error) {
        if (!signal.aborted) this.#log.warn({ err: error }, 'could not schedule the ranking');
      }
      await delay(Math.min(this.#address.periodMs, CHECK_MS), undefined, { signal }).catch(() => {});
    }
  }

  /** Stops within 3 s. An active refresh is cancelled, because its result would soon be out of date. */
  async stop(): Promise<void> {
    this.#stop.abort();
    const closed = (async () => {
      await this.#active?.close();
      await this.#bull.close();
      await this.#queue.close();
    })();
    // while a server is unavailable, a clean close may never finish, and it is not needed
    await within(
      STOP_LIMIT_MS,
      closed.catch(() => {}),
      undefined,
    );
  }

  /**
   * Creates the schedule if it is missing or broken. A worker that has just started also replaces the schedule if the
   * ranking is missing, or if another worker has set a different period.
   */
  async #keepScheduled(justStarted: boolean): Promise<void> {
    const { periodMs, prefix } = this.#address;
    const schedule = await this.#queue.getJobScheduler(RANKING_SCHEDULER);
    const missing = justStarted && (await this.#redis.exists(rankingKey(prefix))) === 0;
    const { every = 0, next = 0 } = schedule ?? {};
    const forged = every < SHORTEST_PERIOD_MS || every > LONGEST_PERIOD_MS;
    // the schedule's next job may be lost, or its time may come from a wrong clock
    const broken = forged || Math.abs(next - Date.now()) > 2 * every + CHECK_MS;
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
      this.#log.warn({ err: why }, 'the ranking is computed on the primary instead of the replica');
    });
    this.#active = ranking;
    try {
      if (this.#stop.signal.aborted) return;
      await ranking.refresh(0);
      this.#log.debug({ ms: performance.now() - started }, 'ranking refreshed');
    } catch (error) {
      if (error instanceof ShopError && error.code === 'LOCKED') {
        this.#log.debug('the ranking is being computed by another process');
      } else if (!this.#stop.signal.aborted) {
        this.#log.warn({ err: error }, 'could not refresh the ranking; the next attempt is in the next period');
      }
    } finally {
      this.#active = null;
      await ranking.close().catch(() => {});
    }
  }
}
