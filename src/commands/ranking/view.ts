import { type Column, columns, type View } from '../../cli/output/view.ts';
import { phrase } from '../../domain/phrase.ts';
import type { RankedProduct } from '../../domain/ranking/compute.ts';
import type { RankingAnswer } from '../../domain/ranking/ranking.ts';

/** The ranking together with one of its products: one row of a flat format. */
type Row = RankingAnswer & { readonly item: RankedProduct };

const ITEM_COLUMNS: readonly Column<Row>[] = [
  { name: 'rank', value: ({ item }) => item.rank, kind: 'count' },
  { name: 'productId', value: ({ item }) => item.productId, kind: 'identifier' },
  { name: 'name', value: ({ item }) => item.name },
  { name: 'price', value: ({ item }) => item.price, kind: 'amount' },
  { name: 'sold', value: ({ item }) => item.sold, kind: 'count' },
];

export const RANKING: View<RankingAnswer, Row> = {
  kind: 'record',
  columns: columns<Row>({ from: 'time', to: 'time', refreshedAt: 'time', source: 'word', stale: 'word' }),
  rows: (ranking) => ranking.items.map((item) => ({ ...ranking, item })),
  lines: { columns: ITEM_COLUMNS, empty: phrase('Nothing was sold.'), bars: ({ item }) => item.sold },
};
