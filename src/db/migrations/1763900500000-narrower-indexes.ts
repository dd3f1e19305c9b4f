import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addConstraint, addIndex, changePrimaryKey, dropConstraint, dropIndex } from './steps.ts';

/**
 * Every index of the tables that grow with each order costs each order. An order has a product once, which serves as the
 * key of its lines; whether a ledger row's order is there, and is its request's, the audit proves.
 */
export class NarrowerIndexes1763900500000 implements MigrationInterface {
  readonly name = 'NarrowerIndexes1763900500000';

  async up(runner: QueryRunner): Promise<void> {
    await changePrimaryKey(runner, 'order_lines', ['order_id', 'product_id']);
    await dropIndex(runner, 'order_lines', 'uq_order_lines_product');
    await dropConstraint(runner, 'point_transactions', 'fk_point_transactions_order');
    await dropIndex(runner, 'point_transactions', 'ix_point_transactions_order');
  }

  async down(runner: QueryRunner): Promise<void> {
    await addIndex(runner, 'point_transactions', 'ix_point_transactions_order', 'order_id');
    await addConstraint(
      runner,
      'point_transactions',
      'fk_point_transactions_order',
      'FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE RESTRICT ON UPDATE RESTRICT',
    );
    await addIndex(runner, 'order_lines', 'uq_order_lines_product', 'order_id, product_id', 'UNIQUE');
    await changePrimaryKey(runner, 'order_lines', ['order_id', 'position']);
  }
}
