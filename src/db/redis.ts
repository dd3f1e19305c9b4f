import type { Redis, RedisOptions } from 'ioredis';
import { redisTls } from './tls.ts';
import { hostOf } from './url.ts';

export type RedisClient = Redis;

/** Redis can't be reached, or refuses; `message` is the reason. */
export class RedisError extends Error {
  override readonly name = 'RedisError';

  constructor(cause: unknown) {
    super(reasonOf(cause), { cause });
  }
}

/** The driver's options for a `redis://` or `rediss://` URL; it would parse the URL by means that Node deprecates. */
export function redisOptions(url: string): RedisOptions {
  const { port, username, password, pathname } = new URL(url);
  const tls = tlsOptions(url);
  return {
    host: hostOf(url),
    port: port === '' ? 6379 : Number(port),
    db: Number(pathname.slice(1)),
    ...(username === '' ? {} : { username: decodeURIComponent(username) }),
    ...(password === '' ? {} : { password: decodeURIComponent(password) }),
    ...(tls === undefined ? {} : { tls }),
  };
}

function tlsOptions(url: string) {
  try {
    return redisTls(url);
  } catch (cause) {
    throw new RedisError(cause);
  }
}

/** For one attempt to connect. */
export const CONNECT_TIMEOUT_MS = 5_000;
const COMMAND_TIMEOUT_MS = 10_000;
const CONNECT_LIMIT_MS = CONNECT_TIMEOUT_MS + COMMAND_TIMEOUT_MS;

/**
 * For a command: connects now or fails, and gives up on a statement that gets no answer.
 *
 * @param limitMs how long connecting may take in all, and each statement after it.
 * @throws RedisError
 */
export async function connectRedis(url: string, limitMs?: number): Promise<RedisClient> {
  // loaded here: most commands that may use Redis end without it
  const { Redis } = (await import('ioredis')).default;
  const failure: { cause?: unknown } = {};
  const client = new Redis({
    ...redisOptions(url),
    lazyConnect: true,
    connectTimeout: limitMs ?? CONNECT_TIMEOUT_MS,
    commandTimeout: limitMs ?? COMMAND_TIMEOUT_MS,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
  } satisfies RedisOptions);
  client.on('error', (cause) => {
    failure.cause = cause;
  });
  // a server that hangs takes the connection and never says that it is ready
  const limit = setTimeout(() => {
    failure.cause ??= new Error('no answer in time');
    client.disconnect();
  }, limitMs ?? CONNECT_LIMIT_MS);
  try {
    await client.connect();
    await client.ping();
  } catch (error) {
    client.disconnect();
    // connect() says no more than that the connection is closed; the event before it says why
    throw new RedisError(failure.cause ?? error);
  } finally {
    clearTimeout(limit);
  }
  return client;
}

/** Text under a key, and how much longer it stays. */
export interface StoredText {
  readonly text: string;
  /** Milliseconds until it expires. */
  readonly leftMs: number;
}

/**
 * The text under `key`, or null where there is none: no key, one of another type, or one that never expires.
 *
 * @throws RedisError
 */
export async function readText(client: RedisClient, key: string): Promise<StoredText | null> {
  // as one, or the time could be that of another text
  const replies = await client.multi().get(key).pttl(key).exec().catch(failed);
  const [[wrongType, text] = [null, null], [error, leftMs] = [null, null]] = replies ?? [];
  if (error !== null) throw new RedisError(error);
  if (wrongType !== null) {
    if (wrongType.message.startsWith('WRONGTYPE')) return null;
    throw new RedisError(wrongType);
  }
  return typeof text === 'string' && typeof leftMs === 'number' && leftMs >= 0 ? { text, leftMs } : null;
}

/** Puts text under `key`, whatever is there, for so many milliseconds. @throws RedisError */
export async function writeText(client: RedisClient, key: string, text: string, lifeMs: number): Promise<void> {
  await client.set(key, text, 'PX', lifeMs).catch(failed);
}

function failed(cause: unknown): never {
  throw new RedisError(cause);
}

function reasonOf(cause: unknown): string {
  if (cause instanceof AggregateError && cause.errors.length > 0) return cause.errors.map(reasonOf).join(', ');
  return cause instanceof Error ? cause.message : String(cause);
}
