import type { Logger } from 'pino';
import { RankingCache } from '../../domain/ranking/cache.ts';
import type { RankingAddress } from '../../domain/ranking/ranking.ts';
import { Backlog, type BacklogSize } from '../../domain/requests/backlog.ts';
import { readPause } from '../../domain/requests/pause.ts';
import { openRedis, openSession, type RedisClient, type Session } from '../../domain/servers/connections.ts';
import { type JobCounts, Producer } from '../queue/producer.ts';
import type { LaneHandle } from '../worker/lane-handle.ts';
import { BoundedPoll } from './bounded-poll.ts';

/** State of the queue in MySQL. */
export interface DatabaseGauges {
  readonly paused: boolean;
  /** Null if it is not known yet. */
  readonly backlog: BacklogSize | null;
}

/** State of the queue in Redis. */
export interface RedisGauges {
  readonly jobs: JobCounts;
  /** Seconds since the ranking was refreshed; null if there is no ranking. */
  readonly rankingAgeSeconds: number | null;
}

/** The state of the queue; null for a server that did not respond in time. */
export interface QueueGaugeValues {
  readonly mysql: DatabaseGauges | null;
  readonly redis: RedisGauges | null;
}

/** Time limit of a statement, well above the usual duration. */
const STATEMENT_MS = 5_000;
const REDIS_LIMIT_MS = 1_500;

/** Reads the state of the queue on its own connections, so that it delays neither the lane nor the jobs. */
export class QueueGauges {
  readonly #address: RankingAddress;
  readonly #lane: Pick<LaneHandle, 'decidedUpTo'>;
  readonly #backlog = new Backlog();
  readonly #mysql: BoundedPoll<DatabaseGauges>;
  readonly #redis: BoundedPoll<RedisGauges>;
  #session: Session | null = null;
  #client: RedisClient | null = null;
  #producer: Producer | null = null;
  #closed = false;

  constructor(address: RankingAddress, lane: Pick<LaneHandle, 'decidedUpTo'>, log: Logger) {
    this.#address = address;
    this.#lane = lane;
    this.#mysql = new BoundedPoll('MySQL', () => this.#readDatabase(), log);
    this.#redis = new BoundedPoll('Redis', () => this.#readRedis(), log);
  }

  /** Reads the state of the queue. Takes at most 2 s, even if a server hangs. */
  async read(): Promise<QueueGaugeValues> {
    if (this.#closed) return { mysql: null, redis: null };
    const [mysql, redis] = await Promise.all([this.#mysql.read(), this.#redis.read()]);
    return { mysql, redis };
  }

  /** Closes the connections, even during a read. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#session?.close();
    await this.#closeRedis();
  }

  async #readDatabase(): Promise<DatabaseGauges> {
    if (this.#session === null || this.#session.broken) {
      this.#session = await openSession(this.#address.databaseUrl, { statementMs: STATEMENT_MS });
      if (this.#closed) this.#session.destroy();
    }
    const paused = (await readPause(this.#session)) !== null;
    return { paused, backlog: await this.#backlog.measure(this.#session, this.#lane.decidedUpTo) };
  }

  async #readRedis(): Promise<RedisGauges> {
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
