import { setTimeout as delay } from 'node:timers/promises';
import type { RowsOfEach, Session, Statements } from './connection.ts';
import { databaseError, isDuplicate, transactionError } from './errors.ts';
import { LIFT_IDLE_LIMIT, limitIdle, TRANSACTION_IDLE_SECONDS } from './idle-limit.ts';
import { type Statement, sendStatements } from './statements.ts';

/**
 * Runs `work` in one transaction of `session`. The transaction is committed when `work` returns, and rolled back when it
 * throws.
 *
 * The transaction is rolled back after every error, because after a lock wait timeout the server has undone only one statement.
 * If the rollback or the COMMIT itself fails, the session is destroyed, so that the transaction can't continue. After a failed
 * COMMIT the outcome is unknown, and the caller must read it.
 *
 * Unless the session has its own idle limit, the transaction gets one, so that a suspended process delays others for only a few
 * seconds.
 *
 * @throws TransactionLost if the connection was lost before the COMMIT.
 */
export async function inTransaction<T>(session: Session, work: () => Promise<T>): Promise<T> {
  return begun(session, [limit(session), 'START TRANSACTION'], ['COMMIT', lift(session)], work);
}

/**
 * Runs a transaction with few round trips. The first packet begins the transaction and reads. A second packet writes and commits;
 * long writes take more packets.
 *
 * After every reported error, even an error of the COMMIT, a ROLLBACK is sent, so that no transaction stays open. The ROLLBACK
 * does not affect changes that are already committed. If the connection is lost, the outcome is unknown.
 *
 * @param decide returns the statements to write, given the rows that were read.
 */
export async function readAndWrite<Rows extends readonly unknown[], T>(
  session: Session,
  reads: Statements<Rows>,
  decide: (rows: RowsOfEach<Rows>) => { readonly writes: Iterable<Statement>; readonly result: T },
): Promise<T> {
  try {
    const [, , ...rows] = await session.queryAll<readonly unknown[]>([limit(session), 'START TRANSACTION', ...reads]);
    const { writes, result } = decide(rows as unknown as RowsOfEach<Rows>);
    await sendStatements(session, andCommit(session, writes));
    return result;
  } catch (error) {
    await rollBack(session);
    throw error;
  }
}

function* andCommit(session: Session, writes: Iterable<Statement>): Generator<Statement> {
  yield* writes;
  for (const sql of ['COMMIT', lift(session)]) if (sql !== null) yield { sql, values: [], rows: null };
}

/** Returns the statement that limits a transaction's idle time, or null if the session has its own limit. */
function limit({ idleSeconds }: Session, seconds = TRANSACTION_IDLE_SECONDS): string | null {
  return idleSeconds === undefined ? limitIdle(seconds) : null;
}

/** Returns the statement that removes the limit after a transaction, or null if the session has its own limit. */
function lift({ idleSeconds }: Session): string | null {
  return idleSeconds === undefined ? LIFT_IDLE_LIMIT : null;
}

/**
 * Runs `read` in a read-only snapshot of the database. The transaction locks nothing. By default the transaction has no idle
 * limit, because an audit uses several sessions, and one session may be idle while the others still read.
 *
 * @param idleSeconds the idle limit, unless the session has its own.
 */
export async function inSnapshot<T>(session: Session, read: () => Promise<T>, idleSeconds?: number): Promise<T> {
  const limited = idleSeconds !== undefined;
  const start = [
    limited ? limit(session, idleSeconds) : null,
    // the level applies only to the next transaction; under READ COMMITTED a snapshot would last for only one statement
    'SET TRANSACTION ISOLATION LEVEL REPEATABLE READ',
    'START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY',
  ];
  return begun(session, start, ['COMMIT', limited ? lift(session) : null], read);
}

async function begun<T>(
  session: Session,
  start: readonly (string | null)[],
  commit: readonly (string | null)[],
  work: () => Promise<T>,
): Promise<T> {
  await session.queryAll(start);
  let result: T;
  try {
    result = await work();
  } catch (error) {
    await rollBack(session);
    throw transactionError(error);
  }
  try {
    await session.queryAll(commit);
  } catch (error) {
    session.destroy();
    throw error;
  }
  return result;
}

async function rollBack(session: Session): Promise<void> {
  if (session.broken) return session.destroy();
  // the original error is reported, not an error of the rollback
  await session.queryAll(['ROLLBACK', lift(session)]).catch(() => session.destroy());
}

const CONFLICT_ATTEMPTS = 5;
const CONFLICT_DELAY_MS = 20;

/**
 * Retries a transaction that lost a conflict with another session. Makes at most 5 attempts, with random delays between them.
 *
 * @param deadline the time, by `performance.now()`, after which no further attempt is made.
 */
export async function retryConflicts<T>(
  transaction: () => Promise<T>,
  deadline = Number.POSITIVE_INFINITY,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await transaction();
    } catch (cause) {
      if (attempt === CONFLICT_ATTEMPTS || performance.now() >= deadline) throw cause;
      if (databaseError(cause).kind !== 'conflict') throw cause;
      await delay(CONFLICT_DELAY_MS * 2 ** attempt * (0.5 + Math.random() / 2));
    }
  }
}

const DUPLICATE_ATTEMPTS = 10;

/**
 * Retries a transaction if another session has inserted a row with the same value of a unique key. Makes at most ten attempts
 * in all. A retry can read the other session's row.
 *
 * @param transaction is called with true when it is retried.
 */
export async function retryDuplicates<T>(transaction: (again: boolean) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await transaction(attempt > 1);
    } catch (error) {
      if (!isDuplicate(error) || attempt === DUPLICATE_ATTEMPTS) throw error;
    }
  }
}
