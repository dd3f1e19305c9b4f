import type { Connection, ConnectionOptions, ResultSetHeader } from 'mysql2/promise';
import { mysqlTls } from '../tls.ts';
import { splitHosts } from '../url.ts';
import { within } from '../within.ts';
import { DatabaseError, databaseError, SMALL_PACKETS } from './errors.ts';
import { openPrimary } from './failover.ts';
import { limitIdle } from './idle-limit.ts';
import { databaseListener, databaseName } from './url.ts';

/** A value that a statement takes for one `?`; an array of arrays stands for the rows of a multi-row `VALUES ?`. */
export type SqlValue = string | number | bigint | boolean | Date | Buffer | null | readonly SqlValue[];

/** What a writing statement did. */
export interface Written {
  readonly affectedRows: number;
  /** The id that an auto-increment column gave to a single inserted row. */
  readonly insertId: number;
}

/** Statements with their values in them, see `Session.format`; null is not sent and has no rows. */
export type Statements<Rows extends readonly unknown[]> = { readonly [Place in keyof Rows]: string | null };

/** The rows of each of several statements. */
export type RowsOfEach<Rows extends readonly unknown[]> = { readonly [Place in keyof Rows]: readonly Rows[Place][] };

/**
 * One connection to MySQL or MariaDB. BIGINTs come as numbers (a stored one never leaves the safe range), times as
 * `Date`, and the session's clock is UTC. Every method throws `DatabaseError`.
 */
export interface Session {
  /** Rows of a SELECT. */
  query<Row>(sql: string, values?: readonly SqlValue[]): Promise<Row[]>;
  /** A writing statement. */
  execute(sql: string, values?: readonly SqlValue[]): Promise<Written>;
  /**
   * Sends statements in one packet and returns the rows of each; of a writing one, none. The server stops at the first
   * that fails.
   */
  queryAll<Rows extends readonly unknown[]>(statements: Statements<Rows>): Promise<RowsOfEach<Rows>>;
  /** The text of a statement with its values in it, as `query` and `execute` send it. */
  format(sql: string, values: readonly SqlValue[]): string;
  /** Says goodbye to the server and closes. */
  close(): Promise<void>;
  /** Drops the connection at once; the server rolls back what was open and frees its locks. */
  destroy(): void;
  /** True once the connection is known to be of no more use. */
  readonly broken: boolean;
  /** The one host that it is on, as a URL. */
  readonly url: string;
  /** True where several hosts were named, of which this one took writes when it was asked. */
  readonly chosen: boolean;
  /** `max_allowed_packet`: the longest statement, in bytes, that the server takes. */
  readonly packetBytes: number;
  /** When the server has last answered a statement, be it with an error, by `performance.now()`. */
  readonly answeredAt: number;
  /** Seconds without a statement after which the server ends it, as long as it lives; undefined for the server's own limit. */
  readonly idleSeconds: number | undefined;
}

/** Limits that a session asks its server to hold. */
export interface SessionLimits {
  /** Seconds without a statement after which the server ends the session. */
  readonly idleSeconds?: number;
  /** Seconds that a statement waits for a row lock. */
  readonly lockWaitSeconds?: number;
  /** Milliseconds that connecting may take, the greeting included; ten seconds unless it is given. */
  readonly connectMs?: number;
  /** Milliseconds after which a statement without an answer counts as an outage: the server hangs, or its host is gone. */
  readonly statementMs?: number;
}

const CONNECT_TIMEOUT_MS = 10_000;
const GOODBYE_MS = 1_000;

/**
 * The driver's options for a `mysql://` URL of one host; TypeORM's driver takes the same. Throws where a file that its
 * query names can't be read.
 */
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
 * Statements that every session starts with: UTC, no silent truncation, each statement sees what is committed when it
 * starts (READ COMMITTED takes no gap locks, so that only rows that exist are waited for).
 */
export const SESSION_SETTINGS =
  "SET SESSION time_zone = '+00:00', sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,ONLY_FULL_GROUP_BY'";
export const SESSION_ISOLATION = 'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED';

/**
 * Connects to the database that `url` names; of several hosts to that one which takes writes.
 *
 * @throws DatabaseError where the server can't be reached or refuses, or none of them takes writes.
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
  // loaded here: a command that ends without the database has no time to spend on its driver
  const { createConnection } = (await import('mysql2/promise')).default;
  try {
    return await createConnection({ ...connectionOptions(url), connectTimeout, multipleStatements: true });
  } catch (error) {
    throw databaseError(error);
  }
}

/** The least `max_allowed_packet`: a piece of a batch file, or what is written for a group of requests, may be this long. */
export const SMALLEST_PACKET = 16 * 1_048_576;

/** Returns `session`; drops it where the server takes no statement of the size that the program may send. @throws DatabaseError */
export function requirePackets(session: Session): Session {
  if (session.packetBytes >= SMALLEST_PACKET) return session;
  session.destroy();
  const message = `max_allowed_packet is ${session.packetBytes}, and must be at least ${SMALLEST_PACKET}`;
  throw new DatabaseError(Object.assign(new Error(message), { code: SMALL_PACKETS }));
}

/** What the server calls its version; MariaDB's has its name in it. */
export async function serverVersion(session: Session): Promise<string> {
  const [row] = await session.query<{ version: string }>('SELECT VERSION() AS version');
  return row?.version ?? 'unknown';
}

/** The two speak much the same SQL, and report their schema and plan their joins in different ways. */
export async function isMariaDb(session: Session): Promise<boolean> {
  return isMariaDbVersion(await serverVersion(session));
}

/** True for a version, as the server tells it, that is MariaDB's. */
export function isMariaDbVersion(version: string): boolean {
  return version.includes('MariaDB');
}

/** The server's clock, UTC with milliseconds: one for all who write. */
export async function serverTime(session: Session): Promise<Date> {
  const [row] = await session.query<{ now: Date }>('SELECT UTC_TIMESTAMP(3) AS now');
  if (row === undefined) throw new Error('the server has no clock');
  return row.now;
}

/** A time as the session's statements have it: the text is made once for all rows that get it. */
export function sqlTime(time: Date): string {
  return time.toISOString().slice(0, 23).replace('T', ' ');
}

/** The rows were locked or read before: another number is a bug, and nothing of the transaction may stay. */
export function expectRows(table: string, { affectedRows }: Written, expected: number): void {
  if (affectedRows !== expected) throw new Error(`${affectedRows} of ${expected} rows of ${table} were written`);
}

class MysqlSession implements Session {
  readonly url: string;
  readonly chosen: boolean;
  readonly idleSeconds: number | undefined;
  packetBytes = 0;
  readonly #connection: Connection;
  readonly #statementMs: number | undefined;
  #broken = false;
  #underWay = 0;
  #answeredAt = performance.now();

  constructor(
    connection: Connection,
    options: Pick<Session, 'url' | 'chosen' | 'idleSeconds'> & { readonly statementMs: number | undefined },
  ) {
    this.#connection = connection;
    this.url = options.url;
    this.chosen = options.chosen;
    this.idleSeconds = options.idleSeconds;
    this.#statementMs = options.statementMs;
    // without a listener a connection that ends while idle would end the process; the next statement tells
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
    const answer = sent.length === 0 ? [] : await this.#send(sent.join(';\n'), []);
    const results = (sent.length === 1 ? [answer] : answer) as (unknown[] | ResultSetHeader)[];
    const rows = statements.map((statement) => {
      const result = statement === null ? undefined : results.shift();
      return Array.isArray(result) ? result : [];
    });
    return rows as unknown as RowsOfEach<Rows>;
  }

  format(sql: string, values: readonly SqlValue[]): string {
    return this.#connection.format(sql, values as unknown[]);
  }

  async #send(sql: string, values: readonly SqlValue[]): Promise<unknown> {
    this.#underWay++;
    try {
      const timeout = this.#statementMs === undefined ? {} : { timeout: this.#statementMs };
      // the driver looks for placeholders wherever it is given values, and it may be a text of megabytes
      const given = values.length === 0 ? {} : { values: values as unknown[] };
      const [result] = await this.#connection.query({ sql, ...given, ...timeout });
      this.#answeredAt = performance.now();
      return result;
    } catch (cause) {
      const error = databaseError(cause);
      if (error.errno !== null) this.#answeredAt = performance.now();
      // what was sent may still be carried out: nothing more may be sent after it
      if (error.errno === null && error.kind === 'outage') this.destroy();
      // whoever connects anew may come to a server that does
      if (error.takesNoWrites) this.destroy();
      throw error;
    } finally {
      this.#underWay--;
    }
  }

  async close(): Promise<void> {
    // behind a statement that hangs a goodbye would wait as long
    if (this.#broken || this.#underWay > 0) return this.destroy();
    this.#broken = true;
    const said = this.#connection.end().then(
      () => true,
      // the server was faster to hang up
      () => false,
    );
    if (!(await within(GOODBYE_MS, said, false))) this.#connection.destroy();
  }

  destroy(): void {
    this.#broken = true;
    this.#connection.destroy();
  }
}
