import { setTimeout as delay } from 'node:timers/promises';
import type { RowsOfEach, Session, Statements } from './connection.ts';
import { databaseError, isDuplicate, transactionError } from './errors.ts';
import { LIFT_IDLE_LIMIT, limitIdle, TRANSACTION_IDLE_SECONDS } from './idle-limit.ts';
import { type Statement, sendStatements } from './statements.ts';

/**
 * Runs `work` in one transaction of `session`: committed when it returns, rolled back when it throws.
 *
 * Rolls back after every error, also where the server has undone no more than one statement (lock wait timeout). Where
 * the rollback or the COMMIT itself fails, nobody knows what the server did: the session is destroyed, so that the
 * transaction can't go on behind our back, and the caller has to read what became of it.
 *
 * Unless the session has an idle limit of its own, the transaction gets one: whoever is suspended in the middle of it
 * holds others up for no more than some seconds.
 *
 * @throws TransactionLost where the connection was lost before the COMMIT.
 */
export async function inTransaction<T>(session: Session, work: () => Promise<T>): Promise<T> {
  return begun(session, [limit(session), 'START TRANSACTION'], ['COMMIT', lift(session)], work);
}

/**
 * Runs a transaction in two packets: one begins it and reads, one writes and commits.
 *
 * Rolls back after every error that the server has reported, also of the COMMIT: of what it had committed nothing would
 * be undone, and nothing stays open. Where the connection is lost, nobody knows what the server did.
 *
 * @param decide what is written, given the rows that were read.
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

/** The statement before a transaction that limits how long it may be idle; null where the session has a limit of its own. */
function limit({ idleSeconds }: Session): string | null {
  return idleSeconds === undefined ? limitIdle(TRANSACTION_IDLE_SECONDS) : null;
}

/** The statement behind a transaction that takes the limit away. */
function lift({ idleSeconds }: Session): string | null {
  return idleSeconds === undefined ? LIFT_IDLE_LIMIT : null;
}

/**
 * Runs `read`, all of whose statements see the database as it was at one moment; it can't write. It locks nothing, and has
 * no idle limit: a session may wait while others of the same audit read.
 */
export async function inSnapshot<T>(session: Session, read: () => Promise<T>): Promise<T> {
  const start = [
    // holds for the next transaction alone: READ COMMITTED has no snapshot that outlives a statement
    'SET TRANSACTION ISOLATION LEVEL REPEATABLE READ',
    'START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY',
  ];
  return begun(session, start, ['COMMIT'], read);
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
  // whatever the rollback's own error, the one that led to it is the one to report
  await session.queryAll(['ROLLBACK', lift(session)]).catch(() => session.destroy());
}

const CONFLICT_ATTEMPTS = 5;
const CONFLICT_DELAY_MS = 20;

/** Runs a whole transaction again, a few times and with jitter, where it lost against another session. */
export async function retryConflicts<T>(transaction: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await transaction();
    } catch (cause) {
      if (attempt === CONFLICT_ATTEMPTS || databaseError(cause).kind !== 'conflict') throw cause;
      await delay(CONFLICT_DELAY_MS * 2 ** attempt * (0.5 + Math.random() / 2));
    }
  }
}

const DUPLICATE_ATTEMPTS = 10;

/**
 * Runs a whole transaction again where a unique key was taken meanwhile: by then the one who has taken it can be read.
 *
 * @param transaction is told whether it runs again.
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
