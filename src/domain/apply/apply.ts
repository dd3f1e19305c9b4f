import { type Session, sqlTime } from '../../db/mysql/connection.ts';
import { nearIds } from '../../db/mysql/id-condition.ts';
import { readAndWrite } from '../../db/mysql/transaction.ts';
import { MAX_POINTS, MAX_QUANTITY } from '../input.ts';
import { GATE, GATE_COLUMNS, type Gate, requireRunning } from '../requests/gate.ts';
import { KINDS, type RequestContent, type RequestKind, sizeOf } from '../requests/kinds/index.ts';
import type { Decision, TouchedRows } from '../requests/kinds/kind.ts';
import { parseContent } from '../requests/kinds/parse.ts';
import type { Limits } from '../requests/kinds/state.ts';
import type { RecordedRequest } from '../requests/pending.ts';
import { advance, decide } from './decide.ts';
import { insertOutcomes, persist } from './persist.ts';
import { type LockedRows, locks, resolveRows, stateOf, touchedRows } from './row-locks.ts';

/**
 * Number of order lines after which a transaction takes no more requests. The last request may add up to 1,000 lines. Writing
 * the outcomes as text takes about a second at this limit, if the names are long, and the session must not be idle for long.
 */
const FULL_LINES = 4_000;

const LIMITS: Limits = { maxPoints: MAX_POINTS, maxQuantity: MAX_QUANTITY };

/** The result of one transaction over a group of requests. */
export interface GroupResult {
  /** The requests that got their outcome in this transaction, in the order in which they were applied. */
  readonly decided: readonly { readonly id: number; readonly kind: RequestKind; readonly status: Decision['status'] }[];
  /** Requests for a later transaction, if the group was too large for one. */
  readonly rest: readonly RecordedRequest[];
}

/**
 * Applies a group of requests in one transaction, in the order of their ids. Each request sees the effects of those before
 * it. A request that already has an outcome is skipped, so a repeated call changes nothing.
 *
 * Only the holder of the lane's lock may call this, on the session that holds the lock.
 *
 * @param attemptOf returns the number of this attempt for a request, from 1; it is stored with the outcome.
 * @throws DatabaseError if no request of the group was applied, or if the outcome is unknown (see `readAndWrite`); QueuePaused.
 */
export async function applyGroup(
  session: Session,
  group: readonly RecordedRequest[],
  attemptOf: (id: number) => number,
): Promise<GroupResult> {
  if (group.length === 0) return { decided: [], rest: [] };
  const { requests, touched, rest } = await fitting(session, group);
  const resolved = await resolveRows(session, touched);
  const reads = [beginning(session, requests), ...locks(session, resolved)] as const;
  const decided = await readAndWrite<[BeginningRow, ...LockedRows], GroupResult['decided']>(
    session,
    reads,
    ([first, ...locked]) => {
      const { isDecided, now, lastTransactionId } = requireBeginning(first);
      const state = stateOf(resolved, locked);
      const decisions = requests.flatMap(({ id, content }) => {
        if (isDecided(id)) return [];
        const decision = decide(state, content, LIMITS);
        if (decision.status === 'applied') advance(state, id, decision.effects, now);
        return [{ id, kind: content.kind, decision }];
      });
      return {
        writes: persist(decisions, state, { now, attemptOf, lastTransactionId }),
        result: decisions.map(({ id, kind, decision }) => ({ id, kind, status: decision.status })),
      };
    },
  );
  return { decided, rest };
}

/**
 * Stores that a request has failed permanently, unless it already has an outcome. The request's payload may be invalid.
 *
 * @returns false if the request already had an outcome.
 * @throws DatabaseError; QueuePaused
 */
export async function failRequest(session: Session, { id, kind }: RecordedRequest, attempts: number): Promise<boolean> {
  return readAndWrite<[BeginningRow], boolean>(session, [beginning(session, [{ id }])], ([first]) => {
    const { isDecided, now } = requireBeginning(first);
    if (isDecided(id)) return { writes: [], result: false };
    return {
      writes: insertOutcomes([[id, 'failed', KINDS[kind].failureCode, attempts, '{}', sqlTime(now)]]),
      result: true,
    };
  });
}

/** The facts that a transaction of the lane reads first. */
interface Beginning {
  /** Returns true if a request of the group already has an outcome. */
  readonly isDecided: (id: number) => boolean;
  /** The server's clock, which is the same for all workers. */
  readonly now: Date;
  /** The id of the newest ledger row; 0 if there is none. Only the lane writes the ledger. */
  readonly lastTransactionId: number;
}

type BeginningRow = Gate & { readonly id: number | null; readonly last: number | null };

/**
 * Formats the first statement of a transaction. From this statement until the end of the transaction, the queue can't be
 * paused.
 */
function beginning(session: Session, group: readonly { readonly id: number }[]): string {
  const [condition, values] = nearIds(
    'o.request_id',
    group.map(({ id }) => id),
  );
  return session.format(
    `SELECT ${GATE_COLUMNS}, (SELECT MAX(id) FROM point_transactions) AS last, o.request_id AS id
     FROM ${GATE} LEFT JOIN outcomes o ON ${condition}`,
    values,
  );
}

/** Converts the rows of the first statement. @throws QueuePaused */
function requireBeginning(rows: readonly BeginningRow[]): Beginning {
  const { now, last } = requireRunning(rows[0]);
  const decided = new Set(rows.map(({ id }) => id));
  return { isDecided: (id) => decided.has(id), now, lastTransactionId: last ?? 0 };
}

interface Fitting {
  readonly requests: readonly { readonly id: number; readonly content: RequestContent }[];
  /** The rows that these requests touch. */
  readonly touched: TouchedRows;
  readonly rest: readonly RecordedRequest[];
}

/** Takes as many of the first requests as fit in one transaction. The other requests are parsed later. */
async function fitting(session: Session, group: readonly RecordedRequest[]): Promise<Fitting> {
  const parsed: Fitting['requests'][number][] = [];
  let ordered = 0;
  for (const request of group) {
    if (ordered >= FULL_LINES) break;
    const content = parseContent(request);
    ordered += sizeOf(content);
    parsed.push({ id: request.id, content });
  }
  const touched = touchedBy(parsed);
  const linesOf = await countLines(session, touched.orders);
  let lines = 0;
  const last = parsed.findIndex(({ content }) => {
    lines += sizeOf(content, linesOf);
    return lines >= FULL_LINES;
  });
  if (last === -1 || last === parsed.length - 1) return { requests: parsed, touched, rest: group.slice(parsed.length) };
  const requests = parsed.slice(0, last + 1);
  return { requests, touched: touchedBy(requests), rest: group.slice(requests.length) };
}

function touchedBy(requests: Fitting['requests']): TouchedRows {
  return touchedRows(requests.map(({ content }) => content));
}

/** Counts the lines of orders. */
async function countLines(session: Session, orders: ReadonlySet<number>): Promise<ReadonlyMap<number, number>> {
  if (orders.size === 0) return new Map();
  const rows = await session.query<{ id: number; count: number }>(
    'SELECT order_id AS id, COUNT(*) AS count FROM order_lines WHERE order_id IN (?) GROUP BY order_id',
    [[...orders]],
  );
  return new Map(rows.map(({ id, count }) => [id, count]));
}
