import { type RowsOfEach, type Session, type Statements, sqlTime } from '../../db/mysql/connection.ts';
import { nearIds } from '../../db/mysql/id-condition.ts';
import { readAndWrite } from '../../db/mysql/transaction.ts';
import type { FailureCode, RefusalCode } from '../errors.ts';
import { GATE, GATE_COLUMNS, type Gate, requireRunning } from '../requests/gate.ts';
import { KINDS, type RequestContent, type RequestKind, sizeOf } from '../requests/kinds/index.ts';
import type { Refused, TouchedRows } from '../requests/kinds/kind.ts';
import { parseContent } from '../requests/kinds/parse.ts';
import { LIMITS } from '../requests/kinds/state.ts';
import type { RecordedRequest } from '../requests/pending.ts';
import type { OutcomeStatus } from '../requests/status.ts';
import { advance, decide } from './decide.ts';
import { insertOutcomes, persist } from './persist.ts';
import { type LockedRows, locks, resolveRows, stateOf, touchedRows } from './row-locks.ts';

/**
 * A transaction with this number of order lines takes no further request. Its last request can exceed the number by up to 1,000
 * lines.
 *
 * With far more lines, the lane could lose its session. While the outcomes are formatted, no statement runs: about a second for a
 * full transaction with long names. The server ends a session that is idle for `LANE_IDLE_SECONDS` (lane-lock.ts).
 */
const FULL_LINES = 4_000;

/** A request that a transaction of the lane has decided. */
export interface DecidedRequest {
  readonly id: number;
  readonly kind: RequestKind;
  readonly status: OutcomeStatus;
  /** The code of a refusal or a failure; null if the request was applied. */
  readonly code: RefusalCode | FailureCode | null;
  /** Milliseconds from the recording of the request to its decision, by the MySQL server's clock. */
  readonly waitedMs: number;
}

/** The result of one transaction for a group of requests. */
export interface GroupResult {
  /** The requests that the transaction decided, in the order of their decisions. */
  readonly decided: readonly DecidedRequest[];
  /** Requests for a later transaction, if the group was too large for one. */
  readonly rest: readonly RecordedRequest[];
}

/**
 * Applies a group of requests in one transaction, in the given order. Each request sees the effects of earlier requests. A
 * request that already has an outcome is skipped, so a repeated call changes nothing.
 *
 * Only the holder of the lane's lock may call this function, on the session that holds the lock.
 *
 * @param attemptOf returns the number of a request's current attempt, from 1; it is stored with the outcome.
 * @throws DatabaseError if no request of the group was applied, or if the outcome is unknown (see `readAndWrite`); QueuePaused;
 *   the error of an invalid payload, unless its request is decided or withdrawn.
 */
export async function applyGroup(
  session: Session,
  group: readonly RecordedRequest[],
  attemptOf: (id: number) => number,
): Promise<GroupResult> {
  if (group.length === 0) return { decided: [], rest: [] };
  const { requests, touched, rest } = await fitting(session, group);
  const resolved = await resolveRows(session, touched);
  const reads = [...beginning(session, requests), ...locks(session, resolved)] as const;
  const decided = await readAndWrite<[...BeginningRows, ...LockedRows], GroupResult['decided']>(
    session,
    reads,
    ([gate, settled, ...locked]) => {
      const { isDecided, isWithdrawn, now, lastTransactionId } = requireBeginning(gate, settled);
      const state = stateOf(resolved, locked);
      const decisions = requests.flatMap((request) => {
        const { id, content, error } = request;
        if (isDecided(id)) return [];
        if (isWithdrawn(id)) return [{ request, decision: CANCELLED }];
        if (content === null) throw error;
        const decision = decide(state, content, LIMITS);
        if (decision.status === 'applied') advance(state, id, decision.effects, now);
        return [{ request, decision }];
      });
      return {
        writes: persist(decisions, state, { now, attemptOf, lastTransactionId }),
        result: decisions.map(({ request, decision }) => decidedRequest(request, decision, now)),
      };
    },
  );
  return { decided, rest };
}

/**
 * Stores that a request has failed permanently, unless it already has an outcome. If the request is withdrawn, stores a refusal
 * instead. The payload is not read, so it may be invalid.
 *
 * @returns null if the request already had an outcome.
 * @throws DatabaseError; QueuePaused
 */
export async function failRequest(
  session: Session,
  request: RecordedRequest,
  attempts: number,
): Promise<DecidedRequest | null> {
  const { id, kind } = request;
  return readAndWrite<BeginningRows, DecidedRequest | null>(
    session,
    beginning(session, [{ id }]),
    ([gate, settled]) => {
      const { isDecided, isWithdrawn, now } = requireBeginning(gate, settled);
      if (isDecided(id)) return { writes: [], result: null };
      const decision = isWithdrawn(id) ? CANCELLED : ({ status: 'failed', code: KINDS[kind].failureCode } as const);
      return {
        writes: insertOutcomes([[id, decision.status, decision.code, attempts, '{}', sqlTime(now)]]),
        result: decidedRequest(request, decision, now),
      };
    },
  );
}

function decidedRequest(
  { id, kind, createdAt }: RecordedRequest,
  { status, code }: Pick<DecidedRequest, 'status'> & Partial<Pick<DecidedRequest, 'code'>>,
  now: Date,
): DecidedRequest {
  // the difference is negative if the server's clock was set back
  return { id, kind, status, code: code ?? null, waitedMs: Math.max(now.getTime() - createdAt.getTime(), 0) };
}

/** The decision on a withdrawn request. */
const CANCELLED: Refused<'CANCELLED'> = { status: 'refused', code: 'CANCELLED', details: {} };

/** The facts that a transaction of the lane reads first. */
interface Beginning {
  /** Returns true if a request of the group already has an outcome. */
  readonly isDecided: (id: number) => boolean;
  /** Returns true if a request of the group is withdrawn. */
  readonly isWithdrawn: (id: number) => boolean;
  /** The server's clock, which is the same for all workers. */
  readonly now: Date;
  /** The id of the newest ledger row; 0 if there is none. It stays the newest, because only the lane writes the ledger. */
  readonly lastTransactionId: number;
}

/** The rows that the first statements return: the gate, and the group's requests with an outcome or a withdrawal. */
type BeginningRows = [
  gate: Gate & { readonly last: number | null },
  settled: { readonly id: number; readonly withdrawn: 1 | 0 },
];

/**
 * Formats the first statements of a transaction. From the first statement until the end of the transaction, the queue can't be
 * paused and no request can be withdrawn.
 *
 * The withdrawals need a separate statement. A server may read a part of the first statement's tables before it waits for the
 * gate's lock. Then it would miss a request that is withdrawn meanwhile.
 */
function beginning(session: Session, group: readonly { readonly id: number }[]): Statements<BeginningRows> {
  const [condition, values] = nearIds(
    'request_id',
    group.map(({ id }) => id),
  );
  return [
    `SELECT ${GATE_COLUMNS}, (SELECT MAX(id) FROM point_transactions) AS last FROM ${GATE}`,
    session.format(
      `SELECT request_id AS id, FALSE AS withdrawn FROM outcomes WHERE ${condition}
       UNION ALL SELECT request_id, TRUE FROM withdrawals WHERE ${condition}`,
      [...values, ...values],
    ),
  ];
}

/** Converts the rows of the first statements. @throws QueuePaused; DatabaseError */
function requireBeginning(...[gate, settled]: RowsOfEach<BeginningRows>): Beginning {
  const { now, last } = requireRunning(gate[0]);
  const [decided, withdrawn] = [new Set<number>(), new Set<number>()];
  for (const row of settled) (row.withdrawn === 1 ? withdrawn : decided).add(row.id);
  return {
    isDecided: (id) => decided.has(id),
    isWithdrawn: (id) => withdrawn.has(id),
    now,
    lastTransactionId: last ?? 0,
  };
}

/** A request with its content. If the payload is invalid, the content is null, and `error` says why. */
interface ParsedRequest extends RecordedRequest {
  readonly content: RequestContent | null;
  readonly error?: unknown;
}

interface Fitting {
  readonly requests: readonly ParsedRequest[];
  /** The rows that `requests` touch. */
  readonly touched: TouchedRows;
  readonly rest: readonly RecordedRequest[];
}

/** Takes as many of the first requests as fit in one transaction. The other requests are parsed later. */
async function fitting(session: Session, group: readonly RecordedRequest[]): Promise<Fitting> {
  const parsed: ParsedRequest[] = [];
  let ordered = 0;
  for (const request of group) {
    if (ordered >= FULL_LINES) break;
    const one = parseRequest(request);
    ordered += linesOf(one);
    parsed.push(one);
  }
  const touched = touchedBy(parsed);
  const ordersLines = await countLines(session, touched.orders);
  let lines = 0;
  const last = parsed.findIndex((request) => {
    lines += linesOf(request, ordersLines);
    return lines >= FULL_LINES;
  });
  if (last === -1 || last === parsed.length - 1) return { requests: parsed, touched, rest: group.slice(parsed.length) };
  const requests = parsed.slice(0, last + 1);
  return { requests, touched: touchedBy(requests), rest: group.slice(requests.length) };
}

/** Parses a request. An invalid payload is not reported here, because the request may have been withdrawn or decided. */
function parseRequest(request: RecordedRequest): ParsedRequest {
  if (request.withdrawn) return { ...request, content: null };
  try {
    return { ...request, content: parseContent(request) };
  } catch (error) {
    return { ...request, content: null, error };
  }
}

/**
 * Returns the number of order lines of a request.
 *
 * @param ordersLines the number of lines of each order that the request touches.
 */
function linesOf({ content }: ParsedRequest, ordersLines?: ReadonlyMap<number, number>): number {
  return content === null ? 1 : sizeOf(content, ordersLines);
}

function touchedBy(requests: readonly ParsedRequest[]): TouchedRows {
  return touchedRows(requests.flatMap(({ content }) => content ?? []));
}

/** Counts the lines of each order. */
async function countLines(session: Session, orders: ReadonlySet<number>): Promise<ReadonlyMap<number, number>> {
  if (orders.size === 0) return new Map();
  const rows = await session.query<{ id: number; count: number }>(
    'SELECT order_id AS id, COUNT(*) AS count FROM order_lines WHERE order_id IN (?) GROUP BY order_id',
    [[...orders]],
  );
  return new Map(rows.map(({ id, count }) => [id, count]));
}
