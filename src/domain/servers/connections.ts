import { setTimeout as delay } from 'node:timers/promises';
import { connect, requirePackets, type Session, type SessionLimits, serverVersion } from '../../db/mysql/connection.ts';
import type { DataSource } from '../../db/mysql/data-source.ts';
import { DatabaseError } from '../../db/mysql/errors.ts';
import { NoPrimary, requireWrites } from '../../db/mysql/failover.ts';
import { inSnapshot } from '../../db/mysql/transaction.ts';
import { databaseAddress } from '../../db/mysql/url.ts';
import { awaitReply, connectRedis, type RedisClient } from '../../db/redis/client.ts';
import { RedisSubscription } from '../../db/redis/subscription.ts';
import { redisAddressText } from '../../db/redis/url.ts';
import { onCurrentSchema, requireCurrentSchema } from '../../db/schema.ts';
import { within } from '../../db/within.ts';
import { ShopError } from '../errors.ts';
import { translateDatabaseError } from './mysql-errors.ts';
import { translateRedisError } from './redis-errors.ts';

export type { DataSource, RedisClient, Session };
export { awaitReply, databaseAddress, inSnapshot, RedisSubscription, redisAddressText, within };

const CONNECT_RETRY_MS = 15_000;
/**
 * Time limit for retries if some of several hosts respond, but none accepts writes. A failover may be in progress; with default
 * settings, MySQL Group Replication has a new primary after about 12 s.
 */
const FAILOVER_RETRY_MS = 20_000;
/** Time limit for a command's statement. Statements are short, so after this time the server is considered unavailable. */
const STATEMENT_MS = 30_000;
/** Time limit for a check of an idle connection. A connection that takes longer to respond is replaced. */
const PROBE_MS = 2_000;
const CLOSE_MS = 1_000;
const TOO_MANY_CONNECTIONS: ReadonlySet<number> = new Set([1040, 1203, 1226]);

/**
 * Opens a session on a database with this program's schema. Retries for some seconds in two cases: the server has no free
 * connection, because many commands may run at once, or some of several hosts respond, but none accepts writes.
 *
 * @throws ShopError `UNAVAILABLE` or `CONFIG`
 */
export async function openSession(url: string, limits: SessionLimits = {}): Promise<Session> {
  const session = await connectWithRetries(url, limits);
  try {
    return await onCurrentSchema(requirePackets(session));
  } catch (error) {
    throw translateDatabaseError(error, url);
  }
}

/**
 * Opens TypeORM on a database with this program's schema.
 *
 * @throws ShopError `UNAVAILABLE` or `CONFIG`
 */
export async function openOrm(url: string): Promise<DataSource> {
  const session = await openSession(url);
  await session.close();
  try {
    const { openDataSource } = await import('../../db/mysql/data-source.ts');
    return await openDataSource(url, STATEMENT_MS);
  } catch (error) {
    throw translateDatabaseError(error, url);
  }
}

/** Limits the time for each statement of TypeORM to `limitMs`, if that is shorter than the usual limit. */
export function limitOrm(orm: DataSource, limitMs: number): void {
  orm.setOptions({ maxQueryExecutionTime: Math.min(STATEMENT_MS, limitMs) });
}

/** Closes TypeORM after its current statements. Waits at most 1 s for a server that does not respond. */
export async function closeOrm(orm: DataSource): Promise<void> {
  if (orm.isInitialized) await inTime(orm.destroy(), CLOSE_MS);
}

/**
 * Checks whether an idle session can still be used: the server responds, has this program's schema and, if it was selected from
 * several hosts, accepts writes.
 */
export async function isSessionUsable(session: Session): Promise<boolean> {
  const check = async () => {
    if (session.chosen) await requireWrites(session);
    await requireCurrentSchema(session);
  };
  return !session.broken && inTime(check(), PROBE_MS);
}

/**
 * Checks whether TypeORM can still be used. Also applies the session settings again, because TypeORM may have opened another
 * connection meanwhile.
 */
export async function isOrmUsable(orm: DataSource): Promise<boolean> {
  const { prepare } = await import('../../db/mysql/data-source.ts');
  const check = async () => {
    await prepare(orm);
    await requireCurrentSchema({ query: (sql) => orm.query(sql) });
  };
  return orm.isInitialized && inTime(check(), PROBE_MS);
}

/** Checks whether an idle client of Redis can still be used. */
export async function isRedisUsable(redis: RedisClient): Promise<boolean> {
  if (redis.status !== 'ready') return false;
  // in a cluster, the ping and the next command may go to different nodes, and the client itself checks each node
  return redis.isCluster || inTime(redis.ping(), PROBE_MS);
}

/** Returns true if `work` succeeds within `limitMs`. */
async function inTime(work: Promise<unknown>, limitMs: number): Promise<boolean> {
  const done = work.then(
    () => true,
    () => false,
  );
  return within(limitMs, done, false);
}

/**
 * Connects to Redis for a command.
 *
 * @param limitMs the time limit for connecting, and for each later Redis command; by default some seconds.
 * @throws ShopError `UNAVAILABLE` or `CONFIG`
 */
export async function openRedis(url: string, limitMs?: number): Promise<RedisClient> {
  try {
    return await connectRedis(url, limitMs);
  } catch (error) {
    throw translateRedisError(error, url);
  }
}

/** Reads the version of MySQL. @throws ShopError `UNAVAILABLE` or `CONFIG` */
export async function pingDatabase(url: string): Promise<{ version: string }> {
  try {
    const session = await connect(url, { statementMs: STATEMENT_MS });
    try {
      return { version: await serverVersion(session) };
    } finally {
      await session.close();
    }
  } catch (error) {
    throw translateDatabaseError(error, url);
  }
}

/** Reads the version of Redis. @throws ShopError `UNAVAILABLE` or `CONFIG` */
export async function pingRedis(url: string): Promise<{ version: string }> {
  const client = await openRedis(url);
  try {
    return { version: /redis_version:(\S+)/.exec(await client.info('server'))?.[1] ?? 'unknown' };
  } finally {
    client.disconnect();
  }
}

async function connectWithRetries(url: string, limits: SessionLimits): Promise<Session> {
  const start = Date.now();
  for (let wait = 50; ; wait = Math.min(wait * 2, 1_000)) {
    try {
      return await connect(url, { statementMs: STATEMENT_MS, ...limits });
    } catch (error) {
      if (Date.now() + wait > start + retryLimitMs(error)) throw translateDatabaseError(error, url);
      await delay(wait * (0.5 + Math.random() / 2));
    }
  }
}

/** Returns the milliseconds for which connecting is retried after this error; 0 for most errors. */
function retryLimitMs(error: unknown): number {
  if (error instanceof NoPrimary) return error.answered ? FAILOVER_RETRY_MS : 0;
  const full = error instanceof DatabaseError && error.errno !== null && TOO_MANY_CONNECTIONS.has(error.errno);
  return full ? CONNECT_RETRY_MS : 0;
}

const ADDRESS_OF = { MySQL: databaseAddress, Redis: redisAddressText };
const LATE = Symbol('late');

/**
 * Waits for work that needs a server. The work continues after the time limit.
 *
 * @throws ShopError `UNAVAILABLE` when the time limit is reached.
 */
export async function awaitWork<T>(
  server: keyof typeof ADDRESS_OF,
  url: string,
  limitMs: number,
  work: Promise<T>,
): Promise<T> {
  const result = await within(limitMs, work, LATE);
  if (result !== LATE) return result;
  const reason = `no reply within ${limitMs / 1_000} s`;
  throw new ShopError('UNAVAILABLE', { server, address: ADDRESS_OF[server](url), reason });
}
