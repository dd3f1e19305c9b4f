import type { Session } from '../../db/mysql/connection.ts';
import { newestRetry } from '../requests/retries.ts';
import {
  type BatchTotals,
  countExceptions,
  countOwnRows,
  findBatch,
  readBatch,
  readDecided,
  type StatusCount,
  sumUp,
} from './report.ts';

/** The totals of a batch at one poll. */
export interface FollowedBatch extends BatchTotals {
  /** True if a run has sent the whole file. */
  readonly whole: boolean;
}

/**
 * Polls a batch and counts each decided row only once, because counting all rows of a large batch takes seconds. Rows are
 * usually decided in file order. A row that is decided early counts as pending until the rows before it are decided. When
 * nothing is pending, the totals are the same as those of `readBatch`.
 */
export class BatchFollower {
  readonly #session: Session;
  readonly #batch: string;
  /** All requests of rows up to this line have an outcome and are counted. */
  #line = 0;
  #decided: StatusCount[] = [];
  #retry: number | null = null;

  /** @param batch the name or id of the batch. */
  constructor(session: Session, batch: string) {
    this.#session = session;
    this.#batch = batch;
  }

  /** Reads the current totals. @throws ShopError `INVALID_BATCH` */
  async poll(): Promise<FollowedBatch> {
    const session = this.#session;
    const batch = await findBatch(session, this.#batch);
    await this.#restartAfterRetry();
    const last = batch.lastLine ?? (await lastLine(session, batch.id));
    const { line } = await readDecided(session, batch.id, { after: this.#line, upTo: last });
    if (line > this.#line) {
      this.#decided.push(...(await countOwnRows(session, batch.id, { after: this.#line, upTo: line })));
      this.#line = line;
    }
    const [waiting] = await session.query<{ count: number }>(
      'SELECT COUNT(*) AS count FROM requests WHERE batch_id = ? AND batch_line > ? AND batch_line <= ?',
      [batch.id, line, last],
    );
    const totals = sumUp(batch, [
      ...this.#decided,
      ...(await countExceptions(session, batch.id)),
      { status: null, count: waiting?.count ?? 0, newest: null },
    ]);
    const exact = totals.pending === 0 ? await readBatch(session, this.#batch) : totals;
    return { ...exact, whole: batch.lastLine !== null };
  }

  async #restartAfterRetry(): Promise<void> {
    const retry = await newestRetry(this.#session);
    if (retry === this.#retry) return;
    this.#retry = retry;
    this.#line = 0;
    this.#decided = [];
  }
}

async function lastLine(session: Session, batchId: number): Promise<number> {
  const [row] = await session.query<{ line: number | null }>(
    'SELECT MAX(batch_line) AS line FROM requests WHERE batch_id = ?',
    [batchId],
  );
  return row?.line ?? 0;
}
