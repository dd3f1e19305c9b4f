import type { Session } from '../../db/mysql/connection.ts';
import { inTransaction, retryConflicts } from '../../db/mysql/transaction.ts';
import { recordActivity } from '../activities/record.ts';
import { ShopError } from '../errors.ts';
import { phrase } from '../phrase.ts';
import { lockGate } from '../requests/gate.ts';
import type { Origin } from '../requests/origin.ts';
import { insertWithdrawals, WITHDRAWABLE } from '../requests/withdraw.ts';
import { isBeingSent } from './open-batch.ts';
import { type BatchColumns, type BatchTotals, totalsOf } from './report.ts';

/** Number of rows that one transaction withdraws. The lane waits meanwhile, for some 100 ms. */
const ROWS_AT_ONCE = 10_000;

/**
 * Cancels a batch: stops runs that are sending its rows, and withdraws all rows that are pending. Rows are withdrawn in file
 * order, so that the lane refuses the next ones while later ones are being withdrawn. A further call continues an interrupted
 * one.
 *
 * @param signal ends the call between two portions of rows.
 * @returns the number of rows that this call has withdrawn.
 * @throws ShopError `ALREADY_DECIDED` if no row is pending, and none is being sent; the reason of the signal.
 */
export async function cancelBatch(
  session: Session,
  batch: BatchColumns,
  origin: Origin,
  signal: AbortSignal,
): Promise<number> {
  await requireUnfinished(session, batch);
  await markCancelled(session, batch, origin);
  let withdrawn = 0;
  for (let after = 0; ; ) {
    signal.throwIfAborted();
    const upTo = await endOfPortion(session, batch.id, after);
    if (upTo === null) return withdrawn;
    const range = [batch.id, after, upTo];
    withdrawn += await retryConflicts(() =>
      inTransaction(session, async () => {
        await lockGate(session);
        return insertWithdrawals(session, origin, 'r.batch_id = ? AND r.batch_line > ? AND r.batch_line <= ?', range);
      }),
    );
    after = upTo;
  }
}

/** Counts the rows that would be withdrawn. */
export async function countWithdrawable(session: Session, { id }: BatchColumns): Promise<number> {
  const [row] = await session.query<{ count: number }>(
    `SELECT COUNT(*) AS count FROM ${WITHDRAWABLE} AND r.batch_id = ?`,
    [id],
  );
  return row?.count ?? 0;
}

/** Checks that rows are pending, or may still be sent. @throws ShopError `ALREADY_DECIDED` */
async function requireUnfinished(session: Session, batch: BatchColumns): Promise<void> {
  const { id, name, cancelledAt, lastLine } = batch;
  const isSent = cancelledAt !== null || (lastLine !== null && !(await isBeingSent(session, name)));
  if (!isSent || (await hasPending(session, id))) return;
  throw alreadyDecided(await totalsOf(session, batch));
}

function alreadyDecided(batch: BatchTotals): ShopError {
  const { name } = batch;
  return new ShopError(
    'ALREADY_DECIDED',
    { ...batch },
    {
      message: phrase`Batch ${name} has no pending rows.`,
      hint: phrase`List the outcomes of its rows with \`shop batch results ${name}\`.`,
    },
  );
}

async function hasPending(session: Session, batchId: number): Promise<boolean> {
  const rows = await session.query(
    `SELECT r.id FROM requests r LEFT JOIN outcomes o ON o.request_id = r.id
     WHERE r.batch_id = ? AND o.request_id IS NULL LIMIT 1`,
    [batchId],
  );
  return rows.length > 0;
}

/** Marks the batch as cancelled. No run records further rows (see `requireOpen`). */
async function markCancelled(session: Session, { id, name }: BatchColumns, origin: Origin): Promise<void> {
  await retryConflicts(() =>
    inTransaction(session, async () => {
      const { affectedRows } = await session.execute(
        'UPDATE batches SET cancelled_at = UTC_TIMESTAMP(3) WHERE id = ? AND cancelled_at IS NULL',
        [id],
      );
      if (affectedRows === 0) return;
      const after = { cancelled: true };
      await recordActivity(session, origin, { action: 'batch cancel', subject: `batch ${name}`, after });
    }),
  );
}

/** Returns the line of the last row of the next portion; null if no row is left. */
async function endOfPortion(session: Session, batchId: number, after: number): Promise<number | null> {
  const [row] = await session.query<{ line: number | null }>(
    `SELECT MAX(line) AS line FROM (
       SELECT r.batch_line AS line FROM ${WITHDRAWABLE} AND r.batch_id = ? AND r.batch_line > ?
       ORDER BY r.batch_line LIMIT ?
     ) portion`,
    [batchId, after, ROWS_AT_ONCE],
  );
  return row?.line ?? null;
}
