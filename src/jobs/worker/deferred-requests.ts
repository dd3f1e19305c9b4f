import type { Logger } from 'pino';
import { findLockedRows, type RequestRows, type RowName, rowsOfRequests } from '../../domain/apply/lock-conflicts.ts';
import { findDecided, type RecordedRequest } from '../../domain/requests/pending.ts';
import type { Session } from '../../domain/servers/store.ts';

/** Milliseconds between two attempts to apply what was deferred. */
export const DEFERRED_RETRY_MS = 500;
/** With so many requests, or so many characters of payload, no more are deferred: all that come later wait. */
const [MOST_REQUESTS, MOST_CHARACTERS] = [10_000, 8_388_608];
/** The most rows that one line of the log names. */
const MOST_LOGGED = 20;

/**
 * Requests that wait for rows which another session has locked, in the order of recording, together with every later one
 * that shares a row with one of them: nothing overtakes them. They are applied as soon as the rows are free, without limit in
 * number, and no attempt is counted. They live in memory alone: whoever takes the lane finds them pending in MySQL.
 */
export class DeferredRequests {
  readonly #log: Logger;
  #requests = new Map<number, RequestRows>();
  /** All rows of these requests, and what they wait for. */
  #rows = new Set<RowName>();
  /** The locked rows that the log has named, and the request that it has named last. */
  #named = new Set<RowName>();
  #namedRequest = 0;
  #triedAt = 0;

  constructor(log: Logger) {
    this.#log = log;
  }

  get empty(): boolean {
    return this.#requests.size === 0;
  }

  get full(): boolean {
    if (this.#requests.size >= MOST_REQUESTS) return true;
    let characters = 0;
    for (const { request } of this.#requests.values()) characters += request.payload.length;
    return characters >= MOST_CHARACTERS;
  }

  has(id: number): boolean {
    return this.#requests.has(id);
  }

  /** Forgets all of them. */
  clear(): void {
    this.#requests = new Map();
    this.#rows = new Set();
    this.#named = new Set();
  }

  /** Takes out the requests whose rows may be free by now; none where the last time was a moment ago. */
  async retry(session: Session): Promise<RecordedRequest[]> {
    if (this.empty || performance.now() - this.#triedAt < DEFERRED_RETRY_MS) return [];
    this.#triedAt = performance.now();
    // a reference may stand for a row by now
    const all = await rowsOfRequests(
      session,
      [...this.#requests.values()].map(({ request }) => request),
    );
    const locked = await findLockedRows(session, [...this.#rows, ...all.flatMap(({ rows }) => rows)]);
    this.#requests = new Map();
    this.#rows = new Set(locked);
    this.#named = new Set([...this.#named].filter((row) => locked.has(row)));
    this.#report(locked);
    return this.#admit(all);
  }

  /** Defers those of `requests` that share a row with a deferred one; returns the others. */
  async admit(session: Session, requests: readonly RecordedRequest[]): Promise<readonly RecordedRequest[]> {
    if (this.empty) return requests;
    return this.#admit(await rowsOfUndecided(session, requests));
  }

  /**
   * Defers what can't be applied now that `group`, which `requests` begin with, has lost against another session: the
   * requests that need rows which that session has locked. Where none is locked (any more), it is something else that
   * `group` has met: a single request is deferred then, of several none.
   *
   * @returns those of `requests` that are left.
   */
  async defer(
    session: Session,
    requests: readonly RecordedRequest[],
    group: readonly RecordedRequest[],
  ): Promise<readonly RecordedRequest[]> {
    this.#triedAt = performance.now();
    // rows that were locked when the last of the deferred ones was applied
    if (this.empty) this.#rows.clear();
    const all = await rowsOfUndecided(session, requests);
    const locked = await findLockedRows(session, new Set(all.flatMap(({ rows }) => rows)));
    if (locked.size === 0 && group.length > 1) return requests;
    for (const row of locked) this.#rows.add(row);
    this.#report(locked);
    const culprit = locked.size > 0 ? undefined : all.find(({ request }) => request.id === group[0]?.id);
    if (culprit === undefined) return this.#admit(all);
    const { id } = culprit.request;
    if (id !== this.#namedRequest) {
      this.#log.warn({ requestId: id }, 'a request waits for another session, and so do those that share its rows');
    }
    this.#namedRequest = id;
    this.#add(culprit);
    return this.#admit(all.filter((other) => other !== culprit));
  }

  #admit(candidates: readonly RequestRows[]): RecordedRequest[] {
    const admitted: RecordedRequest[] = [];
    const rowsOf = new Map([...this.#requests.values(), ...candidates].map(({ request, rows }) => [request.id, rows]));
    for (const { request, rows } of candidates) {
      if (this.has(request.id)) continue;
      const all = [...rows, ...orderedRows(request, rows, rowsOf)];
      if (all.some((row) => this.#rows.has(row))) this.#add({ request, rows: all });
      else admitted.push(request);
    }
    // a late one may have been recorded before one that was deferred
    this.#requests = new Map([...this.#requests].sort(([a], [b]) => a - b));
    return admitted;
  }

  #add(deferred: RequestRows): void {
    this.#requests.set(deferred.request.id, deferred);
    for (const row of deferred.rows) this.#rows.add(row);
  }

  /** Logs the rows that are waited for, each once. */
  #report(locked: ReadonlySet<RowName>): void {
    const rows = [...locked].filter((row) => !this.#named.has(row));
    if (rows.length === 0) return;
    for (const row of rows) this.#named.add(row);
    const fields = { rows: rows.slice(0, MOST_LOGGED), more: Math.max(rows.length - MOST_LOGGED, 0) };
    this.#log.warn(fields, 'another session has locked rows; the requests that need them wait');
  }
}

/** The rows of the orders that a request cancels, where these are requests still: MySQL does not have them yet. */
function orderedRows(
  { id }: RecordedRequest,
  rows: readonly RowName[],
  rowsOf: ReadonlyMap<number, readonly RowName[]>,
): readonly RowName[] {
  return rows.flatMap((row) => {
    const order = row.startsWith('order ') ? Number(row.slice('order '.length)) : id;
    return order === id ? [] : (rowsOf.get(order) ?? []);
  });
}

/** The rows of those that have no outcome: one whose job comes late must not have others wait for its rows. */
async function rowsOfUndecided(
  session: Session,
  requests: readonly RecordedRequest[],
): Promise<readonly RequestRows[]> {
  const decided = await findDecided(
    session,
    requests.map(({ id }) => id),
  );
  return rowsOfRequests(
    session,
    requests.filter(({ id }) => !decided.has(id)),
  );
}
