import type { DataSource, EntityManager } from 'typeorm';
import { transactionError } from './errors.ts';
import { LIFT_IDLE_LIMIT, limitIdle, TRANSACTION_IDLE_SECONDS } from './idle-limit.ts';

/**
 * Runs `work` in a TypeORM transaction, with the same idle limit as `inTransaction`. The pool has only one connection, so the
 * limit applies to the transaction.
 *
 * @throws TransactionLost if the connection was lost before the COMMIT.
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
    // if the connection was lost, the pool's next connection has the server's own limit
    await orm.query(LIFT_IDLE_LIMIT).catch(() => {});
  }
}
