import { type RedisClient, RedisError } from '../../db/redis/client.ts';
import { nodesOf } from '../../db/redis/cluster.ts';

/**
 * The fields of `INFO` by name; empty if the account may not read it. Hosted servers often refuse CONFIG, but allow
 * INFO.
 */
export type RedisInfo = ReadonlyMap<string, string>;

/** Reads the `INFO` of a server. @throws RedisError */
export async function readInfo(client: RedisClient): Promise<RedisInfo> {
  const text = (await permitted(() => client.info())) ?? '';
  return new Map(text.split('\r\n').flatMap((line) => (line.includes(':') ? [splitOnce(line)] : [])));
}

/** Reads the `INFO` of each node of a cluster, or of the single server. @throws RedisError */
export async function readNodeInfos(client: RedisClient): Promise<{ address: string; info: RedisInfo }[]> {
  return Promise.all(
    nodesOf(client).map(async (node) => ({ address: node.address, info: await readInfo(node.client) })),
  );
}

function splitOnce(line: string): [string, string] {
  const colon = line.indexOf(':');
  return [line.slice(0, colon), line.slice(colon + 1)];
}

/** Runs a command of Redis; returns null if the account may not run it, or a hosted server has removed it. */
export async function permitted<T>(ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask();
  } catch (cause) {
    const error = new RedisError(cause);
    if (/^(NOPERM|ERR unknown (sub)?command)/i.test(error.message)) return null;
    throw error;
  }
}
