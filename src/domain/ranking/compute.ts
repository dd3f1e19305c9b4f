import { type Session, serverTime } from '../../db/mysql/connection.ts';
import { inSnapshot } from '../../db/mysql/transaction.ts';

const HOUR_MS = 3_600_000;
/** The period that the ranking covers. */
const WINDOW_MS = 72 * HOUR_MS;
/** The maximum number of products in the ranking. */
export const RANKS = 5;

export interface RankedProduct {
  /** Position in the ranking, counted from 1. */
  readonly rank: number;
  readonly productId: number;
  readonly name: string;
  /** Price of one unit in points when the ranking was computed. */
  readonly price: number;
  /** Units that were sold and not returned. */
  readonly sold: number;
}

/** The products with the most units sold from `from` to `to`, both included. Ties are ordered by id. */
export interface Ranking {
  readonly from: Date;
  readonly to: Date;
  /** Time at which the ranking was computed, by the database's clock. It is equal to `to`. */
  readonly refreshedAt: Date;
  readonly items: readonly RankedProduct[];
}

/**
 * Computes the ranking from one snapshot of the database.
 *
 * The table hourly_sales contains the sums of whole hours. So orders are read only for a part of the first hour and a part of
 * the last hour. Of the last hour, the sales after `to` are read and subtracted from the hour's sum. There are such sales only
 * if `at` is in the past, or if the clock was set back.
 *
 * The first hour of a busy shop has very many order lines. Therefore lines of this hour are read only for the products that may
 * be among the best sellers, unless there are many such products. A product's total is at least its sales in the later hours.
 * The total is at most these sales plus its sales in the whole first hour.
 *
 * @param at the end of the three days. The default is the current time of the database's clock.
 * @throws DatabaseError
 */
export async function computeRanking(session: Session, at?: Date): Promise<Ranking> {
  return inSnapshot(session, async () => {
    const to = at ?? (await serverTime(session));
    const from = new Date(to.getTime() - WINDOW_MS);
    const best = await bestSellers(session, from, to);
    return { from, to, refreshedAt: to, items: await describe(session, best) };
  });
}

/** Bounds for the number of a product's units that were sold and not returned: from `sold` to `sold` + `firstHour`. */
interface Bounds {
  readonly productId: number;
  readonly sold: number;
  readonly firstHour: number;
}

interface Sold {
  readonly productId: number;
  readonly sold: number;
}

async function bestSellers(session: Session, from: Date, to: Date): Promise<readonly Sold[]> {
  const bounds = await readBounds(session, from, to);
  const readFirstHour = await firstHour(session, from);
  const exact = async (some: readonly Bounds[]): Promise<Sold[]> => {
    const more = await readFirstHour(some);
    return some.map((product) => ({ productId: product.productId, sold: product.sold + more(product) }));
  };
  // exact numbers are first computed for five products, and then for all products that may rank above the lowest of the
  // five
  const sure = bounds.toSorted(byRank).slice(0, RANKS);
  const first = (await exact(sure)).toSorted(byRank);
  const least = first.length < RANKS ? 1 : (first.at(-1)?.sold ?? 1);
  const rivals = bounds.filter((product) => product.sold + product.firstHour >= least && !sure.includes(product));
  return [...first, ...(await exact(rivals))]
    .filter(({ sold }) => sold > 0)
    .sort(byRank)
    .slice(0, RANKS);
}

function byRank(a: Sold, b: Sold): number {
  return b.sold - a.sold || a.productId - b.productId;
}

async function readBounds(session: Session, from: Date, to: Date): Promise<readonly Bounds[]> {
  const bounds = new Map<number, { productId: number; sold: number; firstHour: number }>();
  const of = (productId: number) => {
    const known = bounds.get(productId) ?? { productId, sold: 0, firstHour: 0 };
    bounds.set(productId, known);
    return known;
  };
  // a sum of doubles is exact up to 2^53; without the cast, the server would sum decimals, which takes twice as long
  const hours = await session.query<Sold>(
    `SELECT product_id AS productId, SUM(CAST(quantity AS DOUBLE)) AS sold
     FROM hourly_sales WHERE hour > ? AND hour <= ? GROUP BY product_id`,
    [hourOf(from), hourOf(to)],
  );
  for (const { productId, sold } of hours) of(productId).sold += sold;
  const late = await session.query<Sold>(
    `SELECT l.product_id AS productId, CAST(SUM(l.quantity - l.returned) AS SIGNED) AS sold
     FROM orders o JOIN order_lines l ON l.order_id = o.id
     WHERE o.created_at > ? AND o.created_at < ? GROUP BY l.product_id`,
    [to, nextHour(to)],
  );
  for (const { productId, sold } of late) of(productId).sold -= sold;
  const first = await session.query<Sold>(
    'SELECT product_id AS productId, quantity AS sold FROM hourly_sales WHERE hour = ?',
    [hourOf(from)],
  );
  for (const { productId, sold } of first) of(productId).firstHour += sold;
  return [...bounds.values()];
}

const PART_OF_HOUR = 'o.created_at >= ? AND o.created_at < ?';
/**
 * Maximum number of products whose lines are read product by product. With more products, it is faster to read all
 * orders in `PART_OF_HOUR`.
 */
const MANY_PRODUCTS = 100;

const byOrder = `SELECT l.product_id AS productId, CAST(SUM(l.quantity - l.returned) AS SIGNED) AS sold
  FROM orders o STRAIGHT_JOIN order_lines l ON l.order_id = o.id WHERE ${PART_OF_HOUR} GROUP BY l.product_id`;

// order ids do not always ascend with time, so the range of ids only narrows the search, and `PART_OF_HOUR` selects the orders
const byProduct = `SELECT l.product_id AS productId, CAST(SUM(l.quantity - l.returned) AS SIGNED) AS sold
  FROM order_lines l FORCE INDEX (ix_order_lines_product) STRAIGHT_JOIN orders o ON o.id = l.order_id
  WHERE l.product_id IN (?) AND l.order_id BETWEEN ? AND ? AND ${PART_OF_HOUR} GROUP BY l.product_id`;

/** Returns a function that reads how many units of products were sold from `from` to the end of that hour. */
async function firstHour(session: Session, from: Date) {
  const hour = hourOf(from);
  // the shorter part of the hour is read; the longer part is the whole hour minus the shorter part
  const before = from.getTime() - hour.getTime() < HOUR_MS / 2;
  const part = before ? [hour, from] : [from, nextHour(from)];
  const [ids] = await session.query<{ least: number | null; most: number | null }>(
    `SELECT MIN(o.id) AS least, MAX(o.id) AS most FROM orders o WHERE ${PART_OF_HOUR}`,
    part,
  );
  return async (products: readonly Bounds[]): Promise<(product: Bounds) => number> => {
    const inPart = await readPart(products.filter((product) => product.firstHour > 0));
    return ({ productId, firstHour: whole }) => {
      const sold = inPart.get(productId) ?? 0;
      return before ? whole - sold : sold;
    };
  };

  async function readPart(products: readonly Bounds[]): Promise<ReadonlyMap<number, number>> {
    if (products.length === 0 || ids === undefined || ids.least === null) return new Map();
    if (products.length > MANY_PRODUCTS) return toMap(await session.query<Sold>(byOrder, part));
    const productIds = products.map(({ productId }) => productId);
    return toMap(await session.query<Sold>(byProduct, [productIds, ids.least, ids.most, ...part]));
  }
}

async function describe(session: Session, best: readonly Sold[]): Promise<readonly RankedProduct[]> {
  if (best.length === 0) return [];
  const rows = await session.query<{ id: number; name: string; price: number }>(
    'SELECT id, name, price FROM products WHERE id IN (?)',
    [best.map(({ productId }) => productId)],
  );
  const products = new Map(rows.map((row) => [row.id, row]));
  return best.map(({ productId, sold }, index) => {
    const product = products.get(productId);
    // hourly_sales has a foreign key to products, so a missing product is a bug
    if (product === undefined) throw new Error(`product ${productId} was sold but does not exist`);
    return { rank: index + 1, productId, name: product.name, price: product.price, sold };
  });
}

function toMap(rows: readonly Sold[]): ReadonlyMap<number, number> {
  return new Map(rows.map(({ productId, sold }) => [productId, sold]));
}

/** Returns the start of the hour, in UTC, that contains a time. */
function hourOf(time: Date): Date {
  return new Date(Math.floor(time.getTime() / HOUR_MS) * HOUR_MS);
}

function nextHour(time: Date): Date {
  return new Date(hourOf(time).getTime() + HOUR_MS);
}
