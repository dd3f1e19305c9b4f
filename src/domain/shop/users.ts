import { UserEntity, type UserRow } from '../../db/entities/user.ts';
import { Conditions } from '../../db/mysql/conditions.ts';
import { type Session, serverTime } from '../../db/mysql/connection.ts';
import type { DataSource } from '../../db/mysql/data-source.ts';
import type { Page } from '../../db/mysql/page.ts';
import { inTransaction, retryConflicts } from '../../db/mysql/transaction.ts';
import type { ActivityAction } from '../activities/actions.ts';
import { recordActivity } from '../activities/record.ts';
import { ShopError } from '../errors.ts';
import type { Ref } from '../input.ts';
import type { Origin } from '../requests/origin.ts';
import { type Edited, editEntry } from './edit-entry.ts';
import { editedReference, findUserId, withReference } from './references.ts';
import { narrowToText } from './search.ts';

export interface User {
  readonly id: number;
  readonly reference: string | null;
  readonly name: string;
  readonly balance: number;
  /** True for a user who may not order. */
  readonly blocked: boolean;
  /** The reason; present only for a blocked user. */
  readonly blockedReason?: string;
  readonly createdAt: Date;
}

/** The initial values of a user. */
export interface NewUser {
  readonly name: string;
  readonly reference: string | null;
}

/** Filters of `user list`. */
export interface UserFilter extends Page {
  /** Only users who match this text; see `narrowToText`. */
  readonly search?: string | undefined;
  /** If true, only blocked users; if false, all users. */
  readonly blocked: boolean;
}

/** New values of a user. An undefined field does not change. */
export interface UserEdit {
  readonly name?: string | undefined;
  readonly reference?: string | undefined;
}

/**
 * Creates a user with a balance of 0.
 *
 * @throws ShopError `INVALID_INPUT` if another user has the reference.
 */
export async function createUser(session: Session, user: NewUser, origin: Origin): Promise<User> {
  return withReference('user', user.reference, () =>
    retryConflicts(() =>
      inTransaction(session, async () => {
        const created = await insertUser(session, user);
        await recordActivity(session, origin, { action: 'user create', subject: `user ${created.id}`, after: user });
        return created;
      }),
    ),
  );
}

/** Inserts a user, within a transaction. */
export async function insertUser(session: Session, { name, reference }: NewUser): Promise<User> {
  const createdAt = await serverTime(session);
  const { insertId: id } = await session.execute(
    'INSERT INTO users (reference, name, balance, created_at) VALUES (?, ?, 0, ?)',
    [reference, name, createdAt],
  );
  return { id, reference, name, balance: 0, blocked: false, createdAt };
}

/** Finds a user by id or reference. @throws ShopError `INVALID_USER` */
export async function findUser(orm: DataSource, ref: Ref): Promise<User> {
  const where = typeof ref === 'number' ? { id: ref } : { reference: ref.slice(1) };
  const row = await orm.getRepository(UserEntity).findOneBy(where);
  if (row === null) throw new ShopError('INVALID_USER', { user: ref });
  return toUser(row);
}

/** Lists users, newest first. */
export async function listUsers(session: Session, { search, blocked, limit, after }: UserFilter): Promise<User[]> {
  const where = new Conditions();
  if (search !== undefined) narrowToText(where, search);
  if (blocked) where.add('blocked_at IS NOT NULL');
  where.narrow('id < ?', after);
  const rows = await session.query<StoredUser>(`${SELECT_USERS} WHERE ${where.sql} ORDER BY id DESC LIMIT ?`, [
    ...where.values,
    limit,
  ]);
  return rows.map(toUser);
}

/**
 * Changes the name of a user, or sets the reference.
 *
 * @throws ShopError `INVALID_USER`; `INVALID_INPUT` if the user has another reference, or another user has the given reference.
 */
export async function editUser(session: Session, user: Ref, edit: UserEdit, origin: Origin): Promise<Edited<User>> {
  const { name, reference } = edit;
  return withReference('user', reference, () =>
    changeUser(session, user, origin, 'user edit', (before) => ({
      ...before,
      reference: editedReference('user', before, reference),
      name: name ?? before.name,
    })),
  );
}

/**
 * Blocks a user, who may not order until unblocked. If the user is blocked already, only the reason changes.
 *
 * @throws ShopError `INVALID_USER`
 */
export async function blockUser(session: Session, user: Ref, reason: string, origin: Origin): Promise<User> {
  const block = (before: User) => toUser({ ...before, blockedReason: reason });
  return (await changeUser(session, user, origin, 'user block', block)).entry;
}

/** Lets a blocked user order again. @throws ShopError `INVALID_USER` */
export async function unblockUser(session: Session, user: Ref, origin: Origin): Promise<User> {
  const unblock = (before: User) => toUser({ ...before, blockedReason: null });
  return (await changeUser(session, user, origin, 'user unblock', unblock)).entry;
}

async function changeUser(
  session: Session,
  user: Ref,
  origin: Origin,
  action: ActivityAction,
  change: (user: User) => User,
): Promise<Edited<User>> {
  const id = await findUserId(session, user);
  const lock = async () => {
    const [row] = await session.query<StoredUser>(`${SELECT_USERS} WHERE id = ? FOR UPDATE`, [id]);
    if (row === undefined) throw new ShopError('INVALID_USER', { user });
    return toUser(row);
  };
  const save = async ({ name, reference, blockedReason }: User) => {
    await session.execute(
      `UPDATE users SET name = ?, reference = ?, blocked_reason = ?,
         blocked_at = IF(? IS NULL, NULL, COALESCE(blocked_at, UTC_TIMESTAMP(3)))
       WHERE id = ?`,
      [name, reference, blockedReason ?? null, blockedReason ?? null, id],
    );
  };
  return editEntry(session, 'user', { action, lock, change, save }, origin);
}

/** A row of `users`. It has no field `blockedAt`, because a user is blocked if and only if `blockedReason` is set. */
type StoredUser = Omit<UserRow, 'blockedAt'>;

const SELECT_USERS = `SELECT id, reference, name, balance, blocked_reason AS blockedReason, created_at AS createdAt
  FROM users`;

function toUser({ id, reference, name, balance, blockedReason, createdAt }: StoredUser): User {
  const block = blockedReason === null ? { blocked: false } : { blocked: true, blockedReason };
  return { id: Number(id), reference, name, balance: Number(balance), ...block, createdAt };
}
