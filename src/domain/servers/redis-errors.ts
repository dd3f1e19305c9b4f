import { type RedisClient, RedisError } from '../../db/redis/client.ts';
import { redisAddressText } from '../../db/redis/url.ts';
import { isTlsError } from '../../db/tls-errors.ts';
import { ShopError } from '../errors.ts';
import { phrase } from '../phrase.ts';
import { type RedisInfo, readInfo } from './redis-info.ts';
import { respondedWithError } from './responded.ts';
import { untrusted } from './untrusted.ts';

/** Errors that show that the URL does not fit the server, with a hint for each. */
const MISNAMED_REDIS = [
  {
    reason: /^MOVED /,
    hint: phrase('The server is a node of a cluster: SHOP_REDIS_URL must begin with redis+cluster://.'),
  },
  {
    reason: /cluster support disabled/,
    hint: phrase('The server is not a cluster: SHOP_REDIS_URL must begin with redis:// or redis+sentinel://.'),
  },
  {
    reason: /^the sentinels know no master/,
    hint: phrase('Check the name of the master at the end of SHOP_REDIS_URL.'),
  },
  {
    reason: /^ERR unknown command .SENTINEL/i,
    hint: phrase(
      'The server is not a sentinel: check the hosts and ports in SHOP_REDIS_URL; sentinels listen on port 26379 by default.',
    ),
  },
] as const;

/** Matches an error that Redis has sent, such as `LOADING Redis is loading the dataset in memory`. */
const RESPONSE = /^[A-Z]{3,} /;

/** Translates an error as `translateRedisError` does. For a full Redis, adds the memory limit if Redis reports it. */
export async function explainRedisError(client: RedisClient, error: unknown, url: string): Promise<unknown> {
  // the error does not say which node of a cluster is full
  if (!(error instanceof RedisError) || !isFull(error) || client.isCluster) return translateRedisError(error, url);
  // an error of this read is ignored, because the first error is the one to report
  const info = await readInfo(client).catch(() => undefined);
  return translateRedisError(error, url, info);
}

function isFull({ message }: RedisError): boolean {
  return message.startsWith('OOM ');
}

/**
 * Translates a Redis error into an expected error. Returns any other error unchanged.
 *
 * @param info the `INFO` of a server that is out of memory, if it is known.
 */
export function translateRedisError(error: unknown, url: string, info?: RedisInfo): unknown {
  if (!(error instanceof RedisError)) return error;
  const address = redisAddressText(url);
  const misnamed = MISNAMED_REDIS.find(({ reason }) => reason.test(error.message));
  if (misnamed !== undefined) {
    return new ShopError(
      'CONFIG',
      { setting: 'SHOP_REDIS_URL', address },
      {
        message: phrase`Redis at ${address} responded with an error: ${error.message}.`,
        hint: misnamed.hint,
        cause: error,
      },
    );
  }
  if (/^(WRONGPASS|NOAUTH|NOPERM|ERR AUTH|ERR invalid password)/i.test(error.message)) {
    return new ShopError(
      'CONFIG',
      { setting: 'SHOP_REDIS_URL', address },
      {
        message: phrase`Redis at ${address} responded with an error: ${error.message}.`,
        hint: phrase(
          'Check the user and password in SHOP_REDIS_URL, and the rights of the user with `redis-cli ACL GETUSER <user>`.',
        ),
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
          ? phrase`Redis at ${address} accepts no more data: it has reached its maxmemory of ${readable}, and its maxmemory-policy is ${policy}.`
          : phrase`Redis at ${address} accepts no more data: it has reached its maxmemory, and its maxmemory-policy evicts nothing.`,
        hint: phrase(
          'Raise maxmemory, for example with `redis-cli CONFIG SET maxmemory 1gb`; `shop doctor` shows how much memory is used.',
        ),
        cause: error,
      },
    );
  }
  if (error.message.startsWith('READONLY ')) {
    return new ShopError(
      'UNAVAILABLE',
      { server: 'Redis', address, reason: error.message },
      {
        message: phrase`Redis at ${address} is a replica: it accepts no writes.`,
        hint: phrase(
          'Set SHOP_REDIS_URL to the primary, or make this server a primary with `redis-cli REPLICAOF NO ONE`.',
        ),
        cause: error,
      },
    );
  }
  if (isTlsError(error.cause)) return untrusted('Redis', 'SHOP_REDIS_URL', address, error.message, error);
  const details = { server: 'Redis', address, reason: error.message };
  return RESPONSE.test(error.message)
    ? respondedWithError(details, error)
    : new ShopError('UNAVAILABLE', details, { cause: error });
}
