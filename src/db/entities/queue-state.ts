import { EntitySchema } from 'typeorm';
import { code, text, time } from './columns.ts';

/** The only row of `queue_state`. The fields about the pause are null while the queue runs. */
export interface QueueStateRow {
  /** Always 1. */
  id: number;
  /** The `SHOP_PREFIX` of the workers that may apply requests; null until the first worker sets it. */
  prefix: string | null;
  pausedAt: Date | null;
  pausedBy: string | null;
  pausedHost: string | null;
}

export const QueueStateEntity = new EntitySchema<QueueStateRow>({
  name: 'QueueState',
  tableName: 'queue_state',
  columns: {
    id: { type: 'tinyint', name: 'id', primary: true },
    prefix: code('prefix', 32, { nullable: true }),
    pausedAt: { ...time('paused_at'), nullable: true },
    pausedBy: text('paused_by', 128, { nullable: true }),
    pausedHost: text('paused_host', 255, { nullable: true }),
  },
  checks: [
    { name: 'ck_queue_state_id', expression: 'id = 1' },
    {
      name: 'ck_queue_state_paused',
      expression:
        '(paused_at IS NULL AND paused_by IS NULL AND paused_host IS NULL) OR (paused_at IS NOT NULL AND paused_by IS NOT NULL AND paused_host IS NOT NULL)',
    },
  ],
});
