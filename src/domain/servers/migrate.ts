import { connect } from '../../db/mysql/connection.ts';
import {
  migrate,
  planRevert,
  RevertFailed,
  type RevertPlan,
  revertLast,
  SchemaLocked,
  type SchemaState,
  schemaState,
} from '../../db/schema.ts';
import { recordActivity } from '../activities/record.ts';
import { ShopError } from '../errors.ts';
import { phrase } from '../phrase.ts';
import type { Origin } from '../requests/origin.ts';
import type { Seeded } from '../shop/seed.ts';
import { openSession } from './connections.ts';
import { translateDatabaseError } from './mysql-errors.ts';

/** The state of the schema, for `db status`. */
export interface SchemaStatus extends SchemaState {
  /**
   * One line for each difference between the schema and the entities; null if the schema is not fully migrated, or if the
   * account lacks the rights to compare them.
   */
  readonly drift: readonly string[] | null;
}

/** Applies the pending migrations; returns the names of those that this call has applied. */
export async function migrateDatabase(url: string, origin: Origin): Promise<readonly string[]> {
  return translated(url, async () => {
    const applied = await migrate(url);
    if (applied.length > 0) await recordMigration(url, origin, 'db migrate', { applied });
    return applied;
  });
}

/** Reads what a revert of the last migration would delete; null if no migration is applied. */
export async function readRevert(url: string): Promise<RevertPlan | null> {
  return translated(url, () => planRevert(url));
}

/** Reverts the last migration and deletes its data; returns the migration's name, or null if none is applied. */
export async function revertDatabase(url: string, origin: Origin): Promise<string | null> {
  return translated(url, async () => {
    const reverted = await revertLast(url);
    if (reverted !== null) await recordMigration(url, origin, 'db revert', { reverted });
    return reverted;
  });
}

/** Records an activity, unless the first migration, which creates the table of activities, was reverted. */
async function recordMigration(
  url: string,
  origin: Origin,
  action: 'db migrate' | 'db revert',
  after: object,
): Promise<void> {
  // MySQL commits each change of the schema by itself, so the activity can't be recorded in the same transaction
  const session = await connect(url);
  try {
    const { applied } = await schemaState(session);
    if (applied.length > 0) await recordActivity(session, origin, { action, subject: 'database', after });
  } finally {
    await session.close();
  }
}

/** Reads which migrations are applied and pending, and whether the schema differs from the entities. */
export async function readSchemaStatus(url: string): Promise<SchemaStatus> {
  return translated(url, async () => {
    const session = await connect(url);
    const state = await schemaState(session).finally(() => session.close());
    if (state.pending.length > 0 || state.unknown.length > 0) return { ...state, drift: null };
    const [{ openDataSource }, { findDrift }] = await Promise.all([
      import('../../db/mysql/data-source.ts'),
      import('../../db/drift.ts'),
    ]);
    const dataSource = await openDataSource(url);
    try {
      return { ...state, drift: await findDrift(dataSource) };
    } finally {
      await dataSource.destroy();
    }
  });
}

/** Adds the missing sample users and products; returns how many of each were added. */
export async function seedDatabase(url: string, origin: Origin): Promise<Seeded> {
  const session = await openSession(url);
  try {
    const { seed } = await import('../shop/seed.ts');
    return await seed(session, origin);
  } catch (error) {
    throw translateDatabaseError(error, url);
  } finally {
    await session.close();
  }
}

async function translated<T>(url: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof RevertFailed) throw revertFailed(error, url);
    if (error instanceof SchemaLocked) throw new ShopError('LOCKED', { what: phrase('the schema') });
    throw translateDatabaseError(error, url);
  }
}

function revertFailed({ migration, message, cause }: RevertFailed, url: string): unknown {
  const known = translateDatabaseError(cause, url);
  if (known instanceof ShopError) return known;
  return new ShopError(
    'CONFIG',
    { migration, reason: message },
    {
      message: phrase`${migration} can't be reverted: ${message}.`,
      hint: phrase('Remove the cause and run `shop db revert` again, or restore the schema with `shop db migrate`.'),
      cause,
    },
  );
}
