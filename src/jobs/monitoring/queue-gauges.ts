import type { Logger } from 'pino';
import { RankingCache } from '../../domain/ranking/cache.ts';
import type { RankingAddress } from '../../domain/ranking/ranking.ts';
import { PendingAge } from '../../domain/requests/pending-age.ts';
import { openRedis, openSession, type RedisClient, type Session } from '../../domain/servers/store.ts';
import { type JobCounts, Producer } from '../queue/producer.ts';
import type { LaneHandle } from '../worker/lane-handle.ts';
import { BoundedLook } from './bounded-poll.ts';

/** What MySQL tells of the queue. */
export interface DatabaseGauges {
  /** How long the request that has waited longest waits; 0 where none does, null where that is not known yet. */
  readonly oldestPendingSeconds: number | null;
}

/** What Redis tells of it. */
export interface RedisGauges {
  readonly jobs: JobCounts;
  /** Since the ranking was refreshed; null where there is none. */
  readonly rankingAgeSeconds: number | null;
}

/** The state of the queue; null for a server that did not tell in time. */
export interface QueueGaugesSeen {
  readonly mysql: DatabaseGauges | null;
  readonly redis: RedisGauges | null;
}

/** Well above what any statement of these takes. */
const STATEMENT_MS = 5_000;
const REDIS_LIMIT_MS = 1_500;

/** Looks at the queue beside the lane and the jobs: on connections of its own, which are opened by the first look. */
export class QueueGauges {
  readonly #address: RankingAddress;
  readonly #lane: Pick<LaneHandle, 'decidedUpTo'>;
  readonly #pendingAge = new PendingAge();
  readonly #mysql: BoundedLook<DatabaseGauges>;
  readonly #redis: BoundedLook<RedisGauges>;
  #session: Session | null = null;
  #client: RedisClient | null = null;
  #producer: Producer | null = null;
  #closed = false;

  constructor(address: RankingAddress, lane: Pick<LaneHandle, 'decidedUpTo'>, log: Logger) {
    this.#address = address;
    this.#lane = lane;
    this.#mysql = new BoundedLook('MySQL', () => this.#askDatabase(), log);
    this.#redis = new BoundedLook('Redis', () => this.#askRedis(), log);
  }

  /** Takes two seconds at most, whatever the servers do. */
  async see(): Promise<QueueGaugesSeen> {
    if (this.#closed) return { mysql: null, redis: null };
    const [mysql, redis] = await Promise.all([this.#mysql.see(), this.#redis.see()]);
    return { mysql, redis };
  }

  /** Ends it, in whatever it does. */
  async close(): Promise<void> {
    this.#closed = true;
    // says goodbye, unless a look is under way
    await this.#session?.close();
    await this.#closeRedis();
  }

  async #askDatabase(): Promise<DatabaseGauges> {
    if (this.#session === null || this.#session.broken) {
      this.#session = await openSession(this.#address.databaseUrl, { statementMs: STATEMENT_MS });
      if (this.#closed) this.#session.destroy();
    }
    return { oldestPendingSeconds: await this.#pendingAge.measure(this.#session, this.#lane.decidedUpTo) };
  }

  async #askRedis(): Promise<RedisGauges> {
    const { redisUrl, prefix, periodMs } = this.#address;
    if (this.#client === null || this.#client.status !== 'ready') {
      await this.#closeRedis();
      this.#client = await openRedis(redisUrl, REDIS_LIMIT_MS);
      if (this.#closed) this.#client.disconnect();
    }
    this.#producer ??= new Producer(this.#client, prefix);
    const jobs = await this.#producer.countJobs();
    const ranking = await new RankingCache(this.#client, prefix, periodMs).read();
    return { jobs, rankingAgeSeconds: ranking === null ? null : ranking.ageMs / 1_000 };
  }

  async #closeRedis(): Promise<void> {
    const producer = this.#producer;
    this.#producer = null;
    this.#client?.disconnect();
    this.#client = null;
    await producer?.close();
  }
}
