import { EntitySchema } from 'typeorm';

const id = { type: 'bigint', primary: true, generated: 'increment' };
const bigint = (name, more = {}) => ({ type: 'bigint', name, ...more });
const text = (name, more = {}) => ({ type: 'varchar', name, ...more });
const createdAt = { type: 'datetime', name: 'created_at', precision: 3 };

/** The columns of the shop's tables that an order uses. The schema comes from the shop's migrations. */
export const User = new EntitySchema({ name: 'User', tableName: 'users', columns: { id, balance: bigint('balance') } });

export const Product = new EntitySchema({
  name: 'Product',
  tableName: 'products',
  columns: { id, price: bigint('price'), stock: bigint('stock') },
});

export const Order = new EntitySchema({
  name: 'Order',
  tableName: 'orders',
  columns: {
    id: bigint('id', { primary: true }),
    userId: bigint('user_id'),
    status: text('status'),
    total: bigint('total'),
    createdAt,
  },
});

export const OrderLine = new EntitySchema({
  name: 'OrderLine',
  tableName: 'order_lines',
  columns: {
    orderId: bigint('order_id', { primary: true }),
    productId: bigint('product_id', { primary: true }),
    position: { type: 'smallint' },
    quantity: { type: 'int' },
    unitPrice: bigint('unit_price'),
  },
});

export const PointTransaction = new EntitySchema({
  name: 'PointTransaction',
  tableName: 'point_transactions',
  columns: {
    id,
    userId: bigint('user_id'),
    type: text('type'),
    amount: bigint('amount'),
    balanceAfter: bigint('balance_after'),
    requestId: bigint('request_id'),
    orderId: bigint('order_id', { nullable: true }),
    createdAt,
  },
});

export const StockMovement = new EntitySchema({
  name: 'StockMovement',
  tableName: 'stock_movements',
  columns: {
    id,
    productId: bigint('product_id'),
    type: text('type'),
    quantity: bigint('quantity'),
    stockAfter: bigint('stock_after'),
    requestId: bigint('request_id', { nullable: true }),
    createdAt,
  },
});

export const Outcome = new EntitySchema({
  name: 'Outcome',
  tableName: 'outcomes',
  columns: {
    requestId: bigint('request_id', { primary: true }),
    status: text('status'),
    code: text('code', { nullable: true }),
    attempts: { type: 'smallint' },
    details: { type: 'mediumtext' },
    decidedAt: { type: 'datetime', name: 'decided_at', precision: 3 },
  },
});

export const HourlySale = new EntitySchema({
  name: 'HourlySale',
  tableName: 'hourly_sales',
  columns: {
    hour: { type: 'datetime', primary: true },
    productId: bigint('product_id', { primary: true }),
    quantity: bigint('quantity'),
  },
});

export const ENTITIES = [User, Product, Order, OrderLine, PointTransaction, StockMovement, Outcome, HourlySale];
