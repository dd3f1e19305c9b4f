import type { Connection, ConnectionOptions, ResultSetHeader } from 'mysql2/promise';
import { mysqlTls } from '../tls.ts';
import { splitHosts } from '../url.ts';
import { within } from '../within.ts';
import { DatabaseError, databaseError, SMALL_PACKETS } from './errors.ts';
import { openPrimary } from './failover.ts';
import { limitIdle } from './idle-limit.ts';
import { databaseListener, databaseName } from './url.ts';

/** A value for one `?` in a statement. An array of arrays fills a multi-row `VALUES ?`. */
export type SqlValue = string | number | bigint | boolean | Date | Buffer | null | readonly SqlValue[];

/** Result of a statement that writes. */
export interface Written {
  readonly affectedRows: number;
  /** The auto-increment id of a single inserted row. */
  readonly insertId: number;
}

/** Statements with their values inserted (see `Session.format`). A null is not sent and returns no rows. */
export type Statements<Rows extends readonly unknown[]> = { readonly [Index in keyof Rows]: string | null };

/** The rows that each of several statements returns. */
export type RowsOfEach<Rows extends readonly unknown[]> = { readonly [Index in keyof Rows]: readonly Rows[Index][] };

/**
 * A connection to MySQL or MariaDB. BIGINTs are returned as numbers, because stored values never exceed the safe range. Times
 * are returned as `Date`. The session's time zone is UTC. The methods throw `DatabaseError` if a statement fails.
 */
export interface Session {
  /** Runs a SELECT and returns its rows. */
  query<Row>(sql: string, values?: readonly SqlValue[]): Promise<Row[]>;
  /** Runs a statement that writes. */
  execute(sql: string, values?: readonly SqlValue[]): Promise<Written>;
  /**
   * Sends statements in one packet and returns the rows of each statement. Statements that write return no rows. The server
   * stops at the first statement that fails.
   */
  queryAll<Rows extends readonly unknown[]>(statements: Statements<Rows>): Promise<RowsOfEach<Rows>>;
  /** Inserts the values into a statement, as `query` and `execute` do. */
  format(sql: string, values: readonly SqlValue[]): string;
  /** Sets a time limit for later statements, in addition to the session's own limit. Infinity removes the added limit. */
  limitStatements(ms: number): void;
  /** Closes the connection cleanly. */
  close(): Promise<void>;
  /** Drops the connection immediately. The server rolls back an open transaction and releases its locks. */
  destroy(): void;
  /** True once the connection can no longer be used. */
  readonly broken: boolean;
  /** URL of the host that the session is connected to. */
  readonly url: string;
  /** True if the session's host was selected from several hosts because it accepted writes. */
  readonly chosen: boolean;
  /** The server's `max_allowed_packet`: maximum length of a statement, in bytes. */
  readonly packetBytes: number;
  /** Value of `performance.now()` when the server last responded to a statement, even with an error. */
  readonly answeredAt: number;
  /** The idle limit in seconds that was set when the session was opened; undefined if none was set. */
  readonly idleSeconds: number | undefined;
}

export interface SessionLimits {
  /** Seconds without a statement after which the server ends the session. */
  readonly idleSeconds?: number;
  /** Seconds that a statement waits for a row lock. */
  readonly lockWaitSeconds?: number;
  /** Milliseconds for connecting, including the handshake (default 10,000). */
  readonly connectMs?: number;
  /** Milliseconds after which a statement without a response counts as an outage. */
  readonly statementMs?: number;
}

const CONNECT_TIMEOUT_MS = 10_000;
const CLOSE_TIMEOUT_MS = 1_000;

/** Returns the driver's options for a URL with one host. TypeORM takes the same options. Throws if a TLS file can't be read. */
export function connectionOptions(url: string) {
  const { username, password } = new URL(url);
  const ssl = mysqlTls(url);
  return {
    ...(ssl === undefined ? {} : { ssl }),
    ...databaseListener(url),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: databaseName(url),
    charset: 'utf8mb4_bin',
    timezone: 'Z',
    supportBigNumbers: true,
    bigNumberStrings: false,
    connectTimeout: CONNECT_TIMEOUT_MS,
  } satisfies ConnectionOptions;
}

/**
 * Settings of every session: UTC, no silent truncation, and READ COMMITTED. This isolation level takes gap locks only for
 * checks of foreign and unique keys.
 */
export const SESSION_SETTINGS =
  "SET SESSION time_zone = '+00:00', sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,ONLY_FULL_GROUP_BY'";
export const SESSION_ISOLATION = 'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED';

/**
 * Connects to the database of `url`. If the URL names several hosts, connects to the host that accepts writes.
 *
 * @throws DatabaseError if the server can't be reached or refuses the connection, or if no host accepts writes.
 */
export async function connect(url: string, limits: SessionLimits = {}): Promise<Session> {
  const { urls } = splitHosts(url);
  if (urls.length === 1) return connectTo(urls[0], limits, false);
  return openPrimary(url, urls, (host) => connectTo(host, limits, true));
}

async function connectTo(url: string, limits: SessionLimits, chosen: boolean): Promise<Session> {
  const connection = await openConnection(url, limits.connectMs);
  const { statementMs, idleSeconds, lockWaitSeconds } = limits;
  const session = new MysqlSession(connection, { url, chosen, statementMs, idleSeconds });
  try {
    const [[packet]] = await session.queryAll<[{ bytes: number }, never, never, never, never]>([
      'SELECT @@max_allowed_packet AS bytes',
      SESSION_SETTINGS,
      SESSION_ISOLATION,
      idleSeconds === undefined ? null : limitIdle(idleSeconds),
      lockWaitSeconds === undefined ? null : `SET SESSION innodb_lock_wait_timeout = ${lockWaitSeconds}`,
    ]);
    session.packetBytes = packet?.bytes ?? 0;
  } catch (error) {
    session.destroy();
    throw error;
  }
  return session;
}

async function openConnection(url: string, connectTimeout = CONNECT_TIMEOUT_MS): Promise<Connection> {
  // loaded on demand, so that commands that don't need the database start faster
  const { createConnection } = (await import('mysql2/promise')).default;
  try {
    return await createConnection({ ...connectionOptions(url), connectTimeout, multipleStatements: true });
  } catch (error) {
    throw databaseError(error);
  }
}

/** Minimum `max_allowed_packet` in bytes. A statement for a chunk of a batch file or a group of requests may be this long. */
export const SMALLEST_PACKET = 16 * 1_048_576;

/**
 * Returns the session if the server accepts statements of `SMALLEST_PACKET` bytes. Otherwise destroys the session and throws.
 *
 * @throws DatabaseError
 */
export function requirePackets(session: Session): Session {
  if (session.packetBytes >= SMALLEST_PACKET) return session;
  session.destroy();
  const message = `max_allowed_packet is ${session.packetBytes}, but must be at least ${SMALLEST_PACKET}`;
  throw new DatabaseError(Object.assign(new Error(message), { code: SMALL_PACKETS }));
}

/** Reads the server's version. The version of a MariaDB server contains the name MariaDB. */
export async function serverVersion(session: Session): Promise<string> {
  const [row] = await session.query<{ version: string }>('SELECT VERSION() AS version');
  return row?.version ?? 'unknown';
}

/** Returns true for MariaDB, which reports its schema and plans joins differently from MySQL. */
export async function isMariaDb(session: Session): Promise<boolean> {
  return isMariaDbVersion(await serverVersion(session));
}

/** Returns true if a reported version is MariaDB's. */
export function isMariaDbVersion(version: string): boolean {
  return version.includes('MariaDB');
}

/** Reads the server's clock in UTC with milliseconds. All writers use this clock. */
export async function serverTime(session: Session): Promise<Date> {
  const [row] = await session.query<{ now: Date }>('SELECT UTC_TIMESTAMP(3) AS now');
  if (row === undefined) throw new Error('the server returned no time');
  return row.now;
}

/** Formats a time for statements. The driver would otherwise format it again for each row. */
export function sqlTime(time: Date): string {
  return time.toISOString().slice(0, 23).replace('T', ' ');
}

/**
 * Throws if a statement did not write the expected number of rows. The rows were locked before, so any other number is
 * a bug.
 */
export function expectRows(table: string, { affectedRows }: Written, expected: number): void {
  if (affectedRows !== expected) throw new Error(`${affectedRows} of ${expected} rows of ${table} were written`);
}

class MysqlSession implements Session {
  readonly url: string;
  readonly chosen: boolean;
  readonly idleSeconds: number | undefined;
  packetBytes = 0;
  readonly #connection: Connection;
  /** The session's own limit for statements. */
  readonly #statementMs: number;
  #limitMs: number;
  #broken = false;
  #activeStatements = 0;
  #answeredAt = performance.now();

  constructor(
    connection: Connection,
    options: Pick<Session, 'url' | 'chosen' | 'idleSeconds'> & { readonly statementMs: number | undefined },
  ) {
    this.#connection = connection;
    this.url = options.url;
    this.chosen = options.chosen;
    this.idleSeconds = options.idleSeconds;
    this.#statementMs = options.statementMs ?? Number.POSITIVE_INFINITY;
    this.#limitMs = this.#statementMs;
    // without a listener, a connection that fails while idle would end the process; the next statement reports the failure
    connection.on('error', () => {
      this.#broken = true;
    });
    connection.on('end', () => {
      this.#broken = true;
    });
  }

  get broken(): boolean {
    return this.#broken;
  }

  get answeredAt(): number {
    return this.#answeredAt;
  }

  async query<Row>(sql: string, values: readonly SqlValue[] = []): Promise<Row[]> {
    return (await this.#send(sql, values)) as Row[];
  }

  async execute(sql: string, values: readonly SqlValue[] = []): Promise<Written> {
    const { affectedRows, insertId } = (await this.#send(sql, values)) as ResultSetHeader;
    return { affectedRows, insertId };
  }

  async queryAll<Rows extends readonly unknown[]>(statements: Statements<Rows>): Promise<RowsOfEach<Rows>> {
    const sent = statements.filter((statement) => statement !== null);
    const result = sent.length === 0 ? [] : await this.#send(sent.join(';\n'), []);
    const results = (sent.length === 1 ? [result] : result) as (unknown[] | ResultSetHeader)[];
    const rows = statements.map((statement) => {
      const own = statement === null ? undefined : results.shift();
      return Array.isArray(own) ? own : [];
    });
    return rows as unknown as RowsOfEach<Rows>;
  }

  format(sql: string, values: readonly SqlValue[]): string {
    return this.#connection.format(sql, values as unknown[]);
  }

  async #send(sql: string, values: readonly SqlValue[]): Promise<unknown> {
    this.#activeStatements++;
    try {
      const timeout = Number.isFinite(this.#limitMs) ? { timeout: this.#limitMs } : {};
      // if values are given, the driver searches the text for placeholders, and the text may be several megabytes long
      const given = values.length === 0 ? {} : { values: values as unknown[] };
      const [result] = await this.#connection.query({ sql, ...given, ...timeout });
      this.#answeredAt = performance.now();
      return result;
    } catch (cause) {
      const error = databaseError(cause);
      if (error.errno !== null) this.#answeredAt = performance.now();
      // the server may still be running the statement, so nothing more may be sent
      if (error.errno === null && error.kind === 'outage') this.destroy();
      // a new connection may reach a server that accepts writes
      if (error.takesNoWrites) this.destroy();
      throw error;
    } finally {
      this.#activeStatements--;
    }
  }

  limitStatements(ms: number): void {
    this.#limitMs = Math.min(this.#statementMs, ms);
  }

  async close(): Promise<void> {
    // a clean close would wait for a statement that hangs
    if (this.#broken || this.#activeStatements > 0) return this.destroy();
    this.#broken = true;
    const closed = this.#connection.end().then(
      () => true,
      // the server may have closed the connection first
      () => false,
    );
    if (!(await within(CLOSE_TIMEOUT_MS, closed, false))) this.#connection.destroy();
  }

  destroy(): void {
    this.#broken = true;
    this.#connection.destroy();
  }
}
