import type { QueryRunner } from 'typeorm';
import type { Migration } from './migration.ts';

/** Adds indexes for lists of one type of stock rows, and for lists of products sorted by name or price. */
export class FilterIndexes1796100000000 implements Migration {
  readonly name = 'FilterIndexes1796100000000';
  readonly tables = [];
  readonly columns = [];
  readonly indexes = [
    'stock_movements.ix_stock_movements_history',
    'products.ix_products_name',
    'products.ix_products_price',
  ];

  async up(runner: QueryRunner): Promise<void> {
    // the new index begins with the columns of the earlier index, and replaces that index
    await addIndex(runner, 'stock_movements', 'ix_stock_movements_history', 'product_id, id, type');
    await dropIndex(runner, 'stock_movements', 'ix_stock_movements_product');
    // the column `stock` has no index, because a product's stock changes with every order
    await addIndex(runner, 'products', 'ix_products_name', 'name');
    await addIndex(runner, 'products', 'ix_products_price', 'price');
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropIndex(runner, 'products', 'ix_products_price');
    await dropIndex(runner, 'products', 'ix_products_name');
    await addIndex(runner, 'stock_movements', 'ix_stock_movements_product', 'product_id, id');
    await dropIndex(runner, 'stock_movements', 'ix_stock_movements_history');
  }
}

// an interrupted migration may have added or dropped some of the indexes, and MySQL has no IF EXISTS for indexes

async function addIndex(runner: QueryRunner, table: string, name: string, columns: string): Promise<void> {
  if (!(await hasIndex(runner, table, name))) await runner.query(`ALTER TABLE ${table} ADD INDEX ${name} (${columns})`);
}

async function dropIndex(runner: QueryRunner, table: string, name: string): Promise<void> {
  if (await hasIndex(runner, table, name)) await runner.query(`ALTER TABLE ${table} DROP INDEX ${name}`);
}

async function hasIndex(runner: QueryRunner, table: string, name: string): Promise<boolean> {
  const rows: unknown[] = await runner.query(
    `SELECT 1 FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? AND INDEX_NAME = ?`,
    [table, name],
  );
  return rows.length > 0;
}
