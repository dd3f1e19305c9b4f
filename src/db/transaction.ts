import { setTimeout as delay } from 'node:timers/promises';
import type { Session } from './connection.ts';
import { databaseError, isDuplicate, transactionError } from './errors.ts';
import { LIFT_IDLE_LIMIT, limitIdle, TRANSACTION_IDLE_SECONDS } from './idle-limit.ts';

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
  if (session.idleSeconds !== undefined) return begun(session, 'START TRANSACTION', work);
  await session.execute(limitIdle(TRANSACTION_IDLE_SECONDS));
  try {
    return await begun(session, 'START TRANSACTION', work);
  } finally {
    // one that can't be put back is of no more use; what the transaction has come to stands
    if (!session.broken) await session.execute(LIFT_IDLE_LIMIT).catch(() => session.destroy());
  }
}

/** Runs `read`, all of whose statements see the database as it was at one moment; it can't write. */
export async function inSnapshot<T>(session: Session, read: () => Promise<T>): Promise<T> {
  // holds for the next transaction alone: READ COMMITTED has no snapshot that outlives a statement
  await session.execute('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
  return begun(session, 'START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY', read);
}

async function begun<T>(session: Session, start: string, work: () => Promise<T>): Promise<T> {
  await session.execute(start);
  let result: T;
  try {
    result = await work();
  } catch (error) {
    await rollBack(session);
    throw transactionError(error);
  }
  try {
    await session.execute('COMMIT');
  } catch (error) {
    session.destroy();
    throw error;
  }
  return result;
}

async function rollBack(session: Session): Promise<void> {
  if (session.broken) return session.destroy();
  // whatever the rollback's own error, the one that led to it is the one to report
  await session.execute('ROLLBACK').catch(() => session.destroy());
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
