import type { QueryRunner } from 'typeorm';
import type { Migration } from './migration.ts';

/** Adds the time at which a batch was cancelled, so that a run of the batch stops sending rows. */
export class CancelledBatches1796000000000 implements Migration {
  readonly name = 'CancelledBatches1796000000000';
  readonly tables = [];
  readonly columns = ['batches.cancelled_at'];

  async up(runner: QueryRunner): Promise<void> {
    // an interrupted migration may have added the column, and MySQL has no ADD COLUMN IF NOT EXISTS
    if (await runner.hasColumn('batches', 'cancelled_at')) return;
    await runner.query('ALTER TABLE batches ADD COLUMN cancelled_at DATETIME(3) NULL');
  }

  async down(runner: QueryRunner): Promise<void> {
    if (!(await runner.hasColumn('batches', 'cancelled_at'))) return;
    await runner.query('ALTER TABLE batches DROP COLUMN cancelled_at');
  }
}
