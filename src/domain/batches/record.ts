import { type Session, serverTime, sqlTime } from '../../db/mysql/connection.ts';
import { inTransaction, retryConflicts, retryDuplicates } from '../../db/mysql/transaction.ts';
import { type Phrase, phrase } from '../phrase.ts';
import type { RequestKind } from '../requests/kinds/index.ts';
import type { Origin } from '../requests/origin.ts';
import { contentHash } from '../requests/request.ts';
import type { OutcomeStatus } from '../requests/status.ts';
import { type OpenBatch, requireOpen } from './open-batch.ts';
import { type BatchFileRow, isSendable, type ROW_CODES, type SendableRow } from './row.ts';

/** A row of a batch file that creates no request. */
export interface BatchException {
  readonly line: number;
  readonly key: string | null;
  readonly kind: RequestKind | null;
  /** Id of the request that already has the row's key and the same content; null if the row can't be sent. */
  readonly requestId: number | null;
  readonly code: (typeof ROW_CODES)[number] | null;
  /** The reason why the row can't be sent. */
  readonly reason: Phrase | null;
}

/** The result of recording a chunk of the file. */
export interface RecordedRows {
  /** Ids of requests without an outcome, each once, in file order. They still have to be queued. */
  readonly pending: readonly number[];
  /** Number of rows that repeat an earlier row's key, or whose request was already decided. */
  readonly replayed: number;
  /** Number of rows whose request already has an outcome, by status. */
  readonly decided: Readonly<Record<OutcomeStatus, number>>;
  readonly exceptions: readonly BatchException[];
}

/**
 * Records a chunk of a batch file in one transaction: a request for each row with a new key, and an exception for each row
 * without its own request. Rows that an earlier or concurrent run has recorded are found by their keys.
 *
 * @throws ShopError `IDEMPOTENCY_CONFLICT` if the batch has received other content meanwhile; `CANCELLED` if it was cancelled.
 */
export async function recordRows(
  session: Session,
  batch: OpenBatch,
  rows: readonly BatchFileRow[],
  origin: Origin,
): Promise<RecordedRows> {
  const entries = entriesOf(rows);
  // the keys of a new batch are almost always new, so they are not looked up first
  const before = batch.fresh ? NO_KEYS : await readKeys(session, entries);
  if (entries.length === rows.length && entries.every(({ row }) => before.has(row.key))) {
    const recorded = classify(batch.id, rows, entries, { all: before, known: before });
    if (recorded.exceptions.length === 0) return recorded;
  }
  return retryDuplicates((again) =>
    retryConflicts(() =>
      inTransaction(session, () =>
        recordOnce(session, batch, { rows, entries, origin, checkFirst: again || before.size > 0 }),
      ),
    ),
  );
}

/** Compares rows with the recorded rows, without recording anything. `batchId` is null if the batch does not exist. */
export async function compareRows(
  session: Session,
  batchId: number | null,
  rows: readonly BatchFileRow[],
): Promise<Omit<RecordedRows, 'pending'>> {
  const entries = entriesOf(rows);
  const known = await readKeys(session, entries);
  const firsts = firstOfEachKey(entries);
  const all = new Map<string, KnownKey>(
    [...firsts.values()].map(({ row, hash }) => [
      row.key,
      known.get(row.key) ?? { id: 0, hash, batchId, line: row.line, status: null },
    ]),
  );
  return classify(batchId, rows, entries, { all, known });
}

/**
 * Records that the whole file was sent. If an earlier file with the same name was longer, its rows after this file's
 * last line no longer count.
 */
export async function finishBatch(
  session: Session,
  batch: OpenBatch,
  { lastLine, replayed }: { lastLine: number; replayed: number },
): Promise<void> {
  const { id } = batch;
  await retryConflicts(() =>
    inTransaction(session, async () => {
      await session.execute('UPDATE batches SET last_line = ?, replayed = ? WHERE id = ?', [lastLine, replayed, id]);
      await session.execute('DELETE FROM batch_exceptions WHERE batch_id = ? AND line > ?', [id, lastLine]);
      await requireOpen(session, batch);
    }),
  );
}

interface Entry {
  readonly row: SendableRow;
  readonly hash: Buffer;
}

function entriesOf(rows: readonly BatchFileRow[]): readonly Entry[] {
  return rows.filter(isSendable).map((row) => ({ row, hash: contentHash(row.content) }));
}

interface KnownKey {
  readonly id: number;
  readonly hash: Buffer;
  readonly batchId: number | null;
  readonly line: number | null;
  /** Null if the request is not decided. */
  readonly status: OutcomeStatus | null;
}

const NO_KEYS: ReadonlyMap<string, KnownKey> = new Map();

interface Piece {
  readonly rows: readonly BatchFileRow[];
  readonly entries: readonly Entry[];
  readonly origin: Origin;
  readonly checkFirst: boolean;
}

async function recordOnce(
  session: Session,
  batch: OpenBatch,
  { rows, entries, origin, checkFirst }: Piece,
): Promise<RecordedRows> {
  const known = checkFirst ? await readKeys(session, entries) : NO_KEYS;
  const missing = [...firstOfEachKey(entries).values()].filter(({ row }) => !known.has(row.key));
  const inserted = await insertRequests(session, batch, missing, origin);
  const all = new Map([...known, ...inserted]);
  const recorded = classify(batch.id, rows, entries, { all, known });
  if (checkFirst || !batch.fresh) await deleteExceptions(session, batch, rows);
  await insertExceptions(session, batch, recorded.exceptions);
  await requireOpen(session, batch);
  return recorded;
}

function firstOfEachKey(entries: readonly Entry[]): Map<string, Entry> {
  const firsts = new Map<string, Entry>();
  for (const entry of entries) if (!firsts.has(entry.row.key)) firsts.set(entry.row.key, entry);
  return firsts;
}

async function readKeys(session: Session, entries: readonly Entry[]): Promise<ReadonlyMap<string, KnownKey>> {
  if (entries.length === 0) return NO_KEYS;
  const rows = await session.query<KnownKey & { key: string }>(
    `SELECT r.id, r.idempotency_key AS \`key\`, r.request_hash AS hash, r.batch_id AS batchId, r.batch_line AS line,
       o.status
     FROM requests r LEFT JOIN outcomes o ON o.request_id = r.id
     WHERE r.idempotency_key IN (?)`,
    [entries.map(({ row }) => row.key)],
  );
  return new Map(rows.map(({ key, ...request }) => [key, request]));
}

/** Records requests, and returns them by key with their new ids. */
async function insertRequests(
  session: Session,
  batch: OpenBatch,
  entries: readonly Entry[],
  { actor, host }: Origin,
): Promise<ReadonlyMap<string, KnownKey>> {
  const [first, last] = [entries[0], entries.at(-1)];
  if (first === undefined || last === undefined) return new Map();
  const now = sqlTime(await serverTime(session));
  // one INSERT gives its rows ascending ids, so the requests have the order of the file
  const { insertId } = await session.execute(
    `INSERT INTO requests
       (idempotency_key, request_hash, kind, payload, reason, actor, host, created_at, batch_id, batch_line) VALUES ?`,
    [
      entries.map(({ row: { key, content, line }, hash }) => {
        const { kind, payload, reason = null } = content;
        return [key, hash, kind, JSON.stringify(payload), reason, actor, host, now, batch.id, line];
      }),
    ],
  );
  // the ids are read back, because only the first one is known: a server may increase ids in larger steps, and other sessions
  // insert at the same time
  const ids = await session.query<{ id: number; key: string }>(
    `SELECT id, idempotency_key AS \`key\` FROM requests FORCE INDEX (PRIMARY)
     WHERE id >= ? AND batch_id = ? AND batch_line BETWEEN ? AND ?`,
    [insertId, batch.id, first.row.line, last.row.line],
  );
  const idOf = new Map(ids.map(({ id, key }) => [key, id]));
  return new Map(
    entries.map(({ row: { key, line }, hash }) => {
      const id = idOf.get(key);
      if (id === undefined) throw new Error(`the inserted request with the key ${key} was not found`);
      return [key, { id, hash, batchId: batch.id, line, status: null }];
    }),
  );
}

/** Finds the request of each row, and groups the rows by the state of their requests. */
function classify(
  batchId: number | null,
  rows: readonly BatchFileRow[],
  entries: readonly Entry[],
  { all, known }: { all: ReadonlyMap<string, KnownKey>; known: ReadonlyMap<string, KnownKey> },
): RecordedRows {
  const hashes = new Map(entries.map(({ row, hash }) => [row.line, hash]));
  const pending = new Set<number>();
  const exceptions: BatchException[] = [];
  const decided = { applied: 0, refused: 0, failed: 0 };
  let replayed = 0;
  for (const row of rows) {
    const request = isSendable(row) ? all.get(row.key) : undefined;
    const exception = exceptionOf(batchId, row, request, hashes.get(row.line));
    if (exception !== null) exceptions.push(exception);
    if (request === undefined || typeof exception?.code === 'string') continue;
    if (request.status === null) pending.add(request.id);
    else decided[request.status]++;
    const byEarlierRow = request.batchId === batchId && request.line !== null && request.line < row.line;
    if (byEarlierRow || isDecidedBefore(row, request, known)) replayed++;
  }
  return { pending: [...pending], replayed, decided, exceptions };
}

function isDecidedBefore(row: BatchFileRow, { status }: KnownKey, known: ReadonlyMap<string, KnownKey>): boolean {
  return status !== null && known.has(row.key ?? '');
}

/** Returns the exception for a row; null if `request` was recorded for this row. */
function exceptionOf(
  batchId: number | null,
  row: BatchFileRow,
  request: KnownKey | undefined,
  hash: Buffer | undefined,
): BatchException | null {
  if (!isSendable(row)) return { ...row, requestId: null, code: 'INVALID_INPUT' };
  const { line, key } = row;
  const { kind } = row.content;
  if (request === undefined || hash === undefined) throw new Error(`the key ${key} was neither found nor recorded`);
  if (!request.hash.equals(hash)) {
    const reason = phrase`key ${key} was used before with different content`;
    return { line, key, kind, requestId: null, code: 'IDEMPOTENCY_CONFLICT', reason };
  }
  const own = request.batchId === batchId && request.line === line;
  return own ? null : { line, key, kind, requestId: request.id, code: null, reason: null };
}

async function deleteExceptions(session: Session, batch: OpenBatch, rows: readonly BatchFileRow[]): Promise<void> {
  const [first, last] = [rows[0], rows.at(-1)];
  if (first === undefined || last === undefined) return;
  await session.execute('DELETE FROM batch_exceptions WHERE batch_id = ? AND line BETWEEN ? AND ?', [
    batch.id,
    first.line,
    last.line,
  ]);
}

const MAX_REASON = 500;

async function insertExceptions(
  session: Session,
  batch: OpenBatch,
  exceptions: readonly BatchException[],
): Promise<void> {
  if (exceptions.length === 0) return;
  await session.execute(
    'INSERT INTO batch_exceptions (batch_id, line, idempotency_key, kind, request_id, code, reason) VALUES ?',
    [
      exceptions.map(({ line, key, kind, requestId, code, reason }) => {
        return [
          batch.id,
          line,
          key,
          kind,
          requestId,
          code,
          reason === null ? null : String(reason).slice(0, MAX_REASON),
        ];
      }),
    ],
  );
}
