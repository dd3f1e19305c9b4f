import { localTime } from '../../cli/output/cells.ts';
import { done, title } from '../../cli/output/marks.ts';
import { type Column, columns, forPeople, type View } from '../../cli/output/view.ts';
import { phrase } from '../../domain/phrase.ts';
import type { RankedProduct } from '../../domain/ranking/compute.ts';
import type { RankingAnswer } from '../../domain/ranking/ranking.ts';

/** The ranking together with one of its products. It is one row of CSV or TSV output. */
type Row = RankingAnswer & { readonly item: RankedProduct };

const ITEM_COLUMNS: readonly Column<Row>[] = [
  { name: 'rank', value: ({ item }) => item.rank, kind: 'count' },
  { name: 'productId', value: ({ item }) => item.productId, kind: 'identifier' },
  { name: 'name', value: ({ item }) => item.name },
  { name: 'price', value: ({ item }) => item.price, kind: 'amount' },
  { name: 'sold', value: ({ item }) => item.sold, kind: 'count' },
];

const RANKING: View<RankingAnswer, Row> = {
  kind: 'record',
  columns: columns<Row>({ from: 'time', to: 'time', refreshedAt: 'time', source: 'word', stale: 'word' }),
  rows: (ranking) => ranking.items.map((item) => ({ ...ranking, item })),
  lines: { columns: ITEM_COLUMNS, empty: phrase('Nothing was sold.'), bars: ({ item }) => item.sold },
};

const FIELDS = RANKING.columns.map(({ name }) => name);

/** View of the current ranking. */
export const TOP = forPeople(RANKING, {
  headline: ({ from, to }) => title(phrase`Best sellers from ${localTime(from)} to ${localTime(to)}`),
  hidden: FIELDS,
  foot: ({ refreshedAt, source, stale }) => [
    source === 'cache'
      ? phrase`refreshed ${localTime(refreshedAt)}, read from the cache`
      : phrase`refreshed ${localTime(refreshedAt)}, read from the database`,
    ...(stale ? [phrase('stale: the ranking was not refreshed in time')] : []),
  ],
});

/** View of a refreshed ranking. */
export const REFRESHED = forPeople(RANKING, {
  headline: ({ from, to }) => done(phrase`Refreshed the best sellers from ${localTime(from)} to ${localTime(to)}.`),
  hidden: FIELDS,
});
