import { setTimeout as delay } from 'node:timers/promises';
import {
  connect,
  requirePackets,
  type Session,
  type SessionLimits,
  SMALLEST_PACKET,
  serverVersion,
} from '../../db/mysql/connection.ts';
import type { DataSource } from '../../db/mysql/data-source.ts';
import { DatabaseError, databaseError, SchemaError, SMALL_PACKETS, TransactionLost } from '../../db/mysql/errors.ts';
import { NoPrimary, requireWrites } from '../../db/mysql/failover.ts';
import { TRANSACTION_IDLE_SECONDS } from '../../db/mysql/idle-limit.ts';
import { databaseAddress } from '../../db/mysql/url.ts';
import { answered, connectRedis, type RedisClient, RedisError } from '../../db/redis/client.ts';
import { RedisSubscription } from '../../db/redis/subscription.ts';
import { redisAddressText } from '../../db/redis/url.ts';
import { onCurrentSchema, requireCurrentSchema } from '../../db/schema.ts';
import { isTlsFault } from '../../db/tls.ts';
import { within } from '../../db/within.ts';
import { ShopError } from '../errors.ts';
import { phrase } from '../phrase.ts';
import { type RedisInfo, readInfo } from './redis-info.ts';

export type { DataSource, RedisClient, Session };
export { answered, RedisSubscription, within };

/** True for an error of the database, whoever has thrown it; `translateDatabaseError` tells what is known of it. */
export function isDatabaseError(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  // what TypeORM wraps is known by what is in it: the bundle gives its classes names of their own
  return error instanceof DatabaseError || error instanceof SchemaError || 'driverError' in error;
}

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
const ACCESS_DENIED: ReadonlySet<number> = new Set([1044, 1045, 1049, 1130, 1142, 1143]);
const TLS_WANTED = 3159;
/** No such column, no such table: worth waiting for in the worker, a bug where a command meets it. */
const SCHEMA_MISMATCH: ReadonlySet<number> = new Set([1054, 1146]);

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

/** True for an error of a statement that names a table or a column which the database does not have. */
export function isSchemaMismatch(error: unknown): boolean {
  const { errno } = databaseError(error);
  return errno !== null && SCHEMA_MISMATCH.has(errno);
}

/** True where `error` is the server's or the network's fault, so that waiting is right and the request is not to blame. */
export function isOutage(error: unknown): boolean {
  return error instanceof DatabaseError && error.kind === 'outage';
}

/** True where `error` says that another session was in the way: nobody is to blame, and the transaction may be tried again. */
export function isConflict(error: unknown): boolean {
  return error instanceof DatabaseError && error.kind === 'conflict';
}

/**
 * An error of the database as an expected one, where it is the server's, the network's or the configuration's fault.
 *
 * @param setting what has named the database.
 */
export function translateDatabaseError(error: unknown, url: string, setting = 'SHOP_DATABASE_URL'): unknown {
  if (error instanceof SchemaError) return schemaProblem(error);
  if (error instanceof ShopError) return error;
  const { code, errno, kind, message, cause } = databaseError(error);
  const address = databaseAddress(url);
  if (errno !== null && ACCESS_DENIED.has(errno)) {
    return new ShopError(
      'CONFIG',
      { setting, address },
      {
        message: phrase`MySQL at ${address} refuses: ${message}.`,
        hint: phrase`Check user, password and database in ${setting}, and its ssl-mode where the server wants TLS.`,
        cause,
      },
    );
  }
  if (code === SMALL_PACKETS) {
    return new ShopError(
      'CONFIG',
      { setting: 'max_allowed_packet', address, reason: message },
      {
        message: phrase`MySQL at ${address} takes no statements of the size that shop may send: ${message}.`,
        hint: phrase`Run \`SET PERSIST max_allowed_packet = ${String(SMALLEST_PACKET)}\` there (MariaDB: SET GLOBAL, and its configuration file), and try again.`,
        cause,
      },
    );
  }
  if (errno === TLS_WANTED || isTlsFault(cause)) return untrusted('MySQL', setting, address, message, cause);
  if (errno !== null && SCHEMA_MISMATCH.has(errno)) return error;
  const details = { server: 'MySQL', address, reason: message };
  if (error instanceof TransactionLost) {
    return new ShopError('UNAVAILABLE', details, {
      message: phrase`The connection to MySQL at ${address} was lost in the middle of a transaction, of which nothing was applied: ${message}.`,
      hint: phrase`Give the same command again. One that is suspended for ${TRANSACTION_IDLE_SECONDS} s loses its transaction.`,
      cause,
    });
  }
  if (kind === 'outage') return new ShopError('UNAVAILABLE', details, { cause });
  return error;
}

/**
 * The error of a database that went away, or null where `error` is any other: one of missing rights, too, on which
 * waiting and trying again is wasted.
 */
export function lostDatabase(error: unknown, url: string): ShopError | null {
  if (!isOutage(error)) return null;
  const known = translateDatabaseError(error, url);
  return known instanceof ShopError && known.code === 'UNAVAILABLE' ? known : null;
}

/** What a server says that is of another kind than the URL has it. */
const MISNAMED_REDIS = [
  { reason: /^MOVED /, hint: phrase('It is a node of a cluster: SHOP_REDIS_URL has to begin with redis+cluster://.') },
  {
    reason: /cluster support disabled/,
    hint: phrase('It is no cluster: SHOP_REDIS_URL has to begin with redis://, or redis+sentinel://.'),
  },
  { reason: /^the sentinels know no master/, hint: phrase('Check the name that ends SHOP_REDIS_URL.') },
  {
    reason: /^ERR unknown command .SENTINEL/i,
    hint: phrase('It is no sentinel: check hosts and ports in SHOP_REDIS_URL; sentinels listen on 26379 by default.'),
  },
] as const;

/** The same as `translateRedisError`; of a full Redis it also says how full it may be, if Redis says so. */
export async function explainRedisError(client: RedisClient, error: unknown, url: string): Promise<unknown> {
  // which node of a cluster is full, the error does not say
  if (!(error instanceof RedisError) || !isFull(error) || client.isCluster) return translateRedisError(error, url);
  // the error that led here is the one to report
  const info = await readInfo(client).catch(() => undefined);
  return translateRedisError(error, url, info);
}

function isFull({ message }: RedisError): boolean {
  return message.startsWith('OOM ');
}

/**
 * An error of Redis as an expected one.
 *
 * @param info of the server that is full.
 */
export function translateRedisError(error: unknown, url: string, info?: RedisInfo): unknown {
  if (!(error instanceof RedisError)) return error;
  const address = redisAddressText(url);
  const misnamed = MISNAMED_REDIS.find(({ reason }) => reason.test(error.message));
  if (misnamed !== undefined) {
    return new ShopError(
      'CONFIG',
      { setting: 'SHOP_REDIS_URL', address },
      { message: phrase`Redis at ${address} refuses: ${error.message}.`, hint: misnamed.hint, cause: error },
    );
  }
  if (/^(WRONGPASS|NOAUTH|NOPERM|ERR AUTH|ERR invalid password)/i.test(error.message)) {
    return new ShopError(
      'CONFIG',
      { setting: 'SHOP_REDIS_URL', address },
      {
        message: phrase`Redis at ${address} refuses: ${error.message}.`,
        hint: phrase('Check the password in SHOP_REDIS_URL.'),
        cause: error,
      },
    );
  }
  if (isFull(error)) {
    const [maxmemory, readable, policy] = ['maxmemory', 'maxmemory_human', 'maxmemory_policy'].map((name) =>
      info?.get(name),
    );
    const known = maxmemory !== undefined && readable !== undefined && policy !== undefined;
    return new ShopError(
      'UNAVAILABLE',
      {
        server: 'Redis',
        address,
        reason: error.message,
        ...(known ? { maxmemory: Number(maxmemory), maxmemoryPolicy: policy } : {}),
      },
      {
        message: known
          ? phrase`Redis at ${address} takes no more data: it has reached its maxmemory, which is ${readable}, and its maxmemory-policy is ${policy}.`
          : phrase`Redis at ${address} takes no more data: it has reached its maxmemory, and its maxmemory-policy evicts nothing.`,
        hint: phrase('Raise it, as with `redis-cli CONFIG SET maxmemory 1gb`; `shop doctor` shows how much is used.'),
        cause: error,
      },
    );
  }
  if (error.message.startsWith('READONLY ')) {
    return new ShopError(
      'UNAVAILABLE',
      { server: 'Redis', address, reason: error.message },
      {
        message: phrase`Redis at ${address} is a replica: it takes no writes.`,
        hint: phrase('Name its primary in SHOP_REDIS_URL, or make it a primary with `redis-cli REPLICAOF NO ONE`.'),
        cause: error,
      },
    );
  }
  if (isTlsFault(error.cause)) return untrusted('Redis', 'SHOP_REDIS_URL', address, error.message, error);
  return new ShopError('UNAVAILABLE', { server: 'Redis', address, reason: error.message }, { cause: error });
}

/** There is a server, and no connection to it that both ends trust. */
function untrusted(server: string, setting: string, address: string, reason: string, cause: unknown): ShopError {
  return new ShopError(
    'CONFIG',
    { setting, address, reason },
    {
      message: phrase`There is no trusted connection to ${server} at ${address}: ${reason}.`,
      hint: phrase`Set the TLS options of ${setting} (ssl-mode, ssl-ca, ssl-cert, ssl-key) to what the server has and wants.`,
      cause,
    },
  );
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

/** The error `CONFIG` of a schema that is not this program's. */
export function schemaProblem({ state, migrations }: Pick<SchemaError, 'state' | 'migrations'>): ShopError {
  if (state === 'ahead') {
    return new ShopError(
      'CONFIG',
      { schema: state, migrations },
      {
        message: phrase`The database is newer than this program: it has ${migrations.join(', ')}.`,
        hint: phrase('Upgrade shop on this machine.'),
      },
    );
  }
  if (state === 'obsolete') {
    return new ShopError(
      'CONFIG',
      { schema: state, migrations },
      {
        message: phrase('The database was made by a version of shop before 0.2, from which there is no upgrade.'),
        hint: phrase(
          'Export users and products with that version and import them into an empty database, or start again with an empty one: name it in SHOP_DATABASE_URL, or run `shop dev reset` for the local one.',
        ),
      },
    );
  }
  return new ShopError(
    'CONFIG',
    { schema: state, migrations },
    {
      message:
        state === 'missing'
          ? phrase('The database has not been migrated.')
          : phrase`The database lacks ${migrations.join(', ')}.`,
      hint: phrase('Run `shop db migrate`.'),
    },
  );
}

/** For how many milliseconds connecting is tried again after this error: not at all after most. */
function patienceWith(error: unknown): number {
  if (error instanceof NoPrimary) return error.answered ? FAILOVER_PATIENCE_MS : 0;
  const full = error instanceof DatabaseError && error.errno !== null && TOO_MANY_CONNECTIONS.has(error.errno);
  return full ? CONNECT_PATIENCE_MS : 0;
}
