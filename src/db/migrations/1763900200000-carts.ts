import type { MigrationInterface, QueryRunner } from 'typeorm';
import { TABLE_OPTIONS } from './steps.ts';

/** One cart a user, made when something is first put in it. */
export class Carts1763900200000 implements MigrationInterface {
  readonly name = 'Carts1763900200000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE IF NOT EXISTS carts (
        id BIGINT NOT NULL AUTO_INCREMENT,
        user_id BIGINT NOT NULL,
        created_at DATETIME(3) NOT NULL,
        PRIMARY KEY (id),
        UNIQUE KEY uq_carts_user (user_id),
        CONSTRAINT fk_carts_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE RESTRICT ON UPDATE RESTRICT
      ) ${TABLE_OPTIONS}`,
    );
    await runner.query(
      `CREATE TABLE IF NOT EXISTS cart_lines (
        id BIGINT NOT NULL AUTO_INCREMENT,
        cart_id BIGINT NOT NULL,
        product_id BIGINT NOT NULL,
        quantity INT NOT NULL,
        PRIMARY KEY (id),
        UNIQUE KEY uq_cart_lines_product (cart_id, product_id),
        KEY ix_cart_lines_product (product_id),
        CONSTRAINT fk_cart_lines_cart FOREIGN KEY (cart_id) REFERENCES carts (id) ON DELETE RESTRICT ON UPDATE RESTRICT,
        CONSTRAINT fk_cart_lines_product FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE RESTRICT ON UPDATE RESTRICT,
        CONSTRAINT ck_cart_lines_quantity CHECK (quantity >= 1 AND quantity <= 1000000)
      ) ${TABLE_OPTIONS}`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE IF EXISTS cart_lines');
    await runner.query('DROP TABLE IF EXISTS carts');
  }
}
