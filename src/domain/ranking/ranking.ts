import { setTimeout as delay } from 'node:timers/promises';
import { type Session, serverTime } from '../../db/mysql/connection.ts';
import { acquireLock, lockName, releaseLock } from '../../db/mysql/lock.ts';
import { databaseName } from '../../db/mysql/url.ts';
import type { RedisClient } from '../../db/redis/client.ts';
import { ShopError } from '../errors.ts';
import { phrase } from '../phrase.ts';
import { explainRedisError } from '../servers/redis-errors.ts';
import { awaitReplica, openReplica, type Replica, whyNotReplica } from '../servers/replica.ts';
import { openRedis, openSession } from '../servers/store.ts';
import { RankingCache } from './cache.ts';
import { computeRanking, type Ranking } from './compute.ts';

/** Whose ranking it is, where it is kept, and how often it is refreshed. */
export interface RankingAddress {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly prefix: string;
  /** Milliseconds between two refreshes. */
  readonly periodMs: number;
  /** Where there is one, it is computed there; the lock is the primary's. */
  readonly replica?: Replica | null;
}

/** The ranking as the commands answer it. */
export interface RankingAnswer extends Ranking {
  readonly source: 'cache' | 'database';
  /** It comes from the cache and has not been refreshed for three periods. */
  readonly stale: boolean;
}

/** The cache saves time: it must not cost more than this, however Redis fails. */
const CACHE_LIMIT_MS = 1_500;
/** Who asks for the ranking waits so long for those who compute it before. */
const ANSWER_WAIT_MS = 30_000;
/** A lock is waited for in statements of no more than this. */
const LONGEST_LOCK_WAIT_SECONDS = 5;
const LOCK_POLL_MS = 50;
/** Seconds without a statement after which the server takes the lock from a process that is frozen. */
const IDLE_SECONDS = 5;
const USE_MS = 1_000;
/** Milliseconds for a statement on a replica; the primary would have no more. */
const COMPUTE_MS = 30_000;

/**
 * The ranking of one shop, cache-aside. MySQL and Redis are connected to when they are first needed: a hit needs no
 * MySQL. It is computed by one process at a time, the one that has the lock in MySQL, and stored before the lock is
 * given back, so that what is in the cache never grows older.
 */
export class ShopRanking {
  readonly #address: RankingAddress;
  readonly #replicaNotUsed: (why: ShopError) => Promise<void>;
  #replica: Session | null = null;
  #session: Session | null = null;
  #redis: RedisClient | null = null;
  #closed = false;
  #end: () => void = () => {};
  readonly #ended = new Promise<never>((_, reject) => {
    this.#end = () => reject(new Error('the ranking was given up'));
  });
  #cacheAway = false;

  /** @param replicaNotUsed is told why it is computed on the primary where there is a replica. */
  constructor(address: RankingAddress, replicaNotUsed: (why: ShopError) => Promise<void>) {
    this.#address = address;
    this.#replicaNotUsed = replicaNotUsed;
    // most are closed when there is nothing under way
    this.#ended.catch(() => {});
  }

  /**
   * From the cache, or computed and stored where it is not there. Of many who miss it at once the first computes it,
   * the others wait and take it from the cache. Without a cache each of them computes, one after another.
   *
   * @param fresh computes it whatever the cache holds.
   * @param cacheAway is told, once, why the cache can't be used.
   * @throws ShopError `UNAVAILABLE` or `CONFIG` of MySQL; `LOCKED` where others compute for half a minute.
   */
  async top(fresh: boolean, cacheAway: (error: ShopError) => Promise<void>): Promise<RankingAnswer> {
    const use = async <T>(work: (cache: RankingCache) => Promise<T>): Promise<T | null> => {
      if (this.#cacheAway) return null;
      try {
        return await this.#useCache(work);
      } catch (error) {
        if (!(error instanceof ShopError)) throw error;
        this.#cacheAway = true;
        await cacheAway(error);
        return null;
      }
    };
    const cached = async (): Promise<RankingAnswer | null> => {
      const ranking = fresh ? null : await use((cache) => cache.read());
      return ranking === null ? null : answer(ranking, 'cache', ranking.stale);
    };
    return (
      (await cached()) ??
      this.#locked(ANSWER_WAIT_MS, async (session) => {
        // whoever had the lock before may have computed it
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
   * @param lockTimeoutMs how long to wait while another process computes it.
   * @throws ShopError `LOCKED`; `UNAVAILABLE` or `CONFIG` of MySQL or Redis: what can't be stored refreshes nothing.
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
    // a statement whose connection is destroyed is never answered
    return Promise.race([refreshed(), this.#ended]);
  }

  /** Ends it, whatever it does: a refresh under way fails, and its lock is free. */
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

  /** @param session has the lock, and keeps it meanwhile. */
  async #compute(session: Session): Promise<Ranking> {
    const { replica } = this.#address;
    if (replica === undefined || replica === null) return computeRanking(session);
    try {
      // the time first: whatever was committed up to it is then waited for
      const at = await serverTime(session);
      return await whileInUse(session, this.#computeOn(replica, session, at));
    } catch (error) {
      if (this.#closed || session.broken) throw error;
      const why = whyNotReplica(error, replica.url);
      if (why === null) throw error;
      await this.#replicaNotUsed(why);
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
      // the end of a session frees its locks as well
      await releaseLock(session, lock).catch(() => session.destroy());
    }
  }
}

/**
 * Awaits what is done elsewhere, with a statement now and then on `session`: the server would take the lock of one that
 * says nothing. Fails where the session was lost, for then somebody else may have the lock.
 */
async function whileInUse<T>(session: Session, work: Promise<T>): Promise<T> {
  const over = new AbortController();
  const use = async (): Promise<never> => {
    for (;;) {
      await delay(USE_MS, undefined, { signal: over.signal });
      await session.query('SELECT 1');
    }
  };
  const using = use();
  // told by the race, unless that is over
  using.catch(() => {});
  try {
    const result = await Promise.race([work, using]);
    await session.query('SELECT 1');
    return result;
  } finally {
    over.abort();
    work.catch(() => {});
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
    // the server waits whole seconds; what is less is waited here
    const seconds = Math.min(Math.floor(leftMs / 1_000), LONGEST_LOCK_WAIT_SECONDS);
    if (await acquireLock(session, lock, seconds)) return true;
    if (leftMs === 0) return false;
    if (seconds === 0) await delay(Math.min(leftMs, LOCK_POLL_MS));
  }
}
