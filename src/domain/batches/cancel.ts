import type { Session } from '../../db/mysql/connection.ts';
import { inTransaction, retryConflicts } from '../../db/mysql/transaction.ts';
import { recordActivity } from '../activities/record.ts';
import { ShopError } from '../errors.ts';
import { phrase } from '../phrase.ts';
import { holdingGate } from '../requests/gate.ts';
import type { Origin } from '../requests/origin.ts';
import { insertWithdrawals, isWithdrawable } from '../requests/withdraw.ts';
import { isBeingSent } from './open-batch.ts';
import { type BatchColumns, findBatch, totalsOf } from './report.ts';

/** Number of rows that one transaction withdraws. The lane waits meanwhile, for less than 100 ms. */
const ROWS_AT_ONCE = 2_000;

/**
 * Cancels a batch: stops runs that are sending its rows, and withdraws all rows that are pending. Rows are withdrawn in file
 * order, so that the lane refuses the first rows while later rows are being withdrawn. If a call is interrupted, the next call
 * continues.
 *
 * @param name the batch's name.
 * @param signal ends the call between two chunks of rows.
 * @returns the number of rows that this call has withdrawn.
 * @throws ShopError `ALREADY_DECIDED` if the batch was not cancelled before, no row is pending, and none is being sent;
 *   `LOCKED` if the lane does not end its transaction in time; the reason of the signal.
 */
export async function cancelBatch(
  session: Session,
  name: string,
  origin: Origin,
  signal: AbortSignal,
): Promise<number> {
  const batchId = await markCancelled(session, name, origin);
  let withdrawn = 0;
  const blocked = (cause: unknown) =>
    new ShopError(
      'LOCKED',
      { batch: name, withdrawn },
      {
        message: phrase`Batch ${name} is cancelled and accepts no more rows. Not all pending rows were withdrawn (withdrawn: ${withdrawn.toLocaleString('en')}), because the worker's transaction did not end in time.`,
        hint: phrase`Withdraw the remaining rows with \`shop batch cancel ${name} --yes\`.`,
        cause,
      },
    );
  for (let from = await firstWithdrawable(session, batchId); from !== null; ) {
    signal.throwIfAborted();
    const end = await endOfChunk(session, batchId, from);
    const range = [batchId, from, end ?? Number.MAX_SAFE_INTEGER];
    withdrawn += await holdingGate(
      session,
      () => insertWithdrawals(session, origin, 'r.batch_id = ? AND r.batch_line BETWEEN ? AND ?', range),
      { blocked },
    );
    from = end === null ? null : end + 1;
  }
  return withdrawn;
}

/** Counts the rows that `cancelBatch` would withdraw. */
export async function countWithdrawable(session: Session, { id }: BatchColumns): Promise<number> {
  const [row] = await session.query<{ count: number }>(
    `SELECT COUNT(*) AS count FROM requests r WHERE r.batch_id = ? AND ${isWithdrawable('r.id')}`,
    [id],
  );
  return row?.count ?? 0;
}

/**
 * Marks the batch as cancelled, unless it already is. After that, no run records further rows (see `requireOpen`).
 *
 * @returns the batch's id.
 * @throws ShopError `ALREADY_DECIDED`
 */
async function markCancelled(session: Session, name: string, origin: Origin): Promise<number> {
  return retryConflicts(() =>
    inTransaction(session, async () => {
      const batch = await findBatch(session, name, 'FOR UPDATE');
      const { id, cancelledAt } = batch;
      await requireCancellable(session, batch);
      if (cancelledAt !== null) return id;
      await session.execute('UPDATE batches SET cancelled_at = UTC_TIMESTAMP(3) WHERE id = ?', [id]);
      const after = { cancelled: true };
      await recordActivity(session, origin, { action: 'batch cancel', subject: `batch ${name}`, after });
      return id;
    }),
  );
}

/**
 * Checks that the batch is already cancelled, or has rows that are pending or can still be sent.
 *
 * @throws ShopError `ALREADY_DECIDED`
 */
export async function requireCancellable(session: Session, batch: BatchColumns): Promise<void> {
  const { id, name, lastLine, cancelledAt } = batch;
  if (cancelledAt !== null) return;
  if (lastLine === null || (await isBeingSent(session, name)) || (await hasPending(session, id))) return;
  throw new ShopError('ALREADY_DECIDED', { ...(await totalsOf(session, batch)) });
}

async function hasPending(session: Session, batchId: number): Promise<boolean> {
  const rows = await session.query(
    `SELECT r.id FROM requests r LEFT JOIN outcomes o ON o.request_id = r.id
     WHERE r.batch_id = ? AND o.request_id IS NULL LIMIT 1`,
    [batchId],
  );
  return rows.length > 0;
}

/** Returns the line of the first row to withdraw; null if there is none. */
async function firstWithdrawable(session: Session, batchId: number): Promise<number | null> {
  const [row] = await session.query<{ line: number }>(
    `SELECT r.batch_line AS line FROM requests r WHERE r.batch_id = ? AND ${isWithdrawable('r.id')}
     ORDER BY r.batch_line LIMIT 1`,
    [batchId],
  );
  return row?.line ?? null;
}

/** Finds the last line of the chunk that starts with the line `from`; null if that chunk is the last one. */
async function endOfChunk(session: Session, batchId: number, from: number): Promise<number | null> {
  const [row] = await session.query<{ line: number }>(
    `SELECT batch_line AS line FROM requests WHERE batch_id = ? AND batch_line >= ?
     ORDER BY batch_line LIMIT 1 OFFSET ?`,
    [batchId, from, ROWS_AT_ONCE - 1],
  );
  return row?.line ?? null;
}
