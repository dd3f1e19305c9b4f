import { EntitySchema } from 'typeorm';
import { bigint, code, foreignKey, time } from './columns.ts';

export interface OrderRow {
  /** Id of the request that placed the order. */
  id: number;
  userId: number;
  status: string;
  /** Price of the order in points: the sum of quantity times unit price over all lines. */
  total: number;
  /** Refunded points: the sum of returned and cancelled units times unit price over all lines. */
  refunded: number;
  createdAt: Date;
}

export const OrderEntity = new EntitySchema<OrderRow>({
  name: 'Order',
  tableName: 'orders',
  columns: {
    id: bigint('id', { primary: true }),
    userId: bigint('user_id'),
    status: code('status', 20),
    total: bigint('total'),
    refunded: { ...bigint('refunded'), default: 0 },
    createdAt: time('created_at'),
  },
  indices: [
    { name: 'ix_orders_user', columns: ['userId'] },
    { name: 'ix_orders_created', columns: ['createdAt'] },
  ],
  foreignKeys: [foreignKey('fk_orders_request', 'id', 'Request')],
  checks: [
    {
      name: 'ck_orders_status',
      expression: `(status = 'placed' AND refunded = 0)
        OR (status = 'partially_returned' AND refunded > 0 AND refunded < total)
        OR (status IN ('returned', 'cancelled') AND refunded = total)`,
    },
    { name: 'ck_orders_total', expression: 'total >= 1 AND total <= 9007199254740991' },
  ],
});

/** A row of `order_lines`. `position` counts from 0, in the order of the request's items. */
export interface OrderLineRow {
  orderId: number;
  productId: number;
  position: number;
  quantity: number;
  /** Number of units that were returned or cancelled. */
  returned: number;
  /** The product's price when the order was placed. */
  unitPrice: number;
}

export const OrderLineEntity = new EntitySchema<OrderLineRow>({
  name: 'OrderLine',
  tableName: 'order_lines',
  columns: {
    orderId: bigint('order_id', { primary: true }),
    productId: bigint('product_id', { primary: true }),
    position: { type: 'smallint' },
    quantity: { type: 'int' },
    returned: { type: 'int', default: 0 },
    unitPrice: bigint('unit_price'),
  },
  indices: [{ name: 'ix_order_lines_product', columns: ['productId'] }],
  foreignKeys: [foreignKey('fk_order_lines_order', 'orderId', 'Order')],
  checks: [
    { name: 'ck_order_lines_quantity', expression: 'quantity >= 1 AND quantity <= 1000000' },
    { name: 'ck_order_lines_returned', expression: 'returned >= 0 AND returned <= quantity' },
    { name: 'ck_order_lines_unit_price', expression: 'unit_price >= 1 AND unit_price <= 1000000000000' },
  ],
});
