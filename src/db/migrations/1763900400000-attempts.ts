import type { MigrationInterface, QueryRunner } from 'typeorm';
import { TABLE_OPTIONS } from './steps.ts';

/** Failed attempts, so that a worker which dies between two of them leaves its successor only those that are left. */
export class Attempts1763900400000 implements MigrationInterface {
  readonly name = 'Attempts1763900400000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE IF NOT EXISTS attempts (
        request_id BIGINT NOT NULL,
        attempt SMALLINT NOT NULL,
        reason VARCHAR(500) NOT NULL,
        failed_at DATETIME(3) NOT NULL,
        PRIMARY KEY (request_id, attempt),
        CONSTRAINT fk_attempts_request FOREIGN KEY (request_id) REFERENCES requests (id) ON DELETE RESTRICT ON UPDATE RESTRICT,
        CONSTRAINT ck_attempts_attempt CHECK (attempt >= 1 AND attempt <= 3)
      ) ${TABLE_OPTIONS}`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE IF EXISTS attempts');
  }
}
