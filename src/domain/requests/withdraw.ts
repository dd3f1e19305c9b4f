import type { Session, SqlValue } from '../../db/mysql/connection.ts';
import { recordActivity } from '../activities/record.ts';
import { ShopError } from '../errors.ts';
import { phrase } from '../phrase.ts';
import { holdingGate } from './gate.ts';
import type { Origin } from './origin.ts';
import { findRequest, type RequestRecord, showRequest } from './request.ts';

/**
 * Withdraws a pending request, so that the lane refuses it with `CANCELLED`. The refusal is certain as soon as the function
 * returns, even while the queue is paused or no worker runs. A request that is withdrawn already, or was refused with
 * `CANCELLED`, stays as it is, so that the call may be repeated.
 *
 * @param text the request's key or id.
 * @param timeoutMs the maximum wait for the lane's open transaction. The default, about 15 s, is also the maximum.
 * @returns the request, which is still pending or was refused with `CANCELLED`.
 * @throws ShopError `INVALID_REQUEST`; `ALREADY_DECIDED`; `LOCKED` if the lane does not end its transaction in time.
 */
export async function withdrawRequest(
  session: Session,
  text: string,
  origin: Origin,
  timeoutMs?: number,
): Promise<RequestRecord> {
  const found = await showRequest(session, text);
  if (found.status !== 'pending' || found.withdrawn) return requireCancelled(found);
  const { id, key } = found;
  const withdraw = async () => {
    const withdrawn = await insertWithdrawals(session, origin, 'r.id = ?', [id]);
    const record = await findRequest(session, id);
    if (record === null) throw new Error(`request ${id} has vanished`);
    if (withdrawn > 0) {
      const after = { withdrawn: true };
      await recordActivity(session, origin, {
        action: 'request cancel',
        subject: `request ${id}`,
        after,
        requestId: id,
      });
    }
    return requireCancelled(record);
  };
  const blocked = (cause: unknown) =>
    new ShopError(
      'LOCKED',
      { requestId: id, key },
      {
        message: phrase`Request ${id} was not withdrawn, because the worker's transaction did not end in time.`,
        hint: phrase`Try again with \`shop request cancel ${key}\`.`,
        cause,
      },
    );
  return holdingGate(session, withdraw, { timeoutMs, blocked });
}

/**
 * Inserts a withdrawal for each request that is pending and not withdrawn yet. Call it within `holdingGate`, so that the lane
 * is deciding none of these requests.
 *
 * @param condition the SQL after WHERE, with the columns of `requests` (`r`).
 * @returns the number of requests that were withdrawn.
 */
export async function insertWithdrawals(
  session: Session,
  { actor, host }: Origin,
  condition: string,
  values: readonly SqlValue[],
): Promise<number> {
  const { affectedRows } = await session.execute(
    `INSERT INTO withdrawals (request_id, actor, host, withdrawn_at)
     SELECT r.id, ?, ?, UTC_TIMESTAMP(3) FROM requests r WHERE ${condition} AND ${isWithdrawable('r.id')}`,
    [actor, host, ...values],
  );
  return affectedRows;
}

/** Returns the SQL condition for a request that is pending and not withdrawn. @param id SQL for the request's id. */
export function isWithdrawable(id: string): string {
  return `NOT EXISTS (SELECT 1 FROM outcomes decided WHERE decided.request_id = ${id})
    AND NOT EXISTS (SELECT 1 FROM withdrawals withdrawn WHERE withdrawn.request_id = ${id})`;
}

/**
 * Number of newest requests that prompts and completion search for pending ones. Searching all requests would take too long
 * after a Tab.
 */
const NEWEST_REQUESTS = 100_000;

/**
 * Returns the SQL condition for a request that is pending, not withdrawn, and among the newest.
 *
 * @param id SQL for the request's id.
 */
export function isNewWithdrawable(id: string): string {
  return `${id} > (SELECT MAX(newest.id) - ${NEWEST_REQUESTS} FROM requests newest) AND ${isWithdrawable(id)}`;
}

/**
 * SQL condition on the column `id` of a batch. It is true if a request of the batch is pending, not withdrawn, and among the
 * newest requests.
 */
export const HAS_WITHDRAWABLE = `id IN (SELECT new.batch_id FROM requests new WHERE ${isNewWithdrawable('new.id')})`;

/** Checks that the request is pending or cancelled. Returns `record`. @throws ShopError `ALREADY_DECIDED` */
function requireCancelled(record: RequestRecord): RequestRecord {
  const { id, key, status, code, outcome } = record;
  if (status === 'pending' || code === 'CANCELLED') return record;
  throw new ShopError('ALREADY_DECIDED', { requestId: id, key, status, code, outcome });
}
