import { connectRedis, RedisError } from './client.ts';
import { parseRedisUrl, sentinelUrls } from './url.ts';

/** State of a primary, as reported by its sentinels. */
export interface SentinelView {
  readonly primary: string;
  /** Number of sentinels. */
  readonly sentinels: number;
  /** Number of sentinels that respond. */
  readonly answering: number;
  /** Number of sentinels that must agree that the primary has failed. */
  readonly quorum: number;
  /** Number of replicas that could take over. */
  readonly replicas: number;
}

/** Queries the sentinels of a URL, one after another. @throws RedisError if none responds. */
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

/** Parses a reply with alternating names and values. */
function fieldsOf(reply: unknown): ReadonlyMap<string, string> {
  const words = Array.isArray(reply) ? reply.map(String) : [];
  const fields = new Map<string, string>();
  for (let at = 0; at + 1 < words.length; at += 2) fields.set(words[at] ?? '', words[at + 1] ?? '');
  return fields;
}
