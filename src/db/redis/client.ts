import type { Cluster, Redis, RedisOptions } from 'ioredis';
import { isTlsError } from '../tls-errors.ts';
import { within } from '../within.ts';
import {
  CLUSTER_OPTIONS,
  CONNECT_TIMEOUT_MS,
  type DriverOptions,
  driverOptions,
  FAILOVER_RETRY_MS,
} from './options.ts';

export type RedisClient = Redis | Cluster;

/** Reports that Redis can't be reached, or refused a command. */
export class RedisError extends Error {
  override readonly name = 'RedisError';

  constructor(cause: unknown) {
    super(reasonOf(cause), { cause });
  }
}

const COMMAND_TIMEOUT_MS = 10_000;
const CONNECT_LIMIT_MS = CONNECT_TIMEOUT_MS + COMMAND_TIMEOUT_MS;

/**
 * Connects to Redis for a command, with time limits. In a cluster, or with sentinels, the function waits within these limits
 * for a new primary if the old one has failed.
 *
 * @param limitMs time limit for connecting, and for each Redis command after it.
 * @throws RedisError
 */
export async function connectRedis(url: string, limitMs?: number): Promise<RedisClient> {
  const driver = optionsOf(url);
  const started = performance.now();
  try {
    return await connect(driver, limitMs);
  } catch (error) {
    const leftMs = (limitMs ?? CONNECT_LIMIT_MS) - (performance.now() - started);
    if (leftMs > 0) await findReason(driver, error, leftMs);
    throw error;
  }
}

function optionsOf(url: string): DriverOptions {
  try {
    return driverOptions(url);
  } catch (cause) {
    throw new RedisError(cause);
  }
}

/** The last error of a connection that failed or was lost. */
interface Failure {
  cause?: unknown;
}

async function connect(driver: DriverOptions, limitMs?: number): Promise<RedisClient> {
  const failure: Failure = {};
  const client = await createClient(driver, failure, limitMs);
  try {
    // a server that hangs may accept the connection without ever becoming ready
    await inTime(limitMs ?? CONNECT_LIMIT_MS, ready(client));
  } catch (error) {
    // disconnect() on a client that has ended would wait for its socket again
    if (client.status !== 'end') client.disconnect();
    // the error event has the reason; the end event only reports that the connection is closed
    throw new RedisError(refusalOf(failure.cause ?? error));
  }
  return client;
}

/** Connects, and waits until the client is ready or makes no further attempts. */
async function ready(client: RedisClient): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    client.once('ready', resolve);
    client.once('end', () => reject(new Error('the connection is closed')));
    client.connect().catch(() => {});
  });
  // a cluster's client is ready when one node has responded, and a PING might go to a failed node
  if (!client.isCluster) await client.ping();
}

async function createClient(driver: DriverOptions, failure: Failure, limitMs?: number): Promise<RedisClient> {
  // loaded on demand, because most commands don't need Redis
  const { Redis, Cluster } = (await import('ioredis')).default;
  const statementMs = limitMs ?? COMMAND_TIMEOUT_MS;
  const retries = new RetryLimit(statementMs);
  const options: RedisOptions = {
    ...driver.options,
    lazyConnect: true,
    connectTimeout: limitMs ?? CONNECT_TIMEOUT_MS,
    commandTimeout: statementMs,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  };
  const bySentinels: RedisOptions = {
    ...options,
    maxRetriesPerRequest: null,
    // the driver begins with the sentinel after the last one it used, so it needs a second round to try the earlier ones
    sentinelRetryStrategy: (rounds) => (rounds === 1 ? 1 : null),
    // a server that has refused the connection will also refuse the next attempt
    retryStrategy: () => (isRefusal(failure.cause) ? null : retries.next()),
  };
  const client =
    driver.kind === 'cluster'
      ? new Cluster(driver.nodes, {
          ...CLUSTER_OPTIONS,
          redisOptions: options,
          lazyConnect: true,
          // one attempt tries all nodes, so no further attempt is made if none of them is reachable
          clusterRetryStrategy: () => (isOf(NO_NODE, failure.cause) ? null : retries.next()),
          maxRedirections: Math.ceil(statementMs / FAILOVER_RETRY_MS),
        })
      : new Redis(driver.kind === 'sentinel' ? bySentinels : options);
  client.on('error', (cause) => {
    if (!isOf(NEXT_ROUND, cause)) failure.cause = cause;
  });
  client.on('ready', () => {
    delete failure.cause;
    retries.reset();
  });
  return client;
}

/** Limits the total time for attempts to reconnect. */
class RetryLimit {
  readonly #limitMs: number;
  #deadline: number | null = null;

  constructor(limitMs: number) {
    this.#limitMs = limitMs;
  }

  next(): number | null {
    this.#deadline ??= performance.now() + this.#limitMs;
    return performance.now() < this.#deadline ? FAILOVER_RETRY_MS : null;
  }

  reset(): void {
    this.#deadline = null;
  }
}

function isRefusal(cause: unknown): boolean {
  return isOf(/^(WRONGPASS|NOAUTH|NOPERM|ERR) /, cause) || isTlsError(cause);
}

/** Extracts a sentinel's refusal from the driver's message about all sentinels. Returns any other error unchanged. */
function refusalOf(error: unknown): unknown {
  const [, refusal] = /^All sentinels .* Last error: ((?:WRONGPASS|NOAUTH|NOPERM) .*)$/.exec(reasonOf(error)) ?? [];
  return refusal === undefined ? error : new Error(refusal, { cause: error });
}

const NO_NODE = /^Failed to refresh slots cache/;
const NEXT_ROUND = /^All sentinels are unreachable\. Retrying/;
const NO_SENTINEL = /^All sentinels are unreachable/;

function isOf(message: RegExp, error: unknown): boolean {
  return error instanceof Error && message.test(error.message);
}

/**
 * Finds out why no node or sentinel could be used, by connecting to the first one. The driver's error does not contain the
 * reason.
 *
 * @throws RedisError with the reason, if one is found.
 */
async function findReason(driver: DriverOptions, error: unknown, leftMs: number): Promise<void> {
  if (driver.kind === 'cluster' && isOf(NO_NODE, error)) {
    const node = await connect({ kind: 'server', options: { ...driver.options, ...driver.nodes[0] } }, leftMs);
    await node
      .cluster('INFO')
      .catch(failed)
      .finally(() => node.disconnect());
  }
  if (driver.kind === 'sentinel' && isOf(NO_SENTINEL, error)) {
    const { sentinels, sentinelUsername, sentinelPassword, sentinelTLS, name } = driver.options;
    const sentinel = await connect(
      {
        kind: 'server',
        options: {
          ...sentinels?.[0],
          ...(sentinelUsername === undefined ? {} : { username: sentinelUsername }),
          ...(sentinelPassword === undefined ? {} : { password: sentinelPassword }),
          ...(sentinelTLS === undefined ? {} : { tls: sentinelTLS }),
        },
      },
      leftMs,
    );
    const address = await sentinel
      .call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', name ?? '')
      .catch(failed)
      .finally(() => sentinel.disconnect());
    if (address === null) throw new RedisError(new Error(`the sentinels know no master named ${name}`));
  }
}

/**
 * Waits for a reply. In a cluster, the wait also ends at the client's own limit for commands. Otherwise it could last indefinitely,
 * because the client resends pipelined commands for as long as the nodes disagree about which of them serves a slot.
 *
 * @param limitMs a further time limit.
 * @throws RedisError
 */
export async function awaitReply<T>(
  client: RedisClient,
  reply: Promise<T>,
  limitMs = Number.POSITIVE_INFINITY,
): Promise<T> {
  const ownMs = client.isCluster ? (client as Cluster).options.redisOptions?.commandTimeout : undefined;
  return inTime(Math.min(ownMs ?? limitMs, limitMs), reply).catch(failed);
}

const LATE = Symbol('late');

/** Waits for a reply. @throws Error when the time limit is reached */
async function inTime<T>(limitMs: number, reply: Promise<T>): Promise<T> {
  const result = await within(limitMs, reply, LATE);
  if (result === LATE) throw new Error('no reply in time');
  return result;
}

/** Text stored under a key with an expiry. */
export interface StoredText {
  readonly text: string;
  /** Milliseconds until the text expires. */
  readonly leftMs: number;
}

/**
 * Reads the text under `key`. Returns null if the key does not exist, has another type, or has no expiry.
 *
 * @throws RedisError
 */
export async function readText(client: RedisClient, key: string): Promise<StoredText | null> {
  // text and expiry are read in one transaction, so that they match
  const replies = await awaitReply(client, client.multi().get(key).pttl(key).exec());
  const [[wrongType, text] = [null, null], [error, leftMs] = [null, null]] = replies ?? [];
  if (error !== null) throw new RedisError(error);
  if (wrongType !== null) {
    if (wrongType.message.startsWith('WRONGTYPE')) return null;
    throw new RedisError(wrongType);
  }
  return typeof text === 'string' && typeof leftMs === 'number' && leftMs >= 0 ? { text, leftMs } : null;
}

/** Stores text under `key` for `lifeMs` milliseconds. This replaces any existing value. @throws RedisError */
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
