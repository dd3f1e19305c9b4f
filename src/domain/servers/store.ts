import { setTimeout as delay } from 'node:timers/promises';
import { connect, requirePackets, type Session, type SessionLimits, serverVersion } from '../../db/mysql/connection.ts';
import type { DataSource } from '../../db/mysql/data-source.ts';
import { DatabaseError } from '../../db/mysql/errors.ts';
import { NoPrimary, requireWrites } from '../../db/mysql/failover.ts';
import { awaitReply, connectRedis, type RedisClient } from '../../db/redis/client.ts';
import { RedisSubscription } from '../../db/redis/subscription.ts';
import { onCurrentSchema, requireCurrentSchema } from '../../db/schema.ts';
import { within } from '../../db/within.ts';
import { translateDatabaseError } from './mysql-errors.ts';
import { translateRedisError } from './redis-errors.ts';

export type { DataSource, RedisClient, Session };
export { awaitReply, RedisSubscription, within };

const CONNECT_PATIENCE_MS = 15_000;
/**
 * Where none of several hosts takes writes, one of them may be about to: a failover is a pause, and no error. Group
 * Replication, as it is set unless told otherwise, has a new primary after some twelve seconds.
 */
const FAILOVER_PATIENCE_MS = 20_000;
/** A command's statements are short; one that takes this long has no server behind it. */
const STATEMENT_MS = 30_000;
/** A connection that takes longer to answer is given up for a new one. */
const SIGN_OF_LIFE_MS = 2_000;
const GOODBYE_MS = 1_000;
const TOO_MANY_CONNECTIONS: ReadonlySet<number> = new Set([1040, 1203, 1226]);

/**
 * Opens a session on a database whose schema is this program's. A server with no connection to spare is asked again
 * for some seconds, for many commands may run at once; so are several hosts of which none takes writes right now.
 *
 * @throws ShopError `UNAVAILABLE` or `CONFIG`
 */
export async function openSession(url: string, limits: SessionLimits = {}): Promise<Session> {
  const session = await connectPatiently(url, limits);
  try {
    return await onCurrentSchema(requirePackets(session));
  } catch (error) {
    throw translateDatabaseError(error, url);
  }
}

/**
 * Opens TypeORM on a database whose schema is this program's.
 *
 * @throws ShopError `UNAVAILABLE` or `CONFIG`
 */
export async function openOrm(url: string): Promise<DataSource> {
  const session = await openSession(url);
  await session.close();
  try {
    const { openDataSource } = await import('../../db/mysql/data-source.ts');
    return await openDataSource(url, { statementMs: STATEMENT_MS });
  } catch (error) {
    throw translateDatabaseError(error, url);
  }
}

/** Closes TypeORM, behind what it does now, and without waiting for a server that does not answer. */
export async function closeOrm(orm: DataSource): Promise<void> {
  if (orm.isInitialized) await inTime(orm.destroy(), GOODBYE_MS);
}

/** Whether a session that has waited for a while can be used on: the server is there, with the schema of this program. */
export async function isSessionUsable(session: Session): Promise<boolean> {
  const check = async () => {
    if (session.chosen) await requireWrites(session);
    await requireCurrentSchema(session);
  };
  return !session.broken && inTime(check(), SIGN_OF_LIFE_MS);
}

/** The same of TypeORM. Its pool may have made another connection meanwhile, which gets its settings here. */
export async function isOrmUsable(orm: DataSource, readOnly = false): Promise<boolean> {
  const { prepare } = await import('../../db/mysql/data-source.ts');
  const check = async () => {
    await prepare(orm, readOnly);
    await requireCurrentSchema({ query: (sql) => orm.query(sql) });
  };
  return orm.isInitialized && inTime(check(), SIGN_OF_LIFE_MS);
}

/** Whether a client of Redis that has waited for a while can be used on. */
export async function isRedisUsable(redis: RedisClient): Promise<boolean> {
  if (redis.status !== 'ready') return false;
  // which node of a cluster would answer says nothing of the one that is to be asked; its client finds that by itself
  return redis.isCluster || inTime(redis.ping(), SIGN_OF_LIFE_MS);
}

/** Whether `work` ends well within so many milliseconds. */
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
 * @param limitMs how long connecting may take in all, and each statement after it; some seconds unless it is given.
 * @throws ShopError `UNAVAILABLE` or `CONFIG`
 */
export async function openRedis(url: string, limitMs?: number): Promise<RedisClient> {
  try {
    return await connectRedis(url, limitMs);
  } catch (error) {
    throw translateRedisError(error, url);
  }
}

/** The server's version, where it answers. @throws ShopError `UNAVAILABLE` or `CONFIG` */
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

/** The server's version, where it answers. @throws ShopError `UNAVAILABLE` or `CONFIG` */
export async function pingRedis(url: string): Promise<{ version: string }> {
  const client = await openRedis(url);
  try {
    return { version: /redis_version:(\S+)/.exec(await client.info('server'))?.[1] ?? 'unknown' };
  } finally {
    client.disconnect();
  }
}

async function connectPatiently(url: string, limits: SessionLimits): Promise<Session> {
  const start = Date.now();
  for (let wait = 50; ; wait = Math.min(wait * 2, 1_000)) {
    try {
      return await connect(url, { statementMs: STATEMENT_MS, ...limits });
    } catch (error) {
      if (Date.now() + wait > start + patienceWith(error)) throw translateDatabaseError(error, url);
      await delay(wait * (0.5 + Math.random() / 2));
    }
  }
}

/** For how many milliseconds connecting is tried again after this error: not at all after most. */
function patienceWith(error: unknown): number {
  if (error instanceof NoPrimary) return error.answered ? FAILOVER_PATIENCE_MS : 0;
  const full = error instanceof DatabaseError && error.errno !== null && TOO_MANY_CONNECTIONS.has(error.errno);
  return full ? CONNECT_PATIENCE_MS : 0;
}
