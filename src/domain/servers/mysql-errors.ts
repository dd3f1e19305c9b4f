import { SMALLEST_PACKET } from '../../db/mysql/connection.ts';
import {
  DatabaseError,
  databaseError,
  NOT_WRITABLE,
  SchemaError,
  SMALL_PACKETS,
  TransactionLost,
} from '../../db/mysql/errors.ts';
import { NoPrimary } from '../../db/mysql/failover.ts';
import { TRANSACTION_IDLE_SECONDS } from '../../db/mysql/idle-limit.ts';
import { databaseAddress } from '../../db/mysql/url.ts';
import { isTlsError } from '../../db/tls-errors.ts';
import { ShopError } from '../errors.ts';
import { phrase } from '../phrase.ts';
import { respondedWithError } from './responded.ts';
import { untrusted } from './untrusted.ts';

const ACCESS_DENIED: ReadonlySet<number> = new Set([1044, 1045, 1049, 1130]);
const STATEMENT_DENIED: ReadonlySet<number> = new Set([1142, 1143]);
const TLS_WANTED = 3159;
/**
 * Numbers of errors for a missing column or table. On such an error a worker waits for a migration; in a command, the error is
 * a bug.
 */
const SCHEMA_MISMATCH: ReadonlySet<number> = new Set([1054, 1146]);

/** Returns true for any error of the database, of its schema or of TypeORM. */
export function isDatabaseError(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  // TypeORM's errors are recognized by the field `driverError`, because the bundle renames TypeORM's classes
  return error instanceof DatabaseError || error instanceof SchemaError || 'driverError' in error;
}

/** Returns true if a statement failed because it names a table or column that does not exist. */
export function isSchemaMismatch(error: unknown): boolean {
  const { errno } = databaseError(error);
  return errno !== null && SCHEMA_MISMATCH.has(errno);
}

/** Returns true if the server or the network is the cause, so that a request may wait and no failed attempt is counted. */
export function isOutage(error: unknown): boolean {
  return error instanceof DatabaseError && error.kind === 'outage';
}

/** Returns true if another session caused a conflict, so that the transaction may be retried. */
export function isConflict(error: unknown): boolean {
  return error instanceof DatabaseError && error.kind === 'conflict';
}

/**
 * Translates an error of the database into an expected error, if the server, the network or the configuration is the cause.
 * Returns any other error unchanged.
 *
 * @param setting the setting with the database's URL.
 */
export function translateDatabaseError(error: unknown, url: string, setting = 'SHOP_DATABASE_URL'): unknown {
  if (error instanceof SchemaError) return schemaProblem(error);
  if (error instanceof ShopError) return error;
  const { code, errno, kind, message, cause } = databaseError(error);
  const address = databaseAddress(url);
  if (errno !== null && ACCESS_DENIED.has(errno)) {
    return new ShopError(
      'CONFIG',
      { setting, address },
      {
        message: phrase`MySQL at ${address} refused the connection: ${message}.`,
        hint: phrase`Check the user, password and database in ${setting}, and the ssl-mode if the server requires TLS.`,
        cause,
      },
    );
  }
  if (errno !== null && STATEMENT_DENIED.has(errno)) {
    return new ShopError(
      'CONFIG',
      { setting, address },
      {
        message: phrase`MySQL at ${address} refused the statement: ${message}.`,
        hint: phrase`Check the rights of the account in ${setting} with SHOW GRANTS.`,
        cause,
      },
    );
  }
  if (code === SMALL_PACKETS) {
    return new ShopError(
      'CONFIG',
      { setting: 'max_allowed_packet', address, reason: message },
      {
        message: phrase`MySQL at ${address} does not accept statements as large as shop may send: ${message}.`,
        hint: phrase`Run \`SET PERSIST max_allowed_packet = ${String(SMALLEST_PACKET)}\` on the server (on MariaDB: SET GLOBAL, and edit the configuration file), then try again.`,
        cause,
      },
    );
  }
  if (errno === TLS_WANTED || isTlsError(cause)) return untrusted('MySQL', setting, address, message, cause);
  if (errno !== null && SCHEMA_MISMATCH.has(errno)) return error;
  const details = { server: 'MySQL', address, reason: message };
  if (error instanceof TransactionLost) {
    return new ShopError('UNAVAILABLE', details, {
      message: phrase`The connection to MySQL at ${address} was lost during a transaction: ${message}. The transaction was rolled back.`,
      hint: phrase`Run the same command again. A command that is suspended for ${TRANSACTION_IDLE_SECONDS} s loses its transaction.`,
      cause,
    });
  }
  if (kind !== 'outage') return error;
  return hasResponded(error) ? respondedWithError(details, cause) : new ShopError('UNAVAILABLE', details, { cause });
}

/** Returns true if a server has sent the error, or was found to accept no writes. */
function hasResponded(error: unknown): boolean {
  if (error instanceof NoPrimary) return error.answered;
  const { code, errno } = databaseError(error);
  return errno !== null || code === NOT_WRITABLE;
}

/**
 * Returns the error for a database that became unavailable; null for any other error. Missing rights do not count as
 * unavailable, because waiting does not help.
 */
export function lostDatabase(error: unknown, url: string): ShopError | null {
  if (!isOutage(error)) return null;
  const known = translateDatabaseError(error, url);
  return known instanceof ShopError && known.code === 'UNAVAILABLE' ? known : null;
}

/** Creates the error `CONFIG` for a schema that does not fit this program. */
export function schemaProblem({ state, migrations }: Pick<SchemaError, 'state' | 'migrations'>): ShopError {
  if (state === 'ahead') {
    return new ShopError(
      'CONFIG',
      { schema: state, migrations },
      {
        message: phrase`The database is newer than this program. Unknown migrations: ${migrations.join(', ')}.`,
        hint: phrase('Upgrade shop on this machine.'),
      },
    );
  }
  if (state === 'obsolete') {
    return new ShopError(
      'CONFIG',
      { schema: state, migrations },
      {
        message: phrase('The database was created by a version of shop before 0.2 and cannot be upgraded.'),
        hint: phrase(
          'Use an empty database: set SHOP_DATABASE_URL, or run `shop dev reset` if the database is local. To keep users and products, export them with the old version first, and import them afterwards.',
        ),
      },
    );
  }
  return new ShopError(
    'CONFIG',
    { schema: state, migrations },
    {
      message:
        state === 'missing'
          ? phrase('The database has not been migrated.')
          : phrase`The database lacks migrations: ${migrations.join(', ')}.`,
      hint: phrase('Run `shop db migrate`.'),
    },
  );
}
