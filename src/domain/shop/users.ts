import { UserEntity, type UserRow } from '../../db/entities/user.ts';
import { type Session, serverTime } from '../../db/mysql/connection.ts';
import type { DataSource } from '../../db/mysql/data-source.ts';
import { isDuplicate } from '../../db/mysql/errors.ts';
import { listNewest, type Page } from '../../db/mysql/page.ts';
import { inTransaction } from '../../db/mysql/transaction.ts';
import { recordActivity } from '../activities/record.ts';
import { ShopError } from '../errors.ts';
import type { Ref } from '../input.ts';
import { phrase } from '../phrase.ts';
import type { Origin } from '../requests/origin.ts';

/** A user of the shop. */
export interface User {
  readonly id: number;
  readonly reference: string | null;
  readonly name: string;
  readonly balance: number;
  readonly createdAt: Date;
}

/** The initial values of a user. */
export interface NewUser {
  readonly name: string;
  readonly reference: string | null;
}

/**
 * Creates a user with a balance of 0.
 *
 * @throws ShopError `INVALID_INPUT` if another user has the reference.
 */
export async function createUser(session: Session, user: NewUser, origin: Origin): Promise<User> {
  const { reference } = user;
  try {
    return await inTransaction(session, async () => {
      const created = await insertUser(session, user);
      await recordActivity(session, origin, { action: 'user create', subject: `user ${created.id}`, after: user });
      return created;
    });
  } catch (error) {
    if (isDuplicate(error))
      throw new ShopError(
        'INVALID_INPUT',
        { field: 'reference', reason: phrase`${reference} is taken` },
        { message: phrase`Reference ${reference} is taken.`, hint: phrase`See \`shop user show @${reference}\`.` },
      );
    throw error;
  }
}

/** Inserts a user, within a transaction. */
export async function insertUser(session: Session, { name, reference }: NewUser): Promise<User> {
  const createdAt = await serverTime(session);
  const { insertId: id } = await session.execute(
    'INSERT INTO users (reference, name, balance, created_at) VALUES (?, ?, 0, ?)',
    [reference, name, createdAt],
  );
  return { id, reference, name, balance: 0, createdAt };
}

/** Finds a user by id or reference. @throws ShopError `INVALID_USER` */
export async function findUser(orm: DataSource, ref: Ref): Promise<User> {
  const where = typeof ref === 'number' ? { id: ref } : { reference: ref.slice(1) };
  const row = await orm.getRepository(UserEntity).findOneBy(where);
  if (row === null) throw new ShopError('INVALID_USER', { user: ref });
  return toUser(row);
}

/** Lists users, newest first. */
export async function listUsers(orm: DataSource, page: Page): Promise<User[]> {
  return (await listNewest(orm, UserEntity, page)).map(toUser);
}

function toUser({ id, reference, name, balance, createdAt }: UserRow): User {
  return { id: Number(id), reference, name, balance: Number(balance), createdAt };
}
