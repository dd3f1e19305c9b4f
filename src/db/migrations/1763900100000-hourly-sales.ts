import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addIndex, dropIndex, TABLE_OPTIONS } from './steps.ts';

/**
 * Units sold per product and hour, of orders that are not cancelled, so that the ranking reads no order but those of
 * the hours at its edges; these are found by time.
 */
export class HourlySales1763900100000 implements MigrationInterface {
  readonly name = 'HourlySales1763900100000';

  async up(runner: QueryRunner): Promise<void> {
    await addIndex(runner, 'orders', 'ix_orders_created', 'created_at, status');
    await runner.query(
      `CREATE TABLE IF NOT EXISTS hourly_sales (
        hour DATETIME NOT NULL,
        product_id BIGINT NOT NULL,
        quantity BIGINT NOT NULL,
        PRIMARY KEY (hour, product_id),
        KEY ix_hourly_sales_product (product_id),
        CONSTRAINT fk_hourly_sales_product FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE RESTRICT ON UPDATE RESTRICT,
        CONSTRAINT ck_hourly_sales_quantity CHECK (quantity >= 0)
      ) ${TABLE_OPTIONS}`,
    );
    // the orders there are; written over where this was done before
    await runner.query(
      `REPLACE INTO hourly_sales (hour, product_id, quantity)
       SELECT DATE_FORMAT(o.created_at, '%Y-%m-%d %H:00:00'), l.product_id, SUM(l.quantity)
       FROM orders o JOIN order_lines l ON l.order_id = o.id
       WHERE o.status = 'placed' GROUP BY 1, 2`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE IF EXISTS hourly_sales');
    await dropIndex(runner, 'orders', 'ix_orders_created');
  }
}
