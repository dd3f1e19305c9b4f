import { type Session, sqlTime } from '../db/connection.ts';
import { inTransaction } from '../db/transaction.ts';
import { parseContent } from './content.ts';
import { advance, type Decision, decide, type Limits } from './decide.ts';
import { nearIds } from './id-condition.ts';
import { MAX_POINTS, MAX_QUANTITY } from './input.ts';
import { lockState } from './lock-state.ts';
import type { RecordedRequest } from './pending.ts';
import { insertOutcome, persist } from './persist.ts';
import { GATE, type Gate, requireRunning } from './queue-state.ts';
import type { RequestContent, RequestKind } from './request.ts';
import { FAILURE_CODES } from './request-status.ts';

/** The most order lines that one transaction takes, so that no statement outgrows a packet. */
const MAX_LINES = 10_000;

const LIMITS: Limits = { maxPoints: MAX_POINTS, maxQuantity: MAX_QUANTITY };

/** What became of one transaction over a group of requests. */
export interface GroupResult {
  /** The requests that got their outcome now, in the order in which they were applied. */
  readonly decided: readonly { readonly id: number; readonly kind: RequestKind; readonly status: Decision['status'] }[];
  /** For a transaction of their own: the group was too large for one. */
  readonly rest: readonly RecordedRequest[];
}

/**
 * Applies a group of requests in one transaction, one after another in the order of their ids, each seeing those before
 * it. What has an outcome already is passed over, so that a repetition does nothing.
 *
 * Only the holder of the lane's lock may call this, on the very session that holds it.
 *
 * @param attemptOf which attempt this is for a request, from 1; it is stored with its outcome.
 * @throws DatabaseError where nothing of the group was applied, or nobody knows (see `inTransaction`); QueuePaused.
 */
export async function applyGroup(
  session: Session,
  group: readonly RecordedRequest[],
  attemptOf: (id: number) => number,
): Promise<GroupResult> {
  if (group.length === 0) return { decided: [], rest: [] };
  return inTransaction(session, async () => {
    const { pending, now, lastTransactionId } = await withoutOutcome(session, group);
    const { requests, rest } = await fitting(session, pending);
    if (requests.length === 0) return { decided: [], rest };
    const state = await lockState(
      session,
      requests.map(({ content }) => content),
    );
    const decisions = requests.map((request) => {
      const decision = decide(state, request.content, LIMITS);
      if (decision.status === 'applied') advance(state, request.id, decision.effects, now);
      return { id: request.id, kind: request.content.kind, decision };
    });
    await persist(session, decisions, state, { now, attemptOf, lastTransactionId });
    return { decided: decisions.map(({ id, kind, decision }) => ({ id, kind, status: decision.status })), rest };
  });
}

/**
 * Stores that a request has failed for good, unless it has an outcome by now. Its payload may be what is wrong.
 *
 * @returns false where it had one.
 * @throws DatabaseError; QueuePaused
 */
export async function failRequest(session: Session, request: RecordedRequest, attempts: number): Promise<boolean> {
  return inTransaction(session, async () => {
    const { pending, now } = await withoutOutcome(session, [request]);
    for (const { id, kind } of pending) {
      await insertOutcome(session, [id, 'failed', FAILURE_CODES[kind], attempts, '{}', sqlTime(now)]);
    }
    return pending.length > 0;
  });
}

/** The facts that a transaction of the lane begins with. */
interface Beginning {
  /** The requests of the group that have no outcome. */
  readonly pending: readonly RecordedRequest[];
  /** The server's clock, which is the same for all workers. */
  readonly now: Date;
  /** The id of the newest ledger row; 0 if there is none. Only the lane writes the ledger. */
  readonly lastTransactionId: number;
}

/**
 * Reads in one statement what the transaction depends on. Until the transaction ends, the queue can't be paused.
 *
 * @throws QueuePaused
 */
async function withoutOutcome(session: Session, group: readonly RecordedRequest[]): Promise<Beginning> {
  const [condition, values] = nearIds(
    'o.request_id',
    group.map(({ id }) => id),
  );
  const rows = await session.query<Gate & { id: number | null; last: number | null }>(
    `SELECT gate.*, (SELECT MAX(id) FROM point_transactions) AS last, o.request_id AS id
     FROM ${GATE} LEFT JOIN outcomes o ON ${condition}`,
    values,
  );
  const { now, last } = requireRunning(rows[0]);
  const decided = new Set(rows.map(({ id }) => id));
  return { pending: group.filter(({ id }) => !decided.has(id)), now, lastTransactionId: last ?? 0 };
}

interface Fitting {
  readonly requests: readonly { readonly id: number; readonly content: RequestContent }[];
  readonly rest: readonly RecordedRequest[];
}

/** The first requests, as many as one transaction takes. */
async function fitting(session: Session, pending: readonly RecordedRequest[]): Promise<Fitting> {
  const all = pending.map(({ id, kind, payload }) => ({ id, content: parseContent(kind, payload) }));
  const sizes = await cancelSizes(
    session,
    all.map(({ content }) => content),
  );
  let lines = 0;
  const end = all.findIndex(({ content }, index) => {
    if (content.kind === 'order') lines += content.payload.items.length;
    else lines += content.kind === 'cancel' ? (sizes.get(content.payload.order) ?? 1) : 1;
    return lines > MAX_LINES && index > 0;
  });
  return end === -1 ? { requests: all, rest: [] } : { requests: all.slice(0, end), rest: pending.slice(end) };
}

/** Lines of the orders that are to be cancelled. */
async function cancelSizes(
  session: Session,
  contents: readonly RequestContent[],
): Promise<ReadonlyMap<number, number>> {
  const ids = contents.flatMap(({ kind, payload }) => (kind === 'cancel' ? [payload.order] : []));
  if (ids.length === 0) return new Map();
  const rows = await session.query<{ id: number; count: number }>(
    'SELECT order_id AS id, COUNT(*) AS count FROM order_lines WHERE order_id IN (?) GROUP BY order_id',
    [ids],
  );
  return new Map(rows.map(({ id, count }) => [id, count]));
}
