import { connectRedis, RedisError } from './client.ts';
import { parseRedisUrl, sentinelUrls } from './url.ts';

/** What sentinels say of the server that they watch. */
export interface SentinelView {
  /** Where the primary is. */
  readonly primary: string;
  /** How many sentinels there are, how many of them answer, and how many must agree that the primary has failed. */
  readonly sentinels: number;
  readonly answering: number;
  readonly quorum: number;
  /** Replicas that could take over. */
  readonly replicas: number;
}

/** Asks the sentinels that a URL names, one after another. @throws RedisError where none answers. */
export async function readSentinels(url: string, limitMs: number): Promise<SentinelView> {
  const { master } = parseRedisUrl(url);
  let answering = 0;
  let view: Omit<SentinelView, 'answering'> | null = null;
  let failure: unknown = null;
  for (const sentinel of sentinelUrls(url)) {
    try {
      const client = await connectRedis(sentinel, limitMs);
      const ask = (...args: string[]) => client.call('SENTINEL', ...args) as Promise<unknown>;
      try {
        const primary = fieldsOf(await ask('MASTER', master));
        const replicas = (await ask('REPLICAS', master)) as unknown[];
        view = {
          primary: `${primary.get('ip')}:${primary.get('port')}`,
          sentinels: Number(primary.get('num-other-sentinels')) + 1,
          quorum: Number(primary.get('quorum')),
          replicas: replicas.filter((replica) => !/down|disconnected/.test(fieldsOf(replica).get('flags') ?? ''))
            .length,
        };
        answering++;
      } finally {
        client.disconnect();
      }
    } catch (error) {
      failure = error;
    }
  }
  if (view === null) throw failure instanceof RedisError ? failure : new RedisError(failure);
  return { ...view, answering };
}

/** Names and values in turn. */
function fieldsOf(reply: unknown): ReadonlyMap<string, string> {
  const words = Array.isArray(reply) ? reply.map(String) : [];
  const fields = new Map<string, string>();
  for (let at = 0; at + 1 < words.length; at += 2) fields.set(words[at] ?? '', words[at + 1] ?? '');
  return fields;
}
