import type { Context } from '../../cli/context.ts';
import type { RankingAddress, ShopRanking } from '../../domain/ranking/ranking.ts';

/** Returns the servers and settings of the ranking. @throws ShopError `CONFIG` if MySQL or Redis is not configured. */
export async function rankingAddress(context: Context): Promise<RankingAddress> {
  const { prefix, rankingPeriodMs, replica } = await context.config();
  const [databaseUrl, redisUrl] = [await context.databaseUrl(), await context.redisUrl()];
  return { databaseUrl, redisUrl, prefix, periodMs: rankingPeriodMs, replica };
}

/** Opens the ranking. It is closed when the command ends. @throws ShopError `CONFIG` */
export async function openRanking(context: Context): Promise<ShopRanking> {
  const address = await rankingAddress(context);
  const [ranking, { replicaNotUsed }] = await Promise.all([
    import('../../domain/ranking/ranking.ts'),
    import('../../domain/servers/replica.ts'),
  ]);
  const opened = new ranking.ShopRanking(address, (why) => context.say(replicaNotUsed(why)));
  context.release(() => opened.close());
  return opened;
}
