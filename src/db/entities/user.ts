import { EntitySchema } from 'typeorm';
import { bigint, id, text, time } from './columns.ts';

export interface UserRow {
  id: number;
  reference: string | null;
  name: string;
  /** Balance in points, 0 to 2^53 - 1. Only the lane changes it. */
  balance: number;
  /** Time at which the user was blocked, and the reason. Both are null for a user who may order. */
  blockedAt: Date | null;
  blockedReason: string | null;
  createdAt: Date;
}

export const UserEntity = new EntitySchema<UserRow>({
  name: 'User',
  tableName: 'users',
  columns: {
    id,
    reference: text('reference', 64, { nullable: true }),
    name: text('name', 200),
    balance: bigint('balance'),
    blockedAt: { ...time('blocked_at'), nullable: true },
    blockedReason: text('blocked_reason', 200, { nullable: true }),
    createdAt: time('created_at'),
  },
  uniques: [{ name: 'uq_users_reference', columns: ['reference'] }],
  checks: [
    { name: 'ck_users_name', expression: 'char_length(name) >= 1' },
    { name: 'ck_users_balance', expression: 'balance >= 0 AND balance <= 9007199254740991' },
    {
      name: 'ck_users_blocked',
      expression:
        '(blocked_at IS NULL AND blocked_reason IS NULL) OR (blocked_at IS NOT NULL AND blocked_reason IS NOT NULL)',
    },
  ],
});
