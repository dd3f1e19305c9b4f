import * as z from 'zod/mini';
import { type RedisClient, readText, writeText } from '../../db/redis/client.ts';
import { MAX_AMOUNT, MAX_POINTS } from '../input.ts';
import { rankingKey } from '../servers/redis-keys.ts';
import { RANKS, type Ranking } from './compute.ts';

/** Number of missed refreshes after which a ranking counts as stale. */
const STALE_PERIODS = 3;
/**
 * Number of refresh periods after which Redis drops the ranking. Until then a stale ranking is returned, and marked as stale.
 */
const LIFE_PERIODS = 10;

const TIME = z.iso.datetime({ precision: 3 });
const ID = z.int().check(z.positive());

/**
 * The schema of the cached value. Another version of the program may store a value of another shape. Such a value is ignored.
 */
const ENTRY = z.strictObject({
  version: z.literal(1),
  /**
   * The time to live when the ranking was stored. The ranking's age is this value minus the remaining time to live, by Redis's
   * own clock.
   */
  lifeMs: ID,
  from: TIME,
  to: TIME,
  refreshedAt: TIME,
  items: z
    .array(
      z.strictObject({
        rank: z.int().check(z.minimum(1), z.maximum(RANKS)),
        productId: ID,
        name: z.string(),
        price: ID.check(z.maximum(MAX_AMOUNT)),
        sold: ID.check(z.maximum(MAX_POINTS)),
      }),
    )
    .check(z.maxLength(RANKS)),
});

/** A ranking that was read from the cache. */
export interface CachedRanking extends Ranking {
  /** True if the ranking has not been refreshed for three refresh periods. */
  readonly stale: boolean;
  /** The time since the ranking's refresh, by Redis's own clock. */
  readonly ageMs: number;
}

/** The ranking in Redis, under one key. A value that is not a ranking is ignored and overwritten. */
export class RankingCache {
  readonly #client: RedisClient;
  readonly #key: string;
  readonly #periodMs: number;

  /** @param client the client, which the caller closes. */
  constructor(client: RedisClient, prefix: string, periodMs: number) {
    this.#client = client;
    this.#key = rankingKey(prefix);
    this.#periodMs = periodMs;
  }

  /** Reads the ranking; null if there is none. @throws RedisError */
  async read(): Promise<CachedRanking | null> {
    const stored = await readText(this.#client, this.#key);
    const entry = stored === null ? null : parseEntry(stored.text);
    if (stored === null || entry === null || stored.leftMs > entry.lifeMs) return null;
    const { from, to, refreshedAt, items, lifeMs } = entry;
    const ageMs = lifeMs - stored.leftMs;
    return {
      from: new Date(from),
      to: new Date(to),
      refreshedAt: new Date(refreshedAt),
      items,
      stale: ageMs > STALE_PERIODS * this.#periodMs,
      ageMs,
    };
  }

  /** Stores the ranking. @throws RedisError */
  async write(ranking: Ranking): Promise<void> {
    const lifeMs = LIFE_PERIODS * this.#periodMs;
    const { from, to, refreshedAt, items } = ranking;
    await writeText(
      this.#client,
      this.#key,
      JSON.stringify({ version: 1, lifeMs, from, to, refreshedAt, items }),
      lifeMs,
    );
  }
}

function parseEntry(text: string): z.infer<typeof ENTRY> | null {
  try {
    return ENTRY.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    // the value is not JSON
    return null;
  }
}
