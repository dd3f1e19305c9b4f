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

/** Redis can't be reached, or refuses; `message` is the reason. */
export class RedisError extends Error {
  override readonly name = 'RedisError';

  constructor(cause: unknown) {
    super(reasonOf(cause), { cause });
  }
}

const COMMAND_TIMEOUT_MS = 10_000;
const CONNECT_LIMIT_MS = CONNECT_TIMEOUT_MS + COMMAND_TIMEOUT_MS;

/**
 * For a command: connects now or fails, and gives up on a statement that gets no answer. Of a cluster, or by sentinels, a
 * primary that has failed is waited for within these limits: another one is to take over from it.
 *
 * @param limitMs how long connecting may take in all, and each statement after it.
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

/** The last error of a connection that was not made, or was lost. */
interface Failure {
  cause?: unknown;
}

async function connect(driver: DriverOptions, limitMs?: number): Promise<RedisClient> {
  const failure: Failure = {};
  const client = await createClient(driver, failure, limitMs);
  try {
    // a server that hangs takes the connection and never says that it is ready
    await inTime(limitMs ?? CONNECT_LIMIT_MS, ready(client));
  } catch (error) {
    // one that has ended would wait for its socket's end once more
    if (client.status !== 'end') client.disconnect();
    // the end says no more than that the connection is closed; the event before it says why
    throw new RedisError(refusalOf(failure.cause ?? error));
  }
  return client;
}

/** Connects; an attempt may fail as long as another one follows. */
async function ready(client: RedisClient): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    client.once('ready', resolve);
    client.once('end', () => reject(new Error('the connection is closed')));
    client.connect().catch(() => {});
  });
  // any node of a cluster may be the one that has failed, and one of them has answered
  if (!client.isCluster) await client.ping();
}

async function createClient(driver: DriverOptions, failure: Failure, limitMs?: number): Promise<RedisClient> {
  // loaded here: most commands that may use Redis end without it
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
    // the driver goes on behind the sentinel that it has asked before: it comes to the first one in its second round
    sentinelRetryStrategy: (rounds) => (rounds === 1 ? 1 : null),
    // one that is there and refuses will not do otherwise
    retryStrategy: () => (isRefusal(failure.cause) ? null : retries.next()),
  };
  const client =
    driver.kind === 'cluster'
      ? new Cluster(driver.nodes, {
          ...CLUSTER_OPTIONS,
          redisOptions: options,
          lazyConnect: true,
          // where none of its nodes is there, none will be
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

/** Pauses between attempts to connect again, for so many milliseconds from the first. */
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

/** What sentinels refuse is told at the end of what the driver says of all of them. */
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
 * Of nodes or sentinels of which none was of use the driver says no more than that: the first of them says why.
 *
 * @throws RedisError where it does.
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
    const answer = await sentinel
      .call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', name ?? '')
      .catch(failed)
      .finally(() => sentinel.disconnect());
    if (answer === null) throw new RedisError(new Error(`the sentinels know no master of the name ${name}`));
  }
}

/**
 * What a client answers, or that it does not in time: what a cluster's client sends at once it sends again without a limit
 * of its own, while the nodes are not agreed on who is to take it.
 *
 * @throws RedisError
 */
export async function answered<T>(client: RedisClient, answer: Promise<T>): Promise<T> {
  const limitMs = client.isCluster ? (client as Cluster).options.redisOptions?.commandTimeout : undefined;
  if (limitMs === undefined) return answer.catch(failed);
  return inTime(limitMs, answer).catch(failed);
}

const LATE = Symbol('late');

/** Waits for an answer. @throws Error when the time is over */
async function inTime<T>(limitMs: number, answer: Promise<T>): Promise<T> {
  const result = await within(limitMs, answer, LATE);
  if (result === LATE) throw new Error('no answer in time');
  return result;
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
  const replies = await answered(client, client.multi().get(key).pttl(key).exec());
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
