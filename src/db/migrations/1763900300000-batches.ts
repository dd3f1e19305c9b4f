import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumn, addConstraint, addIndex, dropColumn, dropConstraint, dropIndex, TABLE_OPTIONS } from './steps.ts';

/** Batch files: which request came from which line, and the lines that made no request of their own. */
export class Batches1763900300000 implements MigrationInterface {
  readonly name = 'Batches1763900300000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE IF NOT EXISTS batches (
        id BIGINT NOT NULL AUTO_INCREMENT,
        name VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        actor VARCHAR(128) NOT NULL,
        host VARCHAR(255) NOT NULL,
        last_line BIGINT NULL,
        replayed BIGINT NOT NULL,
        created_at DATETIME(3) NOT NULL,
        PRIMARY KEY (id),
        UNIQUE KEY uq_batches_name (name)
      ) ${TABLE_OPTIONS}`,
    );
    await addColumn(runner, 'requests', 'batch_id', 'BIGINT NULL');
    await addColumn(runner, 'requests', 'batch_line', 'BIGINT NULL');
    await addIndex(runner, 'requests', 'ix_requests_batch', 'batch_id, batch_line');
    await addConstraint(
      runner,
      'requests',
      'fk_requests_batch',
      'FOREIGN KEY (batch_id) REFERENCES batches (id) ON DELETE RESTRICT ON UPDATE RESTRICT',
    );
    await runner.query(
      `CREATE TABLE IF NOT EXISTS batch_exceptions (
        batch_id BIGINT NOT NULL,
        line BIGINT NOT NULL,
        idempotency_key VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NULL,
        kind VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NULL,
        request_id BIGINT NULL,
        code VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
        reason VARCHAR(500) NULL,
        PRIMARY KEY (batch_id, line),
        KEY ix_batch_exceptions_request (request_id),
        CONSTRAINT fk_batch_exceptions_batch FOREIGN KEY (batch_id) REFERENCES batches (id) ON DELETE RESTRICT ON UPDATE RESTRICT,
        CONSTRAINT fk_batch_exceptions_request FOREIGN KEY (request_id) REFERENCES requests (id) ON DELETE RESTRICT ON UPDATE RESTRICT,
        CONSTRAINT ck_batch_exceptions_code CHECK (
          (request_id IS NOT NULL AND code IS NULL) OR (request_id IS NULL AND code IS NOT NULL)
        )
      ) ${TABLE_OPTIONS}`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE IF EXISTS batch_exceptions');
    await dropConstraint(runner, 'requests', 'fk_requests_batch');
    await dropIndex(runner, 'requests', 'ix_requests_batch');
    await dropColumn(runner, 'requests', 'batch_line');
    await dropColumn(runner, 'requests', 'batch_id');
    await runner.query('DROP TABLE IF EXISTS batches');
  }
}
