import type { QueryRunner } from 'typeorm';
import type { Migration } from './migration.ts';

const CODE = 'CHARACTER SET ascii COLLATE ascii_bin';

/** The kinds of requests that `ck_requests_kind` allows. */
export const KINDS = ['charge', 'points-adjust', 'order', 'cancel', 'return', 'restock', 'stock-adjust'] as const;

/**
 * Definitions of the tables. MySQL commits each DDL statement by itself, so an interrupted migration leaves some tables behind.
 * The migration creates only missing tables, so it can be run again.
 *
 * Columns for ASCII texts, such as keys and codes, use `ascii_bin`, which is case-sensitive and keeps index entries short. All
 * other text columns use `utf8mb4_bin`. RESTRICT is written out, because servers report the default under different names.
 * Times are in UTC with milliseconds. Statements supply the times, so the stored values do not depend on a session's time zone.
 *
 * Orders, their lines, ledger rows and stock rows have no foreign keys to users and products. Ledger and stock rows have no
 * unique key on the request. Such keys would slow down every order, and are not needed: the lane locks the referenced rows and
 * stores each outcome once, and `shop audit` checks the references.
 */
const TABLES: readonly string[] = [
  `users (
    id BIGINT NOT NULL AUTO_INCREMENT,
    reference VARCHAR(64) NULL,
    name VARCHAR(200) NOT NULL,
    balance BIGINT NOT NULL,
    blocked_at DATETIME(3) NULL,
    blocked_reason VARCHAR(200) NULL,
    created_at DATETIME(3) NOT NULL,
    PRIMARY KEY (id),
    UNIQUE KEY uq_users_reference (reference),
    CONSTRAINT ck_users_name CHECK (char_length(name) >= 1),
    CONSTRAINT ck_users_balance CHECK (balance >= 0 AND balance <= 9007199254740991),
    CONSTRAINT ck_users_blocked CHECK (
      (blocked_at IS NULL AND blocked_reason IS NULL) OR (blocked_at IS NOT NULL AND blocked_reason IS NOT NULL)
    )
  )`,
  `products (
    id BIGINT NOT NULL AUTO_INCREMENT,
    reference VARCHAR(64) NULL,
    name VARCHAR(200) NOT NULL,
    price BIGINT NOT NULL,
    stock BIGINT NOT NULL,
    retired_at DATETIME(3) NULL,
    created_at DATETIME(3) NOT NULL,
    PRIMARY KEY (id),
    UNIQUE KEY uq_products_reference (reference),
    CONSTRAINT ck_products_name CHECK (char_length(name) >= 1),
    CONSTRAINT ck_products_price CHECK (price >= 1 AND price <= 1000000000000),
    CONSTRAINT ck_products_stock CHECK (stock >= 0 AND stock <= 9007199254740991)
  )`,
  `batches (
    id BIGINT NOT NULL AUTO_INCREMENT,
    name VARCHAR(100) ${CODE} NOT NULL,
    content_hash BINARY(32) NULL,
    actor VARCHAR(128) NOT NULL,
    host VARCHAR(255) NOT NULL,
    last_line BIGINT NULL,
    replayed BIGINT NOT NULL,
    created_at DATETIME(3) NOT NULL,
    PRIMARY KEY (id),
    UNIQUE KEY uq_batches_name (name),
    KEY ix_batches_content (content_hash)
  )`,
  `requests (
    id BIGINT NOT NULL AUTO_INCREMENT,
    idempotency_key VARCHAR(128) ${CODE} NOT NULL,
    request_hash BINARY(32) NOT NULL,
    kind VARCHAR(16) ${CODE} NOT NULL,
    payload MEDIUMTEXT NOT NULL,
    reason VARCHAR(200) NULL,
    actor VARCHAR(128) NOT NULL,
    host VARCHAR(255) NOT NULL,
    batch_id BIGINT NULL,
    batch_line BIGINT NULL,
    created_at DATETIME(3) NOT NULL,
    PRIMARY KEY (id),
    UNIQUE KEY uq_requests_idempotency_key (idempotency_key),
    KEY ix_requests_batch (batch_id, batch_line),
    CONSTRAINT fk_requests_batch FOREIGN KEY (batch_id) REFERENCES batches (id) ON DELETE RESTRICT ON UPDATE RESTRICT,
    CONSTRAINT ck_requests_kind CHECK (
      kind IN ('${KINDS.join("', '")}')
    ),
    CONSTRAINT ck_requests_payload CHECK (json_valid(payload))
  )`,
  `withdrawals (
    request_id BIGINT NOT NULL,
    actor VARCHAR(128) NOT NULL,
    host VARCHAR(255) NOT NULL,
    withdrawn_at DATETIME(3) NOT NULL,
    PRIMARY KEY (request_id),
    CONSTRAINT fk_withdrawals_request FOREIGN KEY (request_id) REFERENCES requests (id) ON DELETE RESTRICT ON UPDATE RESTRICT
  )`,
  `outcomes (
    request_id BIGINT NOT NULL,
    status VARCHAR(8) ${CODE} NOT NULL,
    code VARCHAR(32) ${CODE} NULL,
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
  `attempts (
    request_id BIGINT NOT NULL,
    attempt SMALLINT NOT NULL,
    reason VARCHAR(500) NOT NULL,
    failed_at DATETIME(3) NOT NULL,
    PRIMARY KEY (request_id, attempt),
    CONSTRAINT fk_attempts_request FOREIGN KEY (request_id) REFERENCES requests (id) ON DELETE RESTRICT ON UPDATE RESTRICT,
    CONSTRAINT ck_attempts_attempt CHECK (attempt >= 1 AND attempt <= 3)
  )`,
  `retries (
    id BIGINT NOT NULL AUTO_INCREMENT,
    request_id BIGINT NOT NULL,
    code VARCHAR(32) ${CODE} NOT NULL,
    attempts SMALLINT NOT NULL,
    reason VARCHAR(500) NULL,
    failed_at DATETIME(3) NOT NULL,
    actor VARCHAR(128) NOT NULL,
    host VARCHAR(255) NOT NULL,
    retried_at DATETIME(3) NOT NULL,
    PRIMARY KEY (id),
    KEY ix_retries_request (request_id),
    CONSTRAINT fk_retries_request FOREIGN KEY (request_id) REFERENCES requests (id) ON DELETE RESTRICT ON UPDATE RESTRICT
  )`,
  `queue_state (
    id TINYINT NOT NULL,
    prefix VARCHAR(32) ${CODE} NULL,
    paused_at DATETIME(3) NULL,
    paused_by VARCHAR(128) NULL,
    paused_host VARCHAR(255) NULL,
    PRIMARY KEY (id),
    CONSTRAINT ck_queue_state_id CHECK (id = 1),
    CONSTRAINT ck_queue_state_paused CHECK (
      (paused_at IS NULL AND paused_by IS NULL AND paused_host IS NULL)
      OR (paused_at IS NOT NULL AND paused_by IS NOT NULL AND paused_host IS NOT NULL)
    )
  )`,
  `orders (
    id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    status VARCHAR(20) ${CODE} NOT NULL,
    total BIGINT NOT NULL,
    refunded BIGINT NOT NULL DEFAULT 0,
    created_at DATETIME(3) NOT NULL,
    PRIMARY KEY (id),
    KEY ix_orders_user (user_id),
    KEY ix_orders_created (created_at),
    CONSTRAINT fk_orders_request FOREIGN KEY (id) REFERENCES requests (id) ON DELETE RESTRICT ON UPDATE RESTRICT,
    CONSTRAINT ck_orders_status CHECK (
      (status = 'placed' AND refunded = 0)
      OR (status = 'partially_returned' AND refunded > 0 AND refunded < total)
      OR (status IN ('returned', 'cancelled') AND refunded = total)
    ),
    CONSTRAINT ck_orders_total CHECK (total >= 1 AND total <= 9007199254740991)
  )`,
  `order_lines (
    order_id BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    position SMALLINT NOT NULL,
    quantity INT NOT NULL,
    returned INT NOT NULL DEFAULT 0,
    unit_price BIGINT NOT NULL,
    PRIMARY KEY (order_id, product_id),
    KEY ix_order_lines_product (product_id),
    CONSTRAINT fk_order_lines_order FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE RESTRICT ON UPDATE RESTRICT,
    CONSTRAINT ck_order_lines_quantity CHECK (quantity >= 1 AND quantity <= 1000000),
    CONSTRAINT ck_order_lines_returned CHECK (returned >= 0 AND returned <= quantity),
    CONSTRAINT ck_order_lines_unit_price CHECK (unit_price >= 1 AND unit_price <= 1000000000000)
  )`,
  `point_transactions (
    id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    type VARCHAR(16) ${CODE} NOT NULL,
    amount BIGINT NOT NULL,
    balance_after BIGINT NOT NULL,
    request_id BIGINT NOT NULL,
    order_id BIGINT NULL,
    created_at DATETIME(3) NOT NULL,
    PRIMARY KEY (id),
    KEY ix_point_transactions_user (user_id, id),
    CONSTRAINT ck_point_transactions_type CHECK (
      (type = 'charge' AND amount > 0 AND order_id IS NULL)
      OR (type = 'payment' AND amount < 0 AND order_id IS NOT NULL)
      OR (type = 'refund' AND amount > 0 AND order_id IS NOT NULL)
      OR (type = 'adjustment' AND amount <> 0 AND order_id IS NULL)
    ),
    CONSTRAINT ck_point_transactions_balance CHECK (balance_after >= 0 AND balance_after <= 9007199254740991)
  )`,
  `stock_movements (
    id BIGINT NOT NULL AUTO_INCREMENT,
    product_id BIGINT NOT NULL,
    type VARCHAR(16) ${CODE} NOT NULL,
    quantity BIGINT NOT NULL,
    stock_after BIGINT NOT NULL,
    request_id BIGINT NULL,
    created_at DATETIME(3) NOT NULL,
    PRIMARY KEY (id),
    KEY ix_stock_movements_product (product_id, id),
    CONSTRAINT ck_stock_movements_type CHECK (
      (type = 'initial' AND quantity >= 0 AND request_id IS NULL)
      OR (type = 'restock' AND quantity > 0 AND request_id IS NOT NULL)
      OR (type = 'sale' AND quantity < 0 AND request_id IS NOT NULL)
      OR (type = 'return' AND quantity > 0 AND request_id IS NOT NULL)
      OR (type = 'adjustment' AND request_id IS NOT NULL)
    ),
    CONSTRAINT ck_stock_movements_stock CHECK (stock_after >= 0 AND stock_after <= 9007199254740991)
  )`,
  `hourly_sales (
    hour DATETIME NOT NULL,
    product_id BIGINT NOT NULL,
    quantity BIGINT NOT NULL,
    PRIMARY KEY (hour, product_id),
    KEY ix_hourly_sales_product (product_id),
    CONSTRAINT fk_hourly_sales_product FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE RESTRICT ON UPDATE RESTRICT,
    CONSTRAINT ck_hourly_sales_quantity CHECK (quantity >= 0)
  )`,
  `carts (
    id BIGINT NOT NULL AUTO_INCREMENT,
    user_id BIGINT NOT NULL,
    created_at DATETIME(3) NOT NULL,
    PRIMARY KEY (id),
    UNIQUE KEY uq_carts_user (user_id),
    CONSTRAINT fk_carts_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE RESTRICT ON UPDATE RESTRICT
  )`,
  `cart_lines (
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
  )`,
  `batch_exceptions (
    batch_id BIGINT NOT NULL,
    line BIGINT NOT NULL,
    idempotency_key VARCHAR(128) ${CODE} NULL,
    kind VARCHAR(16) ${CODE} NULL,
    request_id BIGINT NULL,
    code VARCHAR(32) ${CODE} NULL,
    reason VARCHAR(500) NULL,
    PRIMARY KEY (batch_id, line),
    KEY ix_batch_exceptions_request (request_id),
    CONSTRAINT fk_batch_exceptions_batch FOREIGN KEY (batch_id) REFERENCES batches (id) ON DELETE RESTRICT ON UPDATE RESTRICT,
    CONSTRAINT fk_batch_exceptions_request FOREIGN KEY (request_id) REFERENCES requests (id) ON DELETE RESTRICT ON UPDATE RESTRICT,
    CONSTRAINT ck_batch_exceptions_code CHECK (
      (request_id IS NOT NULL AND code IS NULL) OR (request_id IS NULL AND code IS NOT NULL)
    )
  )`,
  `activities (
    id BIGINT NOT NULL AUTO_INCREMENT,
    actor VARCHAR(128) NOT NULL,
    host VARCHAR(255) NOT NULL,
    action VARCHAR(32) ${CODE} NOT NULL,
    subject VARCHAR(255) NOT NULL,
    state_before MEDIUMTEXT NULL,
    state_after MEDIUMTEXT NULL,
    request_id BIGINT NULL,
    created_at DATETIME(3) NOT NULL,
    PRIMARY KEY (id),
    KEY ix_activities_request (request_id),
    CONSTRAINT fk_activities_request FOREIGN KEY (request_id) REFERENCES requests (id) ON DELETE RESTRICT ON UPDATE RESTRICT,
    CONSTRAINT ck_activities_before CHECK (json_valid(state_before)),
    CONSTRAINT ck_activities_after CHECK (json_valid(state_after))
  )`,
];

/** Creates the whole schema of version 0.2. No earlier version was released. */
export class InitialSchema1795900000000 implements Migration {
  readonly name = 'InitialSchema1795900000000';
  readonly tables = TABLES.map((table) => table.slice(0, table.indexOf(' ')));
  readonly columns = [];

  async up(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) {
      await runner.query(
        `CREATE TABLE IF NOT EXISTS ${table} ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`,
      );
    }
    await runner.query('INSERT IGNORE INTO queue_state (id) VALUES (1)');
  }

  async down(runner: QueryRunner): Promise<void> {
    // with one statement, MySQL drops all tables or none; MariaDB drops them from left to right, so referring tables must
    // precede the tables that they refer to
    await runner.query(`DROP TABLE IF EXISTS ${this.tables.toReversed().join(', ')}`);
  }
}
