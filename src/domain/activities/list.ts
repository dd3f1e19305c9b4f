import { Conditions } from '../../db/mysql/conditions.ts';
import type { Session } from '../../db/mysql/connection.ts';
import { narrowToSpan, type Span } from '../../db/mysql/id-range.ts';
import { KINDS, type RequestKind } from '../requests/kinds/index.ts';
import type { OutcomeStatus } from '../requests/status.ts';
import { REQUEST_ACTIONS } from './actions.ts';
import { Cursor } from './cursor.ts';
import { resolveSubjects } from './subjects.ts';

/** A change, made with or without a request. */
interface Change {
  /** When the request was recorded, or the change was made. */
  readonly at: Date;
  readonly actor: string;
  readonly host: string;
  /** The command, such as `user edit`. */
  readonly action: string;
  /** The changed object, such as `user 5` or `queue`. */
  readonly subject: string;
  /** The changed fields with their values before the change; null for a request. */
  readonly before: ChangedFields | null;
  /** The changed fields with their values after the change. For a request: its status, content and effects. */
  readonly after: ChangedFields | null;
  readonly requestId: number | null;
}

/** The values of changed fields, by field name. */
export type ChangedFields = Readonly<Record<string, unknown>>;

/** An entry of the list of activities. */
export interface ListedChange extends Change {
  /** The position after this entry, for `--after` with the same filters. */
  readonly cursor: Cursor;
  /** The name of the user or product that is the subject; null for other subjects. */
  readonly subjectName: string | null;
}

/** Filters of `activity list`. */
export interface ActivityFilter extends Span {
  readonly actor?: string | undefined;
  /** Only changes by this command, one of `ACTIONS`. */
  readonly action?: string | undefined;
  /** Maximum number of entries. */
  readonly limit: number;
  /** The cursor of the last entry of the previous page. */
  readonly after?: Cursor | undefined;
}

/** A change with the id of its row in `requests` or `activities`. */
interface Row extends Change {
  readonly rowId: number;
}

type PagedRow = Row & Pick<ListedChange, 'cursor'>;

/**
 * Lists requests and all other changes, newest first. Both tables are read in descending order of their ids, and merged by
 * time. Only one page of rows is read from each table, unless a filter skips rows.
 */
export async function listActivities(session: Session, filter: ActivityFilter): Promise<ListedChange[]> {
  const requests = await readRequests(session, filter);
  const activities = await readActivities(session, filter);
  const page = mergeNewest(requests, activities, filter.limit);
  const known = await resolveSubjects(
    session,
    page.map(({ subject }) => subject),
  );
  return page.map(({ rowId, ...entry }) => ({ ...entry, ...(known.get(entry.subject) ?? { subjectName: null }) }));
}

/**
 * Merges two lists of changes by time. Each list is ordered by descending id. If a table has more matching rows than fit on the
 * page, its list has one extra row.
 */
function mergeNewest(requests: readonly Row[], activities: readonly Row[], limit: number): PagedRow[] {
  const page: PagedRow[] = [];
  let [requestIndex, activityIndex] = [0, 0];
  while (page.length < limit) {
    const [request, activity] = [requests[requestIndex], activities[activityIndex]];
    const isRequest = request !== undefined && (activity === undefined || request.at >= activity.at);
    const next = isRequest ? request : activity;
    if (next === undefined) break;
    if (isRequest) requestIndex++;
    else activityIndex++;
    const cursor = new Cursor((requests[requestIndex]?.rowId ?? 0) + 1, (activities[activityIndex]?.rowId ?? 0) + 1);
    page.push({ cursor, ...next });
  }
  return page;
}

interface RequestColumns {
  rowId: number;
  at: Date;
  actor: string;
  host: string;
  action: string;
  kind: RequestKind;
  payload: string;
  reason: string | null;
  status: OutcomeStatus | null;
  code: string | null;
  details: string | null;
}

/** SQL for the command that made a request, such as `order place`. */
const ACTION = `CASE ${REQUEST_ACTIONS.map(({ name, when }) => `WHEN ${when} THEN '${name}'`).join(' ')} END`;

async function readRequests(session: Session, filter: ActivityFilter): Promise<Row[]> {
  const made = REQUEST_ACTIONS.find(({ name }) => name === filter.action);
  if (filter.action !== undefined && made === undefined) return [];
  const where = await selected(session, 'requests', filter, filter.after?.request);
  if (made !== undefined) where.add(made.when);
  const rows = await session.query<RequestColumns>(
    // the rows are limited before the outcomes are joined; otherwise a server may read and sort both tables
    `SELECT r.*, o.status, o.code, o.details
     FROM (
       SELECT r.id AS rowId, r.created_at AS at, r.actor, r.host, ${ACTION} AS action, r.kind, r.payload, r.reason
       FROM requests r FORCE INDEX (PRIMARY) WHERE ${where.sql} ORDER BY r.id DESC LIMIT ?
     ) r LEFT JOIN outcomes o FORCE INDEX (PRIMARY) ON o.request_id = r.rowId
     ORDER BY r.rowId DESC`,
    [...where.values, filter.limit + 1],
  );
  return rows.map(toChange);
}

function toChange({ rowId, at, actor, host, action, kind, ...request }: RequestColumns): Row {
  const { subject } = KINDS[kind].activity;
  const payload: ChangedFields | null = JSON.parse(request.payload);
  return {
    rowId,
    at,
    actor,
    host,
    action,
    subject: `${subject} ${payload?.[subject]}`,
    before: null,
    after: stateAfter(kind, payload, request),
    requestId: rowId,
  };
}

function stateAfter(
  kind: RequestKind,
  payload: ChangedFields | null,
  { status, code, details, reason }: Pick<RequestColumns, 'status' | 'code' | 'details' | 'reason'>,
): ChangedFields {
  const outcome: ChangedFields = status === 'applied' && details !== null ? JSON.parse(details) : {};
  const fields = { ...payload, ...outcome };
  const shown = KINDS[kind].activity.after
    .filter((name) => name in fields)
    .map((name) => [name, fields[name]] as const);
  return {
    status: status ?? 'pending',
    ...(code === null ? {} : { code }),
    ...Object.fromEntries(shown),
    ...(reason === null ? {} : { reason }),
  };
}

interface ActivityColumns extends Omit<Row, 'before' | 'after'> {
  before: string | null;
  after: string | null;
}

async function readActivities(session: Session, filter: ActivityFilter): Promise<Row[]> {
  if (REQUEST_ACTIONS.some(({ name }) => name === filter.action)) return [];
  const where = await selected(session, 'activities', filter, filter.after?.activity);
  where.narrow('r.action = ?', filter.action);
  const rows = await session.query<ActivityColumns>(
    `SELECT r.id AS rowId, r.created_at AS at, r.actor, r.host, r.action, r.subject, r.state_before AS \`before\`,
       r.state_after AS \`after\`, r.request_id AS requestId
     FROM activities r FORCE INDEX (PRIMARY) WHERE ${where.sql} ORDER BY r.id DESC LIMIT ?`,
    [...where.values, filter.limit + 1],
  );
  return rows.map((row) => ({ ...row, before: parseState(row.before), after: parseState(row.after) }));
}

function parseState(state: string | null): ChangedFields | null {
  return state === null ? null : JSON.parse(state);
}

/** Returns the conditions that the filter and the cursor put on the rows `r` of a table. */
async function selected(
  session: Session,
  table: 'requests' | 'activities',
  filter: ActivityFilter,
  after: number | undefined,
): Promise<Conditions> {
  const where = new Conditions();
  await narrowToSpan(session, table, filter, where);
  where.narrow('r.actor = ?', filter.actor);
  where.narrow('r.id < ?', after);
  return where;
}
