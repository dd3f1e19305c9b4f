import type { Session, SqlValue } from '../../db/mysql/connection.ts';
import { inTransaction, retryConflicts } from '../../db/mysql/transaction.ts';
import { recordActivity } from '../activities/record.ts';
import { ShopError } from '../errors.ts';
import { lockGate } from './gate.ts';
import type { Origin } from './origin.ts';
import { findRequest, type RequestRecord, showRequest } from './request.ts';

/**
 * Withdraws a pending request, so that the lane refuses it with `CANCELLED`. This is certain as soon as the function returns,
 * even while the queue is paused or no worker runs. A request that is withdrawn already stays as it is.
 *
 * @param text the request's key or id.
 * @returns the request, which is still pending.
 * @throws ShopError `INVALID_REQUEST`; `ALREADY_DECIDED`
 */
export async function withdrawRequest(session: Session, text: string, origin: Origin): Promise<RequestRecord> {
  const found = await showRequest(session, text);
  if (found.status !== 'pending' || found.withdrawn) return requirePending(found);
  const { id } = found;
  return retryConflicts(() =>
    inTransaction(session, async () => {
      await lockGate(session);
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
      return requirePending(record);
    }),
  );
}

/**
 * Inserts a withdrawal for each request that is pending and not withdrawn yet. The transaction must hold the gate's lock
 * (`lockGate`), so that the lane is deciding none of these requests.
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
     SELECT r.id, ?, ?, UTC_TIMESTAMP(3) FROM ${WITHDRAWABLE} AND ${condition}`,
    [actor, host, ...values],
  );
  return affectedRows;
}

/** The requests that are pending and not withdrawn, as the SQL after FROM. A further condition follows. */
export const WITHDRAWABLE = `requests r
  LEFT JOIN outcomes o ON o.request_id = r.id
  LEFT JOIN withdrawals w ON w.request_id = r.id
  WHERE o.request_id IS NULL AND w.request_id IS NULL`;

/** Returns `record` itself. @throws ShopError `ALREADY_DECIDED` */
function requirePending(record: RequestRecord): RequestRecord {
  const { id, key, status, code, outcome } = record;
  if (status === 'pending') return record;
  throw new ShopError('ALREADY_DECIDED', { requestId: id, key, status, code, outcome });
}
