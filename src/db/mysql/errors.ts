/**
 * What a failed statement or connection means for the one who sent it.
 *
 * - `outage`: the server, its disk, schema or rights are at fault, whatever the statement's data; worth waiting for.
 * - `conflict`: lost against another session (deadlock, lock wait timeout); the whole transaction may be tried again.
 * - `statement`: the statement or its data is at fault.
 *
 * Numbers from the MySQL and MariaDB error references.
 */
export type FaultKind = 'outage' | 'conflict' | 'statement';

/** The code of the error where the server's `max_allowed_packet` is too small; no server and no driver has it. */
export const SMALL_PACKETS = 'SMALL_PACKETS';

/** The code of the error where this server, schema or prefix may not be written to; no server and no driver has it. */
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
 * The server takes no writes, or none any more: it is a replica now, or its group has lost it. 3101 is also the end of a
 * transaction that conflicts with what a new primary has still to apply of the old one's.
 */
const NO_WRITES_NUMBERS: ReadonlySet<number> = new Set([
  1290, // read-only server
  1836, // read-only mode
  3032, // offline mode, which a member that its group has expelled is put in
  3100, // a replication hook refused the commit
  3101, // Group Replication rolled the transaction back
  3796, // group_replication_consistency can't be kept in the member's state
  3797, // the wait for what the group has committed has failed
  3798, // the wait for the other members has failed
  3799, // the member is leaving its group
]);

/** The server has ended the session. */
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
  1054, // no such column: another version of the schema
  1077, // normal shutdown
  1114, // table full, as a full disk is reported on insert
  1129, // host blocked after too many errors
  1130, // host not allowed
  1142, // right on the table missing
  1143, // right on the column missing
  1146, // no such table
  1153, // the packet is larger than the server takes, and the connection ends
  1159, // timeout reading from the client
  1161, // timeout writing to the client
  1180, // the COMMIT itself failed
  1203, // too many connections of this user
  1226, // a resource limit of this user
  1317, // query interrupted: KILL
  3098, // the table is not as Group Replication wants it
  3159, // the server wants TLS
]);

const CONFLICT_NUMBERS: ReadonlySet<number> = new Set([
  1205, // lock wait timeout
  1213, // deadlock
  3572, // NOWAIT and the row is locked
]);

/** A statement failed, or a connection could not be made; `cause` is the driver's error. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
  readonly kind: FaultKind;
  /** The server's error number, or null where the driver failed before the server answered. */
  readonly errno: number | null;
  /** The driver's error code, such as `ECONNREFUSED` or `ER_DUP_ENTRY`. */
  readonly code: string;
  /** True where the server takes no writes: another one may. */
  readonly takesNoWrites: boolean;
  /** True where the session is lost: the server rolls back what it had open. */
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

/** The session was lost in the middle of a transaction, before its COMMIT: the server rolls all of it back. */
export class TransactionLost extends DatabaseError {}

/** Returns `TransactionLost` for an error before the COMMIT with which the session was lost, and else the error itself. */
export function transactionError(error: unknown): unknown {
  if (!(error instanceof DatabaseError) && property<unknown>(error, 'driverError') === undefined) return error;
  const { disconnected, cause } = databaseError(error);
  return disconnected ? new TransactionLost(cause) : error;
}

/** In which way a schema differs; `obsolete` is one that was made by a version before 0.2. */
export type SchemaFault = 'missing' | 'behind' | 'ahead' | 'obsolete';

/** The database's schema is not the one that this program works with. */
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

/** Wraps what the driver threw; what is wrapped already stays as it is. */
export function databaseError(cause: unknown): DatabaseError {
  if (cause instanceof DatabaseError) return cause;
  // TypeORM wraps the driver's error once more
  const driverError = property<unknown>(cause, 'driverError');
  return new DatabaseError(driverError ?? cause);
}

/** True where a row was refused because a unique key is taken. */
export function isDuplicate(error: unknown): boolean {
  return databaseError(error).errno === 1062;
}

function kindOf(code: string, errno: number | null, fatal: boolean, message: string): FaultKind {
  if (errno !== null && CONFLICT_NUMBERS.has(errno)) return 'conflict';
  if (errno !== null) return OUTAGE_NUMBERS.has(errno) ? 'outage' : 'statement';
  // mysql2 has no code for a statement that is sent on a connection which has just broken
  return fatal || OUTAGE_CODES.has(code) || message.includes('closed state') ? 'outage' : 'statement';
}

/** The driver's words; an AggregateError (one per address tried) has none of its own. */
function reasonOf(cause: unknown): string {
  if (cause instanceof AggregateError && cause.message === '') return cause.errors.map(reasonOf).join(', ');
  return cause instanceof Error ? cause.message : String(cause);
}

function property<T = string>(value: unknown, name: string): T | undefined {
  return typeof value === 'object' && value !== null && name in value
    ? ((value as Record<string, unknown>)[name] as T)
    : undefined;
}
