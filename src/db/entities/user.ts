import { EntitySchema } from 'typeorm';
import { bigint, code, id, text, time } from './columns.ts';

/** A row of `users`. */
export interface UserRow {
  id: number;
  reference: string | null;
  name: string;
  /** Points, 0 to 2^53 - 1. Only the lane changes it. */
  balance: number;
  createdAt: Date;
}

export const UserEntity = new EntitySchema<UserRow>({
  name: 'User',
  tableName: 'users',
  columns: {
    id,
    reference: code('reference', 64, { nullable: true }),
    name: text('name', 200),
    balance: bigint('balance'),
    createdAt: time('created_at'),
  },
  uniques: [{ name: 'uq_users_reference', columns: ['reference'] }],
  checks: [
    { name: 'ck_users_name', expression: 'char_length(name) >= 1' },
    { name: 'ck_users_balance', expression: 'balance >= 0 AND balance <= 9007199254740991' },
  ],
});
