import type { Context } from '../../cli/context.ts';
import type { RankingAddress } from '../../domain/ranking/ranking.ts';

/** Where the ranking is computed and kept. @throws ShopError `CONFIG` where MySQL or Redis is not configured. */
export async function rankingAddress(context: Context): Promise<RankingAddress> {
  const { prefix, rankingPeriodMs, replica } = await context.config();
  const [databaseUrl, redisUrl] = [await context.databaseUrl(), await context.redisUrl()];
  return { databaseUrl, redisUrl, prefix, periodMs: rankingPeriodMs, replica };
}
