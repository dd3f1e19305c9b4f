import { EntitySchema } from 'typeorm';
import { bigint, code, foreignKey, id, text, time } from './columns.ts';

/** A row of `activities`. A row is appended for each change that is not recorded as a request. */
export interface ActivityRow {
  id: number;
  actor: string;
  host: string;
  action: string;
  /** The changed object, such as a user or a product. */
  subject: string;
  /** The object's changed fields with their values before the change, as JSON text. */
  stateBefore: string | null;
  stateAfter: string | null;
  /** Id of the changed request; null if the change does not concern a single request. */
  requestId: number | null;
  createdAt: Date;
}

export const ActivityEntity = new EntitySchema<ActivityRow>({
  name: 'Activity',
  tableName: 'activities',
  columns: {
    id,
    actor: text('actor', 128),
    host: text('host', 255),
    action: code('action', 32),
    subject: text('subject', 255),
    stateBefore: { type: 'mediumtext', name: 'state_before', nullable: true },
    stateAfter: { type: 'mediumtext', name: 'state_after', nullable: true },
    requestId: bigint('request_id', { nullable: true }),
    createdAt: time('created_at'),
  },
  indices: [{ name: 'ix_activities_request', columns: ['requestId'] }],
  foreignKeys: [foreignKey('fk_activities_request', 'requestId', 'Request')],
  checks: [
    { name: 'ck_activities_before', expression: 'json_valid(state_before)' },
    { name: 'ck_activities_after', expression: 'json_valid(state_after)' },
  ],
});
