import type { Session } from '../../db/mysql/connection.ts';
import { contentHash } from '../requests/request.ts';
import { prefetch } from './prefetch.ts';
import { type BatchFileRow, isSendable } from './row.ts';

/** The maximum number of lines that a refusal lists. */
const MAX_LINES = 5;
/** The approximate number of rows of a file that are compared with one statement. */
const COMPARED_ROWS = 5_000;
const HIGHEST_LINE = Number.MAX_SAFE_INTEGER;

/**
 * Finds recorded rows of a batch that are changed or missing in a file.
 *
 * @param chunks the rows of the file, in file order.
 * @returns the line numbers of the first such rows, at most five, in ascending order.
 */
export async function differingLines(
  session: Session,
  batchId: number,
  chunks: AsyncIterable<readonly BatchFileRow[]>,
): Promise<number[]> {
  const lines: number[] = [];
  let after = 0;
  for await (const chunk of prefetch(largerChunks(chunks))) {
    const upTo = chunk.at(-1)?.line ?? after;
    const reading = readRecorded(session, batchId, { after, upTo });
    // the hashes are computed while the server reads
    const hashes = chunk.map((row) => (isSendable(row) ? contentHash(row.content) : null));
    const recorded = await reading;
    for (const [index, row] of chunk.entries()) {
      if (isSame(row, hashes[index], recorded.get(row.line))) recorded.delete(row.line);
    }
    lines.push(...recorded.keys());
    if (lines.length >= MAX_LINES) break;
    after = upTo;
  }
  if (lines.length < MAX_LINES) {
    const remaining = { after, upTo: HIGHEST_LINE, limit: MAX_LINES };
    lines.push(...(await readRecorded(session, batchId, remaining)).keys());
  }
  return lines.sort((a, b) => a - b).slice(0, MAX_LINES);
}

/** Combines chunks of rows into larger chunks, each of which is compared with one statement. */
async function* largerChunks(chunks: AsyncIterable<readonly BatchFileRow[]>): AsyncGenerator<readonly BatchFileRow[]> {
  let larger: BatchFileRow[] = [];
  for await (const chunk of chunks) {
    larger.push(...chunk);
    if (larger.length < COMPARED_ROWS) continue;
    yield larger;
    larger = [];
  }
  if (larger.length > 0) yield larger;
}

interface RecordedRow {
  readonly line: number;
  readonly key: string;
  readonly hash: Buffer;
}

function isSame(row: BatchFileRow, hash: Buffer | null | undefined, recorded: RecordedRow | undefined): boolean {
  return row.key === recorded?.key && hash?.equals(recorded.hash) === true;
}

const RECORDED = `
  SELECT batch_line AS line, idempotency_key AS \`key\`, request_hash AS hash FROM requests
  WHERE batch_id = ? AND batch_line > ? AND batch_line <= ?
  UNION ALL
  SELECT e.line, e.idempotency_key, r.request_hash FROM batch_exceptions e JOIN requests r ON r.id = e.request_id
  WHERE e.batch_id = ? AND e.line > ? AND e.line <= ?`;

/** Reads the recorded rows of a batch by line, including rows that share another row's request. */
async function readRecorded(
  session: Session,
  batchId: number,
  { after, upTo, limit }: { after: number; upTo: number; limit?: number },
): Promise<Map<number, RecordedRow>> {
  const range = [batchId, after, upTo];
  const rows = await session.query<RecordedRow>(
    limit === undefined ? RECORDED : `${RECORDED} ORDER BY line LIMIT ?`,
    limit === undefined ? [...range, ...range] : [...range, ...range, limit],
  );
  return new Map(rows.map((row) => [row.line, row]));
}

/** Counts the recorded rows of a batch. A recorded row stays recorded, so the same number means the same rows. */
export async function countRecorded(session: Session, batchId: number): Promise<number> {
  const [row] = await session.query<{ count: number }>(
    `SELECT (SELECT COUNT(*) FROM requests WHERE batch_id = ?)
       + (SELECT COUNT(request_id) FROM batch_exceptions WHERE batch_id = ?) AS count`,
    [batchId, batchId],
  );
  return row?.count ?? 0;
}
