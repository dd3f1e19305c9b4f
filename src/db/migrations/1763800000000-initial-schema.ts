import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Tables are made only where they are missing, so that a migration which was killed half way (DDL commits by itself)
 * goes on where it stopped.
 *
 * Keys and references are `ascii_bin`: case matters, and an index entry is as short as the key. All other text is
 * `utf8mb4_bin`. RESTRICT is spelled out because servers report the default under different names. Times are UTC with milliseconds, given by the statements, never by a session's time zone.
 */
const TABLES: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS users (
    id BIGINT NOT NULL AUTO_INCREMENT,
    reference VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
    name VARCHAR(200) NOT NULL,
    balance BIGINT NOT NULL,
    created_at DATETIME(3) NOT NULL,
    PRIMARY KEY (id),
    UNIQUE KEY uq_users_reference (reference),
    CONSTRAINT ck_users_name CHECK (char_length(name) >= 1),
    CONSTRAINT ck_users_balance CHECK (balance >= 0 AND balance <= 9007199254740991)
  )`,
  `CREATE TABLE IF NOT EXISTS products (
    id BIGINT NOT NULL AUTO_INCREMENT,
    reference VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
    name VARCHAR(200) NOT NULL,
    price BIGINT NOT NULL,
    stock BIGINT NOT NULL,
    created_at DATETIME(3) NOT NULL,
    PRIMARY KEY (id),
    UNIQUE KEY uq_products_reference (reference),
    CONSTRAINT ck_products_name CHECK (char_length(name) >= 1),
    CONSTRAINT ck_products_price CHECK (price >= 1 AND price <= 1000000000000),
    CONSTRAINT ck_products_stock CHECK (stock >= 0 AND stock <= 9007199254740991)
  )`,
  `CREATE TABLE IF NOT EXISTS requests (
    id BIGINT NOT NULL AUTO_INCREMENT,
    idempotency_key VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    request_hash BINARY(32) NOT NULL,
    kind VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    payload MEDIUMTEXT NOT NULL,
    actor VARCHAR(128) NOT NULL,
    host VARCHAR(255) NOT NULL,
    created_at DATETIME(3) NOT NULL,
    PRIMARY KEY (id),
    UNIQUE KEY uq_requests_idempotency_key (idempotency_key),
    CONSTRAINT ck_requests_kind CHECK (kind IN ('charge', 'order', 'restock')),
    CONSTRAINT ck_requests_payload CHECK (json_valid(payload))
  )`,
  `CREATE TABLE IF NOT EXISTS outcomes (
    request_id BIGINT NOT NULL,
    status VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    code VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
    attempts SMALLINT NOT NULL,
    details MEDIUMTEXT NOT NULL,
    decided_at DATETIME(3) NOT NULL,
    PRIMARY KEY (request_id),
    CONSTRAINT fk_outcomes_request FOREIGN KEY (request_id) REFERENCES requests (id) ON DELETE RESTRICT ON UPDATE RESTRICT,
    CONSTRAINT ck_outcomes_status CHECK (
      (status = 'applied' AND code IS NULL) OR (status IN ('refused', 'failed') AND code IS NOT NULL)
    ),
    CONSTRAINT ck_outcomes_attempts CHECK (attempts >= 1 AND attempts <= 3),
    CONSTRAINT ck_outcomes_details CHECK (json_valid(details))
  )`,
  `CREATE TABLE IF NOT EXISTS orders (
    id BIGINT NOT NULL AUTO_INCREMENT,
    request_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    status VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    total BIGINT NOT NULL,
    created_at DATETIME(3) NOT NULL,
    PRIMARY KEY (id),
    UNIQUE KEY uq_orders_request (request_id),
    KEY ix_orders_user (user_id),
    CONSTRAINT fk_orders_request FOREIGN KEY (request_id) REFERENCES requests (id) ON DELETE RESTRICT ON UPDATE RESTRICT,
    CONSTRAINT fk_orders_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE RESTRICT ON UPDATE RESTRICT,
    CONSTRAINT ck_orders_status CHECK (status IN ('placed', 'cancelled')),
    CONSTRAINT ck_orders_total CHECK (total >= 1 AND total <= 9007199254740991)
  )`,
  `CREATE TABLE IF NOT EXISTS order_lines (
    order_id BIGINT NOT NULL,
    position SMALLINT NOT NULL,
    product_id BIGINT NOT NULL,
    quantity INT NOT NULL,
    unit_price BIGINT NOT NULL,
    PRIMARY KEY (order_id, position),
    UNIQUE KEY uq_order_lines_product (order_id, product_id),
    KEY ix_order_lines_product (product_id),
    CONSTRAINT fk_order_lines_order FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE RESTRICT ON UPDATE RESTRICT,
    CONSTRAINT fk_order_lines_product FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE RESTRICT ON UPDATE RESTRICT,
    CONSTRAINT ck_order_lines_quantity CHECK (quantity >= 1 AND quantity <= 1000000),
    CONSTRAINT ck_order_lines_unit_price CHECK (unit_price >= 1 AND unit_price <= 1000000000000)
  )`,
  `CREATE TABLE IF NOT EXISTS point_transactions (
    id BIGINT NOT NULL AUTO_INCREMENT,
    user_id BIGINT NOT NULL,
    type VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    amount BIGINT NOT NULL,
    balance_after BIGINT NOT NULL,
    request_id BIGINT NOT NULL,
    order_id BIGINT NULL,
    created_at DATETIME(3) NOT NULL,
    PRIMARY KEY (id),
    UNIQUE KEY uq_point_transactions_request (request_id),
    KEY ix_point_transactions_user (user_id, id),
    KEY ix_point_transactions_order (order_id),
    CONSTRAINT fk_point_transactions_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE RESTRICT ON UPDATE RESTRICT,
    CONSTRAINT fk_point_transactions_request FOREIGN KEY (request_id) REFERENCES requests (id) ON DELETE RESTRICT ON UPDATE RESTRICT,
    CONSTRAINT fk_point_transactions_order FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE RESTRICT ON UPDATE RESTRICT,
    CONSTRAINT ck_point_transactions_type CHECK (
      (type = 'charge' AND amount > 0 AND order_id IS NULL) OR (type = 'payment' AND amount < 0 AND order_id IS NOT NULL)
    ),
    CONSTRAINT ck_point_transactions_balance CHECK (balance_after >= 0 AND balance_after <= 9007199254740991)
  )`,
  `CREATE TABLE IF NOT EXISTS stock_movements (
    id BIGINT NOT NULL AUTO_INCREMENT,
    product_id BIGINT NOT NULL,
    type VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    quantity BIGINT NOT NULL,
    stock_after BIGINT NOT NULL,
    request_id BIGINT NULL,
    created_at DATETIME(3) NOT NULL,
    PRIMARY KEY (id),
    UNIQUE KEY uq_stock_movements_request (request_id, product_id),
    KEY ix_stock_movements_product (product_id, id),
    CONSTRAINT fk_stock_movements_product FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE RESTRICT ON UPDATE RESTRICT,
    CONSTRAINT fk_stock_movements_request FOREIGN KEY (request_id) REFERENCES requests (id) ON DELETE RESTRICT ON UPDATE RESTRICT,
    CONSTRAINT ck_stock_movements_type CHECK (
      (type = 'initial' AND quantity >= 0 AND request_id IS NULL)
      OR (type = 'restock' AND quantity > 0 AND request_id IS NOT NULL)
      OR (type = 'sale' AND quantity < 0 AND request_id IS NOT NULL)
    ),
    CONSTRAINT ck_stock_movements_stock CHECK (stock_after >= 0 AND stock_after <= 9007199254740991)
  )`,
];

/** Users, products, requests with their outcomes, orders with lines, the ledger and the stock rows. */
export class InitialSchema1763800000000 implements MigrationInterface {
  readonly name = 'InitialSchema1763800000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) {
      await runner.query(`${table} ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of [
      'stock_movements',
      'point_transactions',
      'order_lines',
      'orders',
      'outcomes',
      'requests',
      'products',
      'users',
    ]) {
      await runner.query(`DROP TABLE IF EXISTS ${table}`);
    }
  }
}
