import { Conditions } from '../../db/mysql/conditions.ts';
import type { Session, SqlValue } from '../../db/mysql/connection.ts';
import { narrowToSpan, type Span } from '../../db/mysql/id-range.ts';
import { inSnapshot } from '../../db/mysql/transaction.ts';
import { json } from '../audit/kind-proof.ts';
import { exact } from '../requests/kinds/exact.ts';
import { returnedItems } from '../requests/kinds/refund-rows.ts';
import { type Periods, periodOf } from './periods.ts';

/**
 * The sales of one row of the report. An order counts at the time when it was placed, and a refund at the time when it was made.
 * So a refund may belong to an order that was placed before the reported period. A sum above 2^53 − 1 is a string of digits.
 */
export interface Sales {
  /** Number of orders placed. */
  readonly orders: number | string;
  /** Units ordered. */
  readonly units: number | string;
  /** Points paid. */
  readonly amount: number | string;
  /** Units returned or cancelled, with or without restocking. */
  readonly returned: number | string;
  /** Points refunded. */
  readonly refunded: number | string;
  /** amount − refunded; negative if more was refunded than paid. */
  readonly net: number | string;
}

export interface ProductSales extends Sales {
  readonly productId: number;
  readonly name: string;
}

export interface UserSales extends Sales {
  readonly userId: number;
  readonly name: string;
}

/** Reads the sales of each period, from one snapshot. */
export async function salesByPeriod(session: Session, { starts, until }: Periods): Promise<Sales[]> {
  const period = (time: string) => periodOf(time, starts);
  const rows = await inSnapshot(session, async () => {
    const [sql, values] = await groupedSales(
      session,
      { since: starts[0], until },
      {
        sold: period('o.created_at'),
        orders: 'SUM(l.position = 0)',
        refunded: period('r.created_at'),
      },
    );
    return session.query<SalesRow>(sql, values);
  });
  const byPeriod = new Map(rows.map((row) => [Number(row.entry), row]));
  return starts.map((_, index) => toSales(byPeriod.get(index + 1)));
}

/** Reads the sales of the products with the highest net amount; ties are ordered by id. */
export async function salesByProduct(session: Session, span: Span, limit: number): Promise<ProductSales[]> {
  const key = { sold: ['l.product_id', []], orders: 'COUNT(*)', refunded: ['r.product_id', []] } as const;
  const rows = await highestNet(session, span, key, 'products', limit);
  return rows.map((row) => ({ productId: Number(row.entry), name: row.name, ...toSales(row) }));
}

/** Reads the sales to the users with the highest net amount; ties are ordered by id. */
export async function salesByUser(session: Session, span: Span, limit: number): Promise<UserSales[]> {
  const key = { sold: ['o.user_id', []], orders: 'SUM(l.position = 0)', refunded: ['r.user_id', []] } as const;
  const rows = await highestNet(session, span, key, 'users', limit);
  return rows.map((row) => ({ userId: Number(row.entry), name: row.name, ...toSales(row) }));
}

/** The sums of a row, which the server returns as decimal strings. */
type SalesRow = { readonly [Field in keyof Sales | 'entry']: string };

type Expression = readonly [sql: string, values: readonly SqlValue[]];

/** SQL by which the rows of the report are grouped. */
interface GroupKey {
  /** SQL for the group that contains the line `l`; `o` is its order. */
  readonly sold: Expression;
  /** SQL for the number of orders with lines in a group. */
  readonly orders: string;
  /** SQL for the group that contains the refunded units `r`. */
  readonly refunded: Expression;
}

function highestNet(
  session: Session,
  span: Span,
  key: GroupKey,
  table: 'products' | 'users',
  limit: number,
): Promise<(SalesRow & { readonly name: string })[]> {
  return inSnapshot(session, async () => {
    const [sql, values] = await groupedSales(session, span, key);
    return session.query(
      `SELECT s.*, n.name FROM (${sql} ORDER BY net DESC, entry LIMIT ?) s JOIN ${table} n ON n.id = s.entry
       ORDER BY s.net DESC, s.entry`,
      [...values, limit],
    );
  });
}

/** Returns the SQL for the sums of each group, over the orders placed and over the refunds made. */
async function groupedSales(session: Session, span: Span, key: GroupKey): Promise<Expression> {
  const orders = new Conditions();
  orders.narrow('o.created_at >= ?', span.since);
  orders.narrow('o.created_at < ?', span.until);
  const [refunds, refundValues] = await refundedUnits(session, span);
  const sql = `SELECT entry, SUM(orders) AS orders, SUM(units) AS units, SUM(amount) AS amount, SUM(returned) AS returned,
      SUM(refunded) AS refunded, SUM(amount) - SUM(refunded) AS net
    FROM (
      SELECT ${key.sold[0]} AS entry, ${key.orders} AS orders, SUM(l.quantity) AS units,
        SUM(l.quantity * l.unit_price) AS amount, 0 AS returned, 0 AS refunded
      FROM orders o FORCE INDEX (ix_orders_created) STRAIGHT_JOIN order_lines l ON l.order_id = o.id
      WHERE ${orders.sql} GROUP BY 1
      UNION ALL
      SELECT ${key.refunded[0]}, 0, 0, 0, SUM(r.quantity), SUM(r.quantity * r.unit_price) FROM (${refunds}) r GROUP BY 1
    ) e GROUP BY entry`;
  return [sql, [...key.sold[1], ...orders.values, ...key.refunded[1], ...refundValues]];
}

/**
 * Returns the SQL for the units that were refunded in a time span, by order and product. A request to return units contains
 * these units. A request to cancel an order contains none, but its stock rows do, because all cancelled units go back to stock.
 */
async function refundedUnits(session: Session, span: Span): Promise<Expression> {
  const ledger = new Conditions("r.type = 'refund'");
  await narrowToSpan(session, 'point_transactions', span, ledger);
  const stock = new Conditions("r.type = 'return'");
  await narrowToSpan(session, 'stock_movements', span, stock);
  const sql = `SELECT i.created_at, i.product_id, i.quantity, l.unit_price, o.user_id
    FROM ${returnedItems(`(SELECT * FROM point_transactions r WHERE ${ledger.sql})`)} i
    JOIN orders o ON o.id = i.order_id
    JOIN order_lines l ON l.order_id = i.order_id AND l.product_id = i.product_id
    UNION ALL
    SELECT m.created_at, m.product_id, m.quantity, l.unit_price, o.user_id
    FROM (SELECT * FROM stock_movements r WHERE ${stock.sql}) m
    JOIN requests q ON q.id = m.request_id AND q.kind = 'cancel'
    JOIN orders o ON o.id = CAST(${json('q.payload', 'order')} AS UNSIGNED)
    JOIN order_lines l ON l.order_id = o.id AND l.product_id = m.product_id`;
  return [sql, [...ledger.values, ...stock.values]];
}

function toSales(row: SalesRow | undefined): Sales {
  const sum = (field: keyof Sales) => exact(BigInt(row?.[field] ?? 0));
  return {
    orders: sum('orders'),
    units: sum('units'),
    amount: sum('amount'),
    returned: sum('returned'),
    refunded: sum('refunded'),
    net: sum('net'),
  };
}
