import type { Session } from '../../db/mysql/connection.ts';
import { SchemaError } from '../../db/mysql/errors.ts';
import { committedPosition, connectToReplica, reaches } from '../../db/mysql/replica.ts';
import { databaseAddress } from '../../db/mysql/url.ts';
import { requireCurrentSchema } from '../../db/schema.ts';
import { ShopError } from '../errors.ts';
import { type Phrase, phrase } from '../phrase.ts';
import { isDatabaseError, translateDatabaseError } from './mysql-errors.ts';

const SETTING = 'SHOP_DATABASE_REPLICA_URL';

/** A replica of the primary, for reads. */
export interface Replica {
  readonly url: string;
  /** Milliseconds that the replica may take to catch up with the primary. */
  readonly lagMs: number;
}

/** Returns the replica's host and port, or its socket, for messages. */
export function replicaAddress({ url }: Replica): string {
  return databaseAddress(url);
}

/** Opens a session that can only read. @throws ShopError `UNAVAILABLE` or `CONFIG` */
export async function openReplica({ url, lagMs }: Replica, statementMs?: number): Promise<Session> {
  try {
    return await connectToReplica(url, statementMs ?? lagMs + STATEMENT_MS);
  } catch (error) {
    throw translateDatabaseError(error, url, SETTING);
  }
}

/**
 * Default time limit for a statement on the replica. `lagMs` is added to it, because one statement waits that long for the
 * replica to catch up.
 */
const STATEMENT_MS = 5_000;

/**
 * Waits until the replica has every transaction that the primary had committed at the time of the call. The replica then
 * returns everything that earlier commands have written. Also checks that the replica has this program's schema.
 *
 * @param primary null if the primary is unavailable. Then only the schema is checked, because the replica's lag is unknown.
 * @throws ShopError `UNAVAILABLE` or `CONFIG`, with the reason, if the replica can't be used. An error of the primary is thrown
 *   unchanged.
 */
export async function awaitReplica(primary: Session | null, replica: Session, settings: Replica): Promise<void> {
  const position = primary === null ? null : await committedPosition(primary);
  const fault = (reason: Phrase, hint: Phrase) =>
    new ShopError(
      'UNAVAILABLE',
      { server: 'MySQL', address: replicaAddress(settings), reason },
      { message: phrase`The replica at ${replicaAddress(settings)} can't be used: ${reason}.`, hint },
    );
  if (primary !== null && position === null)
    throw fault(
      phrase('the primary has no GTIDs, so the lag of the replica is unknown'),
      phrase('Set gtid_mode=ON and enforce_gtid_consistency=ON on the primary and on the replica.'),
    );
  try {
    if (position !== null && !(await reaches(replica, position, settings.lagMs)))
      throw fault(
        phrase`it is more than ${settings.lagMs} ms behind`,
        phrase('Check SHOW REPLICA STATUS on the replica, or allow more lag with SHOP_REPLICA_LAG.'),
      );
    await requireCurrentSchema(replica);
  } catch (error) {
    if (error instanceof SchemaError)
      throw fault(
        describeSchema(error),
        phrase('The replica gets its schema from the primary: check SHOW REPLICA STATUS on the replica.'),
      );
    throw replicaProblem(error, settings.url) ?? error;
  }
}

/** Describes what is wrong with a replica's schema. The text suggests no migration, because none can run on a replica. */
function describeSchema({ state, migrations }: SchemaError): Phrase {
  const names = migrations.join(', ');
  return state === 'ahead'
    ? phrase`its schema has unknown migrations: ${names}`
    : phrase`its schema lacks migrations: ${names}`;
}

/**
 * Returns the reason to read from the primary instead, if a replica has thrown `error`. Returns null if the primary would throw
 * the same error, for example because a user does not exist.
 */
export function replicaProblem(error: unknown, url: string): ShopError | null {
  const known =
    error instanceof ShopError || !isDatabaseError(error) ? error : translateDatabaseError(error, url, SETTING);
  if (known instanceof ShopError) return ['UNAVAILABLE', 'CONFIG'].includes(known.code) ? known : null;
  if (!isDatabaseError(known)) return null;
  // a replica without GTIDs, or with a migration in progress, refuses statements that the primary accepts
  return new ShopError(
    'UNAVAILABLE',
    { server: 'MySQL', address: new URL(url).host, reason: known.message },
    { message: phrase`The replica at ${databaseAddress(url)} can't be used: ${known.message}.` },
  );
}

/** Returns the message that the primary is used instead of the replica, and why. */
export function replicaNotUsed({ text }: ShopError): Phrase {
  return phrase`Reading from the primary instead of the replica: ${text.message}`;
}
