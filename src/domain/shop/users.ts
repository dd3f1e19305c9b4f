import { UserEntity, type UserRow } from '../../db/entities/user.ts';
import type { DataSource } from '../../db/mysql/data-source.ts';
import { isDuplicate } from '../../db/mysql/errors.ts';
import { insertRow, NOW } from '../../db/mysql/insert.ts';
import { listNewest, type Page } from '../../db/mysql/page.ts';
import { ShopError } from '../errors.ts';
import type { Ref } from '../input.ts';
import { phrase } from '../phrase.ts';

/** A user of the shop. */
export interface User {
  readonly id: number;
  readonly reference: string | null;
  readonly name: string;
  readonly balance: number;
  readonly createdAt: Date;
}

/**
 * Creates a user with a balance of 0.
 *
 * @throws ShopError `INVALID_INPUT` if another user has the reference.
 */
export async function createUser(orm: DataSource, name: string, reference: string | null): Promise<User> {
  try {
    return await findUser(orm, await insertRow(orm, UserEntity, { name, reference, balance: 0, createdAt: NOW }));
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
