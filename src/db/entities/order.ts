import { EntitySchema } from 'typeorm';
import { bigint, code, foreignKey, id, time } from './columns.ts';

/** A row of `orders`. */
export interface OrderRow {
  id: number;
  requestId: number;
  userId: number;
  status: string;
  /** Points, the sum over the lines of quantity times unit price. */
  total: number;
  createdAt: Date;
}

export const OrderEntity = new EntitySchema<OrderRow>({
  name: 'Order',
  tableName: 'orders',
  columns: {
    id,
    requestId: bigint('request_id'),
    userId: bigint('user_id'),
    status: code('status', 16),
    total: bigint('total'),
    createdAt: time('created_at'),
  },
  uniques: [{ name: 'uq_orders_request', columns: ['requestId'] }],
  indices: [
    { name: 'ix_orders_user', columns: ['userId'] },
    { name: 'ix_orders_created', columns: ['createdAt', 'status'] },
  ],
  foreignKeys: [
    foreignKey('fk_orders_request', 'requestId', 'Request'),
    foreignKey('fk_orders_user', 'userId', 'User'),
  ],
  checks: [
    { name: 'ck_orders_status', expression: "status IN ('placed', 'cancelled')" },
    { name: 'ck_orders_total', expression: 'total >= 1 AND total <= 9007199254740991' },
  ],
});

/** A row of `order_lines`; `position` counts from 0 in the order in which the products were named. */
export interface OrderLineRow {
  orderId: number;
  position: number;
  productId: number;
  quantity: number;
  /** The product's price when the order was placed. */
  unitPrice: number;
}

export const OrderLineEntity = new EntitySchema<OrderLineRow>({
  name: 'OrderLine',
  tableName: 'order_lines',
  columns: {
    orderId: bigint('order_id', { primary: true }),
    position: { type: 'smallint' },
    productId: bigint('product_id', { primary: true }),
    quantity: { type: 'int' },
    unitPrice: bigint('unit_price'),
  },
  indices: [{ name: 'ix_order_lines_product', columns: ['productId'] }],
  foreignKeys: [
    foreignKey('fk_order_lines_order', 'orderId', 'Order'),
    foreignKey('fk_order_lines_product', 'productId', 'Product'),
  ],
  checks: [
    { name: 'ck_order_lines_quantity', expression: 'quantity >= 1 AND quantity <= 1000000' },
    { name: 'ck_order_lines_unit_price', expression: 'unit_price >= 1 AND unit_price <= 1000000000000' },
  ],
});
