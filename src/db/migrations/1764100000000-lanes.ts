import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumn, addConstraint, dropColumn, dropConstraint } from './steps.ts';

/**
 * How many lanes there are, null until that is decided, and the slot of each request, by which it has its lane.
 *
 * Slots are a hash of the user's id, or of what is named where no user is known. Requests that have their outcome for
 * good are in no lane any more: their slot is 0. There is no default, so that an older program which is still at work
 * can't record a request in a lane that its user is not in.
 */
export class Lanes1764100000000 implements MigrationInterface {
  readonly name = 'Lanes1764100000000';

  async up(runner: QueryRunner): Promise<void> {
    await addColumn(runner, 'queue_state', 'lanes', 'SMALLINT NULL');
    await addConstraint(runner, 'queue_state', 'ck_queue_state_lanes', 'CHECK (lanes >= 1 AND lanes <= 64)');
    await addColumn(runner, 'requests', 'slot', 'SMALLINT NOT NULL DEFAULT 0');
    await runner.query(
      `UPDATE requests r
       LEFT JOIN outcomes o ON o.request_id = r.id
       LEFT JOIN users u ON JSON_UNQUOTE(JSON_EXTRACT(r.payload, '$.user')) LIKE '@%'
         AND u.reference = SUBSTRING(JSON_UNQUOTE(JSON_EXTRACT(r.payload, '$.user')), 2)
       LEFT JOIN orders ON orders.id = JSON_EXTRACT(r.payload, '$.order')
       SET r.slot = MOD(CRC32(CONVERT(COALESCE(orders.user_id, u.id, JSON_UNQUOTE(JSON_EXTRACT(r.payload, '$.user')), '')
         USING ascii)), 4096)
       WHERE o.request_id IS NULL OR o.status = 'failed'`,
    );
    await runner.query('ALTER TABLE requests ALTER COLUMN slot DROP DEFAULT');
    await addConstraint(runner, 'requests', 'ck_requests_slot', 'CHECK (slot >= 0 AND slot < 4096)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropConstraint(runner, 'requests', 'ck_requests_slot');
    await dropColumn(runner, 'requests', 'slot');
    await dropConstraint(runner, 'queue_state', 'ck_queue_state_lanes');
    await dropColumn(runner, 'queue_state', 'lanes');
  }
}
