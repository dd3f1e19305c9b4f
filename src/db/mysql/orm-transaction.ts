import type { DataSource, EntityManager } from 'typeorm';
import { transactionError } from './errors.ts';
import { LIFT_IDLE_LIMIT, limitIdle, TRANSACTION_IDLE_SECONDS } from './idle-limit.ts';

/**
 * Runs `work` in a transaction of TypeORM, with the idle limit that `inTransaction` has. The pool has one connection, so
 * that the limit is set on the one that the transaction uses.
 *
 * @throws TransactionLost where the connection was lost before the COMMIT.
 */
export async function inOrmTransaction<T>(orm: DataSource, work: (manager: EntityManager) => Promise<T>): Promise<T> {
  await orm.query(limitIdle(TRANSACTION_IDLE_SECONDS));
  try {
    return await orm.transaction((manager) =>
      work(manager).catch((error: unknown) => {
        throw transactionError(error);
      }),
    );
  } finally {
    // where the connection is lost, the next one of the pool has the server's own limit
    await orm.query(LIFT_IDLE_LIMIT).catch(() => {});
  }
}
