import { EntitySchema } from 'typeorm';
import { bigint, foreignKey, id, time } from './columns.ts';

export interface CartRow {
  id: number;
  userId: number;
  createdAt: Date;
}

export const CartEntity = new EntitySchema<CartRow>({
  name: 'Cart',
  tableName: 'carts',
  columns: { id, userId: bigint('user_id'), createdAt: time('created_at') },
  uniques: [{ name: 'uq_carts_user', columns: ['userId'] }],
  foreignKeys: [foreignKey('fk_carts_user', 'userId', 'User')],
});

/** A row of `cart_lines`. The quantity is never 0. */
export interface CartLineRow {
  id: number;
  cartId: number;
  productId: number;
  quantity: number;
}

export const CartLineEntity = new EntitySchema<CartLineRow>({
  name: 'CartLine',
  tableName: 'cart_lines',
  columns: { id, cartId: bigint('cart_id'), productId: bigint('product_id'), quantity: { type: 'int' } },
  uniques: [{ name: 'uq_cart_lines_product', columns: ['cartId', 'productId'] }],
  indices: [{ name: 'ix_cart_lines_product', columns: ['productId'] }],
  foreignKeys: [
    foreignKey('fk_cart_lines_cart', 'cartId', 'Cart'),
    foreignKey('fk_cart_lines_product', 'productId', 'Product'),
  ],
  checks: [{ name: 'ck_cart_lines_quantity', expression: 'quantity >= 1 AND quantity <= 1000000' }],
});
