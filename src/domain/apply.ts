import type { Session } from '../db/connection.ts';
import { inTransaction } from '../db/transaction.ts';
import { parseContent } from './content.ts';
import { advance, type Decision, decide, type Limits } from './decide.ts';
import type { FailureCode } from './errors.ts';
import { MAX_POINTS, MAX_QUANTITY } from './input.ts';
import { lockState } from './lock-state.ts';
import { insertOutcomes, persist } from './persist.ts';
import type { RequestContent, RequestKind } from './request.ts';

/** The most order lines that one transaction takes, so that no statement outgrows a packet. */
const MAX_LINES = 10_000;

const LIMITS: Limits = { maxPoints: MAX_POINTS, maxQuantity: MAX_QUANTITY };

const FAILURE_CODES: Readonly<Record<RequestKind, FailureCode>> = {
  charge: 'CHARGE_FAILED',
  order: 'PAYMENT_FAILED',
  cancel: 'CANCEL_FAILED',
  restock: 'RESTOCK_FAILED',
};

/** What became of one transaction over a group of requests. */
export interface GroupResult {
  /** The requests that got their outcome now, in the order in which they were applied. */
  readonly decided: readonly { readonly id: number; readonly status: Decision['status'] }[];
  /** Ids for a transaction of their own: the group was too large for one. */
  readonly rest: readonly number[];
}

/**
 * Applies a group of requests in one transaction, one after another in the order of their ids, each seeing those before
 * it. What has an outcome already, or is not known, is passed over, so that a repetition does nothing.
 *
 * Only the holder of the lane's lock may call this, on the very session that holds it.
 *
 * @param attemptOf which attempt this is for a request, from 1; it is stored with its outcome.
 * @throws DatabaseError where nothing of the group was applied, or nobody knows (see `inTransaction`).
 */
export async function applyGroup(
  session: Session,
  ids: readonly number[],
  attemptOf: (id: number) => number,
): Promise<GroupResult> {
  if (ids.length === 0) return { decided: [], rest: [] };
  return inTransaction(session, async () => {
    const { requests, now, rest } = await readPending(session, ids);
    if (requests.length === 0) return { decided: [], rest };
    const state = await lockState(
      session,
      requests.map(({ content }) => content),
    );
    const decisions = requests.map((request) => {
      const decision = decide(state, request.content, LIMITS);
      if (decision.status === 'applied') advance(state, decision.effects);
      return { id: request.id, decision };
    });
    await persist(session, decisions, state, { now, attemptOf });
    return { decided: decisions.map(({ id, decision }) => ({ id, status: decision.status })), rest };
  });
}

/** Stores that a request has failed for good, unless it has an outcome by now. Its payload may be what is wrong. */
export async function failRequest(session: Session, id: number, attempts: number): Promise<void> {
  await inTransaction(session, async () => {
    for (const { kind, now } of await selectPending(session, [id])) {
      await insertOutcomes(session, [[id, 'failed', FAILURE_CODES[kind], attempts, '{}', now]]);
    }
  });
}

interface PendingRequest {
  readonly id: number;
  readonly content: RequestContent;
}

interface PendingRow {
  readonly id: number;
  readonly kind: RequestKind;
  readonly payload: string;
  /** The server's clock: one for all workers. */
  readonly now: Date;
}

async function selectPending(session: Session, ids: readonly number[]): Promise<PendingRow[]> {
  return session.query<PendingRow>(
    `SELECT r.id, r.kind, r.payload, UTC_TIMESTAMP(3) AS now
     FROM requests r LEFT JOIN outcomes o ON o.request_id = r.id
     WHERE r.id IN (?) AND o.request_id IS NULL ORDER BY r.id`,
    [ids],
  );
}

async function readPending(session: Session, ids: readonly number[]) {
  const rows = await selectPending(session, ids);
  const all = rows.map(({ id, kind, payload }): PendingRequest => ({ id, content: parseContent(kind, payload) }));
  const sizes = await cancelSizes(session, all);
  let lines = 0;
  const fitting = all.findIndex(({ content }, index) => {
    if (content.kind === 'order') lines += content.payload.items.length;
    else lines += content.kind === 'cancel' ? (sizes.get(content.payload.order) ?? 1) : 1;
    return lines > MAX_LINES && index > 0;
  });
  const requests = fitting === -1 ? all : all.slice(0, fitting);
  return {
    requests,
    rest: all.slice(requests.length).map(({ id }) => id),
    now: rows[0]?.now ?? new Date(0),
  };
}

/** Lines of the orders that are to be cancelled. */
async function cancelSizes(
  session: Session,
  requests: readonly PendingRequest[],
): Promise<ReadonlyMap<number, number>> {
  const ids = requests.flatMap(({ content }) => (content.kind === 'cancel' ? [content.payload.order] : []));
  if (ids.length === 0) return new Map();
  const rows = await session.query<{ id: number; count: number }>(
    'SELECT order_id AS id, COUNT(*) AS count FROM order_lines WHERE order_id IN (?) GROUP BY order_id',
    [ids],
  );
  return new Map(rows.map(({ id, count }) => [id, count]));
}
