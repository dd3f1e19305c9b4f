/**
 * Kind of fault behind a failed statement or connection.
 *
 * - `outage`: the server, its disk, schema or rights are at fault, regardless of the statement's data. Waiting may help.
 * - `conflict`: another session prevented the statement (deadlock, lock wait timeout). The whole transaction may be retried.
 * - `statement`: the statement or its data is at fault.
 *
 * The error numbers in this file are from the MySQL and MariaDB error references.
 */
export type FaultKind = 'outage' | 'conflict' | 'statement';

/** This program's own error code for a server whose `max_allowed_packet` is too small. */
export const SMALL_PACKETS = 'SMALL_PACKETS';

/**
 * This program's own error code for a server that it must not write to: the server accepts no writes, or the database has another
 * schema or belongs to another prefix.
 */
export const NOT_WRITABLE = 'NOT_WRITABLE';

const OUTAGE_CODES: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
  'EACCES',
  'PROTOCOL_CONNECTION_LOST',
  'PROTOCOL_ENQUEUE_AFTER_FATAL_ERROR',
  'PROTOCOL_SEQUENCE_TIMEOUT',
  'HANDSHAKE_NO_SSL_SUPPORT',
  SMALL_PACKETS,
  NOT_WRITABLE,
]);

/**
 * Numbers of errors from a server that accepts no writes, because it is a replica or has left its group. Error 3101 can also come
 * from a new primary, which refuses conflicting transactions until it has applied all transactions of the old primary.
 */
const NO_WRITES_NUMBERS: ReadonlySet<number> = new Set([
  1290, // read-only server
  1836, // read-only mode
  3032, // offline mode, as after the member was expelled from its group
  3100, // a replication hook refused the commit
  3101, // Group Replication rolled the transaction back
  3796, // the member's state does not allow group_replication_consistency
  3797, // waiting for the group's commits failed
  3798, // waiting for the other members failed
  3799, // the member is leaving its group
]);

/** Numbers of errors that mean that the server has ended the session. */
const DISCONNECTED_NUMBERS: ReadonlySet<number> = new Set([
  1927, // connection killed (MariaDB)
  3169, // session killed
  4031, // disconnected for inactivity
]);

const OUTAGE_NUMBERS: ReadonlySet<number> = new Set([
  ...NO_WRITES_NUMBERS,
  ...DISCONNECTED_NUMBERS,
  1021, // disk full
  1037, // out of memory
  1040, // too many connections
  1041, // out of resources
  1043, // bad handshake
  1044, // access to the database denied
  1045, // wrong user or password
  1049, // no such database
  1053, // shutdown in progress
  1054, // no such column, because the schema has another version
  1077, // normal shutdown
  1114, // table full; also reported for a full disk on insert
  1129, // host blocked after too many errors
  1130, // host not allowed
  1142, // no rights on the table
  1143, // no rights on the column
  1146, // no such table
  1153, // packet too large; the connection ends
  1159, // timeout reading from the client
  1161, // timeout writing to the client
  1180, // the COMMIT itself failed
  1203, // too many connections of this user
  1226, // a resource limit of this user was reached
  1317, // query interrupted by KILL
  3098, // the table does not meet the requirements of Group Replication
  3159, // the server requires TLS
]);

const CONFLICT_NUMBERS: ReadonlySet<number> = new Set([
  1205, // lock wait timeout
  1213, // deadlock
  3572, // the row is locked, and the statement has NOWAIT
]);

/** Reports a failed statement or connection. `cause` is the driver's error. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
  readonly kind: FaultKind;
  /** The server's error number, or null if the driver failed before the server responded. */
  readonly errno: number | null;
  /** The driver's error code, such as `ECONNREFUSED` or `ER_DUP_ENTRY`. */
  readonly code: string;
  /** True if the server accepts no writes. Another server may accept them. */
  readonly takesNoWrites: boolean;
  /** True if the session is lost. The server rolls back its open transaction. */
  readonly disconnected: boolean;

  constructor(cause: unknown) {
    super(reasonOf(cause), { cause });
    this.code = property(cause, 'code') ?? 'UNKNOWN';
    // the driver gives system errors negative numbers
    const errno = property<number>(cause, 'errno');
    this.errno = errno !== undefined && errno > 0 ? errno : null;
    this.takesNoWrites = this.errno !== null && NO_WRITES_NUMBERS.has(this.errno);
    this.kind = kindOf(this.code, this.errno, property<boolean>(cause, 'fatal') === true, this.message);
    this.disconnected = this.errno === null ? this.kind === 'outage' : DISCONNECTED_NUMBERS.has(this.errno);
  }
}

/** Reports a session that was lost before the COMMIT. The server rolls back the whole transaction. */
export class TransactionLost extends DatabaseError {}

/** Returns `TransactionLost` if the error ended the session before the COMMIT, and otherwise the error itself. */
export function transactionError(error: unknown): unknown {
  if (!(error instanceof DatabaseError) && property<unknown>(error, 'driverError') === undefined) return error;
  const { disconnected, cause } = databaseError(error);
  return disconnected ? new TransactionLost(cause) : error;
}

/** State of an unsuitable schema. An `obsolete` schema was created by a version before 0.2. */
export type SchemaFault = 'missing' | 'behind' | 'ahead' | 'obsolete';

/** Reports that the database does not have this program's schema. */
export class SchemaError extends Error {
  override readonly name = 'SchemaError';
  readonly state: SchemaFault;
  readonly migrations: readonly string[];

  constructor(state: SchemaFault, migrations: readonly string[]) {
    super(`the schema is ${state}`);
    this.state = state;
    this.migrations = migrations;
  }
}

/** Wraps an error thrown by the driver. Returns a `DatabaseError` unchanged. */
export function databaseError(cause: unknown): DatabaseError {
  if (cause instanceof DatabaseError) return cause;
  // TypeORM's errors contain the driver's error in the field `driverError`
  const driverError = property<unknown>(cause, 'driverError');
  return new DatabaseError(driverError ?? cause);
}

/** Returns true if the server rejected a row because another row has the same value of a unique key. */
export function isDuplicate(error: unknown): boolean {
  return databaseError(error).errno === 1062;
}

function kindOf(code: string, errno: number | null, fatal: boolean, message: string): FaultKind {
  if (errno !== null && CONFLICT_NUMBERS.has(errno)) return 'conflict';
  if (errno !== null) return OUTAGE_NUMBERS.has(errno) ? 'outage' : 'statement';
  // mysql2 sets no code for a statement on a connection that has just broken
  return fatal || OUTAGE_CODES.has(code) || message.includes('closed state') ? 'outage' : 'statement';
}

/** Returns the driver's message. An AggregateError often has no message; it contains one error per address tried. */
function reasonOf(cause: unknown): string {
  if (cause instanceof AggregateError && cause.message === '') return cause.errors.map(reasonOf).join(', ');
  return cause instanceof Error ? cause.message : String(cause);
}

function property<T = string>(value: unknown, name: string): T | undefined {
  return typeof value === 'object' && value !== null && name in value
    ? ((value as Record<string, unknown>)[name] as T)
    : undefined;
}
