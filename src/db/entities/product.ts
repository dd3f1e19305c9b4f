import { EntitySchema } from 'typeorm';
import { bigint, id, text, time } from './columns.ts';

export interface ProductRow {
  id: number;
  reference: string | null;
  name: string;
  /** Price of one unit in points, 1 to 10^12. */
  price: number;
  /** Units left, 0 to 2^53 - 1. Only the lane changes it. */
  stock: number;
  /** When the product was taken off sale; null while it is on sale. */
  retiredAt: Date | null;
  createdAt: Date;
}

export const ProductEntity = new EntitySchema<ProductRow>({
  name: 'Product',
  tableName: 'products',
  columns: {
    id,
    reference: text('reference', 64, { nullable: true }),
    name: text('name', 200),
    price: bigint('price'),
    stock: bigint('stock'),
    retiredAt: { ...time('retired_at'), nullable: true },
    createdAt: time('created_at'),
  },
  uniques: [{ name: 'uq_products_reference', columns: ['reference'] }],
  indices: [
    { name: 'ix_products_name', columns: ['name'] },
    { name: 'ix_products_price', columns: ['price'] },
  ],
  checks: [
    { name: 'ck_products_name', expression: 'char_length(name) >= 1' },
    { name: 'ck_products_price', expression: 'price >= 1 AND price <= 1000000000000' },
    { name: 'ck_products_stock', expression: 'stock >= 0 AND stock <= 9007199254740991' },
  ],
});
