import { Conditions } from '../../db/mysql/conditions.ts';
import type { Session } from '../../db/mysql/connection.ts';
import { narrowToSpan, type Span } from '../../db/mysql/id-range.ts';
import type { Page } from '../../db/mysql/page.ts';
import type { Ref } from '../input.ts';
import { STOCK_TYPES } from '../requests/kinds/state.ts';
import { findProductId } from './references.ts';

/** All types of stock rows, as in the CHECK of `stock_movements`. */
export const STOCK_MOVEMENT_TYPES = ['initial', ...STOCK_TYPES] as const;
type StockMovementType = (typeof STOCK_MOVEMENT_TYPES)[number];

/** One change of a product's stock. */
export interface StockMovement {
  readonly id: number;
  readonly type: StockMovementType;
  /** The change of the stock; negative for a decrease. */
  readonly quantity: number;
  readonly stockAfter: number;
  /** The request; null for the initial stock. */
  readonly requestId: number | null;
  /** For a sale or a return, the order's id; otherwise null. */
  readonly orderId: number | null;
  /** The reason for the request, if one was given. */
  readonly reason: string | null;
  readonly createdAt: Date;
}

/** Filters of `product history`. */
export interface StockFilter extends Page, Span {
  readonly type?: StockMovementType | undefined;
}

/**
 * Reads the changes of a product's stock, newest first.
 *
 * @throws ShopError `INVALID_PRODUCT`
 */
export async function readStockHistory(
  session: Session,
  product: Ref,
  { type, after, limit, ...span }: StockFilter,
): Promise<StockMovement[]> {
  const where = new Conditions();
  where.narrow('r.product_id = ?', await findProductId(session, product));
  where.narrow('r.type = ?', type);
  where.narrow('r.id < ?', after);
  await narrowToSpan(session, 'stock_movements', span, where);
  return session.query<StockMovement>(
    // the forced index contains the type, so the server does not read rows of other types
    `SELECT m.id, m.type, m.quantity, m.stock_after AS stockAfter, m.request_id AS requestId,
       CASE m.type
         WHEN 'sale' THEN m.request_id
         WHEN 'return' THEN CAST(JSON_UNQUOTE(JSON_EXTRACT(r.payload, '$.order')) AS SIGNED)
       END AS orderId,
       r.reason, m.created_at AS createdAt
     FROM (
       SELECT r.id FROM stock_movements r FORCE INDEX (ix_stock_movements_history) WHERE ${where.sql}
       ORDER BY r.id DESC LIMIT ?
     ) page JOIN stock_movements m ON m.id = page.id LEFT JOIN requests r ON r.id = m.request_id
     ORDER BY m.id DESC`,
    [...where.values, limit],
  );
}
