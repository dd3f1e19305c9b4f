import type { Session } from '../../db/mysql/connection.ts';
import { SchemaError } from '../../db/mysql/errors.ts';
import { committedPosition, connectToReplica, reaches } from '../../db/mysql/replica.ts';
import { databaseAddress } from '../../db/mysql/url.ts';
import { requireCurrentSchema } from '../../db/schema.ts';
import { ShopError } from '../errors.ts';
import { type Phrase, phrase } from '../phrase.ts';
import { isDatabaseError, translateDatabaseError } from './mysql-errors.ts';
import type { DataSource } from './store.ts';

const SETTING = 'SHOP_DATABASE_REPLICA_URL';

/** A server that follows the primary and is read from in its place. */
export interface Replica {
  readonly url: string;
  /** Milliseconds that it may take to come up to what the primary has committed. */
  readonly lagMs: number;
}

/** Host and port, or the socket, for messages. */
export function replicaAddress({ url }: Replica): string {
  return databaseAddress(url);
}

/** A session that can read alone. @throws ShopError `UNAVAILABLE` or `CONFIG` */
export async function openReplica({ url, lagMs }: Replica, statementMs?: number): Promise<Session> {
  try {
    return await connectToReplica(url, statementMs ?? lagMs + STATEMENT_MS);
  } catch (error) {
    throw translateDatabaseError(error, url, SETTING);
  }
}

/** TypeORM on a replica that `awaitReplica` has found in order; it can read alone. @throws ShopError `UNAVAILABLE` or `CONFIG` */
export async function openReplicaOrm({ url, lagMs }: Replica): Promise<DataSource> {
  try {
    const { openDataSource } = await import('../../db/mysql/data-source.ts');
    return await openDataSource(url, { readOnly: true, statementMs: lagMs + STATEMENT_MS });
  } catch (error) {
    throw translateDatabaseError(error, url, SETTING);
  }
}

/** For one statement beyond the wait for the primary's transactions. */
const STATEMENT_MS = 5_000;

/**
 * Waits until the replica has all that the primary had committed when it was called, and the schema of this program. What
 * anyone has done before is then read from it, too: the command that was answered just now, or the migration.
 *
 * @param primary null where it is away: then nobody knows how far behind the replica is.
 * @throws ShopError `UNAVAILABLE` or `CONFIG` where it can't be read from, and why; what is wrong with the primary is
 *   thrown as it is.
 */
export async function awaitReplica(primary: Session | null, replica: Session, settings: Replica): Promise<void> {
  const position = primary === null ? null : await committedPosition(primary);
  const fault = (reason: Phrase, hint: Phrase) =>
    new ShopError(
      'UNAVAILABLE',
      { server: 'MySQL', address: replicaAddress(settings), reason },
      { message: phrase`The one at ${replicaAddress(settings)} can't be used: ${reason}.`, hint },
    );
  if (primary !== null && position === null)
    throw fault(
      phrase('the primary has no GTIDs, so nobody knows its lag'),
      phrase('Set gtid_mode=ON and enforce_gtid_consistency=ON on both servers.'),
    );
  try {
    if (position !== null && !(await reaches(replica, position, settings.lagMs)))
      throw fault(
        phrase`it is more than ${settings.lagMs} ms behind`,
        phrase('See SHOW REPLICA STATUS on the replica, or give it longer by SHOP_REPLICA_LAG.'),
      );
    await requireCurrentSchema(replica);
  } catch (error) {
    if (error instanceof SchemaError)
      throw fault(
        schemaOf(error),
        phrase("Its schema comes to it with the primary's transactions: see SHOW REPLICA STATUS on it."),
      );
    throw whyNotReplica(error, settings.url) ?? error;
  }
}

/** What is wrong with a replica's schema, which nobody is to migrate there. */
function schemaOf({ state, migrations }: SchemaError): Phrase {
  const names = migrations.join(', ');
  return state === 'ahead' ? phrase`it has ${names}, which this program does not know` : phrase`it lacks ${names}`;
}

/**
 * Why the primary is to be read from instead, where a replica has thrown `error`; null where the error would be the
 * primary's as well, such as a user that there is not.
 */
export function whyNotReplica(error: unknown, url: string): ShopError | null {
  const known =
    error instanceof ShopError || !isDatabaseError(error) ? error : translateDatabaseError(error, url, SETTING);
  if (known instanceof ShopError) return ['UNAVAILABLE', 'CONFIG'].includes(known.code) ? known : null;
  if (!isDatabaseError(known)) return null;
  // a replica without GTIDs, or a schema on its way, refuses statements that the primary takes
  return new ShopError('UNAVAILABLE', { server: 'MySQL', address: new URL(url).host, reason: known.message });
}

/** What people are told where the primary answers in the place of the replica. */
export function replicaNotUsed({ text }: ShopError): Phrase {
  return phrase`The replica is not read from, the primary is: ${text.message}`;
}
