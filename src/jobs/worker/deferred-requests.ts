import type { Logger } from 'pino';
import { findLockedRows, type RequestRows, type RowName, rowsOfRequests } from '../../domain/apply/lock-conflicts.ts';
import { findDecided, findWithdrawn, type RecordedRequest } from '../../domain/requests/pending.ts';
import type { Session } from '../../domain/servers/connections.ts';

/** Milliseconds between two attempts to apply deferred requests. */
export const DEFERRED_RETRY_MS = 500;
/**
 * Maximum number of deferred requests, and of characters in their payloads. Beyond either limit, all later requests
 * wait.
 */
const [MAX_REQUESTS, MAX_CHARACTERS] = [10_000, 8_388_608];
/** Maximum number of rows named in one log line. */
const MAX_LOGGED = 20;

/**
 * Holds requests that wait for rows locked by another session, in the order of recording. Later requests that share a
 * row with one of them wait too, so that none overtakes another. Deferred requests are applied as soon as their rows
 * are free, and no attempt is counted. They are kept only in memory, because a worker that takes the lane finds them
 * pending in MySQL.
 */
export class DeferredRequests {
  readonly #log: Logger;
  #requests = new Map<number, RequestRows>();
  /** All rows of the deferred requests, including the locked ones. */
  #rows = new Set<RowName>();
  /** The locked rows that have been logged, and the request that was logged last. */
  #logged = new Set<RowName>();
  #loggedRequest = 0;
  #triedAt = 0;

  constructor(log: Logger) {
    this.#log = log;
  }

  get empty(): boolean {
    return this.#requests.size === 0;
  }

  get full(): boolean {
    if (this.#requests.size >= MAX_REQUESTS) return true;
    let characters = 0;
    for (const { request } of this.#requests.values()) characters += request.payload.length;
    return characters >= MAX_CHARACTERS;
  }

  has(id: number): boolean {
    return this.#requests.has(id);
  }

  /** Removes all requests. */
  clear(): void {
    this.#requests = new Map();
    this.#rows = new Set();
    this.#logged = new Set();
  }

  /**
   * Removes and returns the requests whose rows are free, and those that are withdrawn, which need no rows. Returns none if the
   * last attempt was less than 500 ms ago.
   */
  async retry(session: Session): Promise<RecordedRequest[]> {
    if (this.empty || performance.now() - this.#triedAt < DEFERRED_RETRY_MS) return [];
    this.#triedAt = performance.now();
    const withdrawn = await findWithdrawn(session, [...this.#requests.keys()]);
    // a row that a request names by its reference may have been created in the meantime
    const all = await rowsOfRequests(
      session,
      [...this.#requests.values()].map(({ request }) =>
        withdrawn.has(request.id) ? { ...request, withdrawn: true as const } : request,
      ),
    );
    const locked = await findLockedRows(session, [...this.#rows, ...all.flatMap(({ rows }) => rows)]);
    this.#requests = new Map();
    this.#rows = new Set(locked);
    this.#logged = new Set([...this.#logged].filter((row) => locked.has(row)));
    this.#logRows(locked);
    return this.#admit(all);
  }

  /** Defers the requests that share a row with a deferred one, and returns the others. */
  async admit(session: Session, requests: readonly RecordedRequest[]): Promise<readonly RecordedRequest[]> {
    if (this.empty) return requests;
    return this.#admit(await rowsOfUndecided(session, requests));
  }

  /**
   * Defers the requests that need rows locked by another session, after a conflict with that session. If no row is locked any
   * more, the cause is unknown. In that case a single request is deferred, but a larger group is not.
   *
   * @param group the requests that failed; `requests` begins with them.
   * @returns the requests that were not deferred.
   */
  async defer(
    session: Session,
    requests: readonly RecordedRequest[],
    group: readonly RecordedRequest[],
  ): Promise<readonly RecordedRequest[]> {
    this.#triedAt = performance.now();
    // rows may be left over from the last deferred requests
    if (this.empty) this.#rows.clear();
    const all = await rowsOfUndecided(session, requests);
    const locked = await findLockedRows(session, new Set(all.flatMap(({ rows }) => rows)));
    if (locked.size === 0 && group.length > 1) return requests;
    for (const row of locked) this.#rows.add(row);
    this.#logRows(locked);
    const blocked = locked.size > 0 ? undefined : all.find(({ request }) => request.id === group[0]?.id);
    if (blocked === undefined) return this.#admit(all);
    const { id } = blocked.request;
    if (id !== this.#loggedRequest) {
      this.#log.warn(
        { requestId: id },
        'a request waits for another MySQL session; later requests for the same rows wait too',
      );
    }
    this.#loggedRequest = id;
    this.#add(blocked);
    return this.#admit(all.filter((other) => other !== blocked));
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
    // a request that arrives late may have a lower id than a deferred one
    this.#requests = new Map([...this.#requests].sort(([a], [b]) => a - b));
    return admitted;
  }

  #add(deferred: RequestRows): void {
    this.#requests.set(deferred.request.id, deferred);
    for (const row of deferred.rows) this.#rows.add(row);
  }

  /** Logs the locked rows that have not been logged yet. */
  #logRows(locked: ReadonlySet<RowName>): void {
    const rows = [...locked].filter((row) => !this.#logged.has(row));
    if (rows.length === 0) return;
    for (const row of rows) this.#logged.add(row);
    const fields = { rows: rows.slice(0, MAX_LOGGED), more: Math.max(rows.length - MAX_LOGGED, 0) };
    this.#log.warn(fields, 'another MySQL session has locked rows; requests that need these rows wait');
  }
}

/**
 * Returns additional rows for a cancellation or a return. If its order is not placed yet, these are the rows of the request that
 * will place it. They can't be read from the order, because the order is not in MySQL yet.
 */
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

/** Returns the requests without an outcome and their rows. A request that was decided before its job arrived must not block rows. */
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
