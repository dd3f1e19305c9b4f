import { EntitySchema } from 'typeorm';
import { bigint, foreignKey } from './columns.ts';

export interface HourlySalesRow {
  /** Start of the hour, in UTC, in which the orders were placed. */
  hour: Date;
  productId: number;
  /** Units sold, minus returned and cancelled units. */
  quantity: number;
}

export const HourlySalesEntity = new EntitySchema<HourlySalesRow>({
  name: 'HourlySales',
  tableName: 'hourly_sales',
  columns: {
    hour: { type: 'datetime', primary: true },
    productId: bigint('product_id', { primary: true }),
    quantity: bigint('quantity'),
  },
  indices: [{ name: 'ix_hourly_sales_product', columns: ['productId'] }],
  foreignKeys: [foreignKey('fk_hourly_sales_product', 'productId', 'Product')],
  checks: [{ name: 'ck_hourly_sales_quantity', expression: 'quantity >= 0' }],
});
