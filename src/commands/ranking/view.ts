import type { Context } from '../../cli/context.ts';
import { type Column, fields, type View } from '../../cli/output/view.ts';
import { phrase } from '../../domain/phrase.ts';
import type { RankedProduct } from '../../domain/ranking.ts';
import type { RankingAddress, RankingAnswer } from '../../domain/shop-ranking.ts';

/** The ranking together with one of its products: one row of a flat format. */
type Row = RankingAnswer & { readonly item: RankedProduct };

const ITEM_COLUMNS: readonly Column<Row>[] = [
  { name: 'rank', value: ({ item }) => item.rank },
  { name: 'productId', value: ({ item }) => item.productId, kind: 'identifier' },
  { name: 'name', value: ({ item }) => item.name },
  { name: 'price', value: ({ item }) => item.price },
  { name: 'sold', value: ({ item }) => item.sold },
];

export const RANKING: View<RankingAnswer, Row> = {
  kind: 'record',
  columns: fields<Row>('from', 'to', 'refreshedAt', 'source', 'stale'),
  rows: (ranking) => ranking.items.map((item) => ({ ...ranking, item })),
  lines: { columns: ITEM_COLUMNS, empty: phrase('Nothing was sold.'), bars: ({ item }) => item.sold },
};

/** Where the ranking is computed and kept. @throws ShopError `CONFIG` where MySQL or Redis is not configured. */
export async function rankingAddress(context: Context): Promise<RankingAddress> {
  const { prefix, rankingPeriodMs, replica } = await context.config();
  const [databaseUrl, redisUrl] = [await context.databaseUrl(), await context.redisUrl()];
  return { databaseUrl, redisUrl, prefix, periodMs: rankingPeriodMs, replica };
}
