import { setTimeout as delay } from 'node:timers/promises';
import { type Session, serverTime } from '../../db/mysql/connection.ts';
import { acquireLock, lockName, releaseLock } from '../../db/mysql/named-lock.ts';
import { databaseName } from '../../db/mysql/url.ts';
import type { RedisClient } from '../../db/redis/client.ts';
import { ShopError } from '../errors.ts';
import { phrase } from '../phrase.ts';
import { openRedis, openSession } from '../servers/connections.ts';
import { explainRedisError } from '../servers/redis-errors.ts';
import { awaitReplica, openReplica, type Replica, replicaProblem } from '../servers/replica.ts';
import { RankingCache } from './cache.ts';
import { computeRanking, type Ranking } from './compute.ts';

/** The servers that hold the ranking's data and its cache, and the time between two refreshes. */
export interface RankingAddress {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly prefix: string;
  /** Milliseconds between two refreshes. */
  readonly periodMs: number;
  /** The replica on which the ranking is computed, if there is one. The ranking's lock is always on the primary. */
  readonly replica?: Replica | null;
}

/** The ranking with its source. */
export interface RankingAnswer extends Ranking {
  readonly source: 'cache' | 'database';
  /** True if the ranking comes from the cache and has not been refreshed for three refresh periods. */
  readonly stale: boolean;
}

/** Time limit for a command's access to the cache. To wait longer would cost more time than the cache saves. */
const CACHE_LIMIT_MS = 1_500;
/** Milliseconds that a command waits while other processes compute the ranking. */
const COMMAND_WAIT_MS = 30_000;
/** The maximum wait for the lock in one statement. */
const LONGEST_LOCK_WAIT_SECONDS = 5;
const LOCK_POLL_MS = 50;
/** Seconds without a statement after which the server ends the session of a frozen process and releases its lock. */
const IDLE_SECONDS = 5;
const USE_MS = 1_000;
/** Time limit for a statement on a replica, the same as on the primary. */
const COMPUTE_MS = 30_000;

/**
 * Provides the ranking of one shop from a cache, and computes it on a miss. The connections to MySQL and Redis are opened when
 * they are first needed, so a cache hit needs no MySQL. Only the process that holds the lock in MySQL computes the ranking, and
 * it stores the ranking before it releases the lock. So an older ranking never replaces a newer one.
 */
export class ShopRanking {
  readonly #address: RankingAddress;
  readonly #onReplicaUnavailable: (why: ShopError) => Promise<void>;
  #replica: Session | null = null;
  #session: Session | null = null;
  #redis: RedisClient | null = null;
  #closed = false;
  #end: () => void = () => {};
  readonly #ended = new Promise<never>((_, reject) => {
    this.#end = () => reject(new Error('the ranking was closed'));
  });
  #cacheUnavailable = false;

  /** @param onReplicaUnavailable is called with the reason if the primary computes the ranking instead of the replica. */
  constructor(address: RankingAddress, onReplicaUnavailable: (why: ShopError) => Promise<void>) {
    this.#address = address;
    this.#onReplicaUnavailable = onReplicaUnavailable;
    // `close` rejects this promise; the handler prevents an unhandled rejection if nobody awaits it
    this.#ended.catch(() => {});
  }

  /**
   * Returns the ranking from the cache; on a miss, computes and stores it. If many processes miss at once, the first one
   * computes the ranking, and the others wait and then read the cache. Without a cache, the processes compute the ranking one
   * after another.
   *
   * @param fresh bypasses the cache.
   * @param onCacheUnavailable is called once with the reason if the cache can't be used.
   * @throws ShopError `UNAVAILABLE` or `CONFIG` of MySQL; `LOCKED` after 30 s if other processes are still computing the
   *   ranking.
   */
  async top(fresh: boolean, onCacheUnavailable: (error: ShopError) => Promise<void>): Promise<RankingAnswer> {
    const use = async <T>(work: (cache: RankingCache) => Promise<T>): Promise<T | null> => {
      if (this.#cacheUnavailable) return null;
      try {
        return await this.#useCache(work);
      } catch (error) {
        if (!(error instanceof ShopError)) throw error;
        this.#cacheUnavailable = true;
        await onCacheUnavailable(error);
        return null;
      }
    };
    const cached = async (): Promise<RankingAnswer | null> => {
      const ranking = fresh ? null : await use((cache) => cache.read());
      return ranking === null ? null : answer(ranking, 'cache', ranking.stale);
    };
    return (
      (await cached()) ??
      this.#locked(COMMAND_WAIT_MS, async (session) => {
        // the process that held the lock before may have computed the ranking
        const found = await cached();
        if (found !== null) return found;
        const ranking = await this.#compute(session);
        await use((cache) => cache.write(ranking));
        return answer(ranking, 'database', false);
      })
    );
  }

  /**
   * Computes the ranking and stores it.
   *
   * @param lockTimeoutMs the time to wait while another process computes the ranking.
   * @throws ShopError `LOCKED`; `UNAVAILABLE` or `CONFIG` of MySQL or Redis, because a ranking that can't be stored does not
   *   count as a refresh.
   */
  async refresh(lockTimeoutMs: number): Promise<RankingAnswer> {
    const refreshed = async () => {
      await this.#openRedis();
      return this.#locked(lockTimeoutMs, async (session) => {
        const ranking = await this.#compute(session);
        await this.#useCache((cache) => cache.write(ranking));
        return answer(ranking, 'database', false);
      });
    };
    // if `close` destroys the connection, the promise of a running statement never settles, so `close` also rejects `#ended`
    return Promise.race([refreshed(), this.#ended]);
  }

  /** Closes the connections at once: a running refresh fails, and its lock is released. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#end();
    this.#redis?.disconnect();
    this.#replica?.destroy();
    await this.#session?.close();
  }

  async #useCache<T>(work: (cache: RankingCache) => Promise<T>): Promise<T> {
    const { prefix, periodMs, redisUrl } = this.#address;
    const redis = await this.#openRedis();
    try {
      return await work(new RankingCache(redis, prefix, periodMs));
    } catch (error) {
      throw await explainRedisError(redis, error, redisUrl);
    }
  }

  async #openRedis(): Promise<RedisClient> {
    if (this.#redis === null) {
      this.#redis = await openRedis(this.#address.redisUrl, CACHE_LIMIT_MS);
      if (this.#closed) this.#redis.disconnect();
    }
    return this.#redis;
  }

  async #openSession(): Promise<Session> {
    if (this.#session === null) {
      this.#session = await openSession(this.#address.databaseUrl, { idleSeconds: IDLE_SECONDS });
      if (this.#closed) this.#session.destroy();
    }
    return this.#session;
  }

  /** Computes the ranking. @param session the session that holds the lock, on the primary. */
  async #compute(session: Session): Promise<Ranking> {
    const { replica } = this.#address;
    if (replica === undefined || replica === null) return computeRanking(session);
    try {
      // the time is read before the replica catches up with the primary; so the replica then has everything that was committed up
      // to that time
      const at = await serverTime(session);
      return await keepingAlive(session, this.#computeOn(replica, session, at));
    } catch (error) {
      if (this.#closed || session.broken) throw error;
      const why = replicaProblem(error, replica.url);
      if (why === null) throw error;
      await this.#onReplicaUnavailable(why);
      return computeRanking(session);
    } finally {
      this.#replica?.destroy();
    }
  }

  async #computeOn(replica: Replica, primary: Session, at: Date): Promise<Ranking> {
    this.#replica = await openReplica(replica, COMPUTE_MS);
    await awaitReplica(primary, this.#replica, replica);
    return computeRanking(this.#replica, at);
  }

  async #locked<T>(waitMs: number, work: (session: Session) => Promise<T>): Promise<T> {
    const { databaseUrl, prefix } = this.#address;
    const session = await this.#openSession();
    const lock = lockName(databaseName(databaseUrl), prefix, 'ranking');
    if (!(await waitForLock(session, lock, waitMs))) throw new ShopError('LOCKED', { what: phrase('the ranking') });
    try {
      return await work(session);
    } finally {
      // ending the session also releases its lock
      await releaseLock(session, lock).catch(() => session.destroy());
    }
  }
}

/**
 * Waits for `work`, which uses another session. Meanwhile, this function regularly runs a statement on `session`; otherwise the
 * server would end the idle session and release its lock. Fails if `session` is lost, because another process may then hold the
 * lock.
 */
async function keepingAlive<T>(session: Session, work: Promise<T>): Promise<T> {
  const over = new AbortController();
  const use = async (): Promise<never> => {
    for (;;) {
      await delay(USE_MS, undefined, { signal: over.signal });
      await session.query('SELECT 1');
    }
  };
  try {
    const result = await Promise.race([work, use()]);
    await session.query('SELECT 1');
    return result;
  } finally {
    over.abort();
  }
}

function answer(ranking: Ranking, source: RankingAnswer['source'], stale: boolean): RankingAnswer {
  const { from, to, refreshedAt, items } = ranking;
  return { from, to, refreshedAt, source, stale, items };
}

async function waitForLock(session: Session, lock: string, waitMs: number): Promise<boolean> {
  const deadline = performance.now() + waitMs;
  for (;;) {
    const leftMs = Math.max(0, deadline - performance.now());
    // the server waits only for whole seconds, so the last part of the wait happens here
    const seconds = Math.min(Math.floor(leftMs / 1_000), LONGEST_LOCK_WAIT_SECONDS);
    if (await acquireLock(session, lock, seconds)) return true;
    if (leftMs === 0) return false;
    if (seconds === 0) await delay(Math.min(leftMs, LOCK_POLL_MS));
  }
}
