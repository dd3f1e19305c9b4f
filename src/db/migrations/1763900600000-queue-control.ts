import type { MigrationInterface, QueryRunner } from 'typeorm';
import { TABLE_OPTIONS } from './steps.ts';

/** Whether the queue is paused, in the one row that the lane reads in each transaction; and what was retried. */
export class QueueControl1763900600000 implements MigrationInterface {
  readonly name = 'QueueControl1763900600000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE IF NOT EXISTS queue_state (
        id TINYINT NOT NULL,
        paused_at DATETIME(3) NULL,
        paused_by VARCHAR(128) NULL,
        paused_host VARCHAR(255) NULL,
        PRIMARY KEY (id),
        CONSTRAINT ck_queue_state_id CHECK (id = 1),
        CONSTRAINT ck_queue_state_paused CHECK (
          (paused_at IS NULL AND paused_by IS NULL AND paused_host IS NULL)
          OR (paused_at IS NOT NULL AND paused_by IS NOT NULL AND paused_host IS NOT NULL)
        )
      ) ${TABLE_OPTIONS}`,
    );
    await runner.query('INSERT IGNORE INTO queue_state (id) VALUES (1)');
    await runner.query(
      `CREATE TABLE IF NOT EXISTS retries (
        id BIGINT NOT NULL AUTO_INCREMENT,
        request_id BIGINT NOT NULL,
        code VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        attempts SMALLINT NOT NULL,
        reason VARCHAR(500) NULL,
        failed_at DATETIME(3) NOT NULL,
        actor VARCHAR(128) NOT NULL,
        host VARCHAR(255) NOT NULL,
        retried_at DATETIME(3) NOT NULL,
        PRIMARY KEY (id),
        KEY ix_retries_request (request_id),
        CONSTRAINT fk_retries_request FOREIGN KEY (request_id) REFERENCES requests (id) ON DELETE RESTRICT ON UPDATE RESTRICT
      ) ${TABLE_OPTIONS}`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE IF EXISTS retries');
    await runner.query('DROP TABLE IF EXISTS queue_state');
  }
}
