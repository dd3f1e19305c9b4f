import { setTimeout as delay } from 'node:timers/promises';
import type { OpenBatch } from '../../domain/batches/open-batch.ts';
import { prefetch } from '../../domain/batches/prefetch.ts';
import { type BatchException, finishBatch, recordRows } from '../../domain/batches/record.ts';
import { countPendingElsewhere, readDecided } from '../../domain/batches/report.ts';
import { type BatchFileRow, orderLines } from '../../domain/batches/row.ts';
import type { Origin } from '../../domain/requests/origin.ts';
import { findDecided, oldestPending } from '../../domain/requests/pending.ts';
import type { Session } from '../../domain/servers/connections.ts';
import { isOutage } from '../../domain/servers/mysql-errors.ts';
import { type Channel, type DelayListener, reportDelay } from './submit.ts';

/** Progress of a batch. */
export interface BatchProgress {
  /** Number of rows read from the file so far. Each was recorded, or can't be sent. */
  readonly sent: number;
  /** Line number of the last row read from the file; 0 before the first row. */
  readonly lastLine: number;
  /** Number of the batch's requests before the first pending one, in file order. All of them have an outcome. */
  readonly decided: number;
}

/** Receives the progress of a batch. */
export interface BatchListener extends DelayListener {
  /** Called about once per second. */
  progress(progress: BatchProgress): void;
  /** Called after each chunk with the current value of `BatchProgress.sent`. */
  recorded(sent: number): void;
  /** Called with the rows of a chunk that can't be sent, after the other rows are recorded. */
  exceptions(exceptions: readonly BatchException[]): Promise<void>;
  /** Called when rows were recorded, but could not be queued in Redis. The worker's sweep will find them. */
  notQueued(error: unknown): Promise<void>;
}

/** Milliseconds between two polls for outcomes. */
const POLL_MS = 1_000;
const FIRST_PAUSE_MS = 10;
/**
 * While more order lines than this are undecided, the next chunk is not recorded. The worker applies this number of order lines in
 * less than one second.
 */
const MAX_UNDECIDED_LINES = 5_000;
/** Milliseconds between two polls while the next chunk waits. */
const ROOM_POLL_MS = 50;
/** Number of undecided chunks, oldest first, that each poll checks. */
const CHUNKS_POLLED = 100;
/**
 * If no chunk is decided within this time, the next chunk is recorded without waiting: perhaps no worker is
 * running, and recording needs none.
 */
const UNDECIDED_MS = 3_000;
/** Minimum time limit for a statement, even if less time is left until the wait for outcomes ends. */
const LEAST_STATEMENT_MS = 2_000;
/** A timer may fire up to this many milliseconds early. */
const TIMER_SLACK_MS = 50;

/** Result of the wait: all rows have an outcome, a limit was reached, or MySQL did not respond before the limit. */
type BatchWait = 'decided' | 'pending' | 'unknown';

/**
 * Runs a batch file. Rows are recorded and queued in chunks, in file order. A recorded chunk takes effect even if this
 * process ends; the next run resumes after it.
 *
 * Requests are applied in the order in which they are recorded, so another user's request waits for all rows recorded
 * before it. For this reason the run stays at most about one second ahead of the worker. While nothing is decided, it
 * continues without waiting, because recording needs no worker.
 */
export class BatchRun {
  readonly #channel: Channel;
  readonly #batch: OpenBatch;
  readonly #origin: Origin;
  readonly #listener: BatchListener;
  #sent = 0;
  #lastLine = 0;
  #replayed = 0;
  #decided = 0;
  #decidedLine = 0;
  #polledAt = performance.now();
  /** Chunks that are not known to be decided, oldest first. */
  #undecided: Chunk[] = [];
  /** Number of order lines in the undecided chunks. */
  #undecidedLines = 0;
  /** When a poll last found a decided chunk, by `performance.now()`; initially when the run began. */
  #movedAt = performance.now();
  /** When the last row was recorded, by `performance.now()`. */
  #recordedAt = performance.now();
  #queued = true;

  constructor(channel: Channel, batch: OpenBatch, origin: Origin, listener: BatchListener) {
    this.#channel = channel;
    this.#batch = batch;
    this.#origin = origin;
    this.#listener = listener;
  }

  get progress(): BatchProgress {
    return { sent: this.#sent, lastLine: this.#lastLine, decided: this.#decided };
  }

  /** Records and queues the rows of all chunks. @throws the reason of `signal` if it is aborted */
  async send(chunks: AsyncIterable<readonly BatchFileRow[]>, signal: AbortSignal): Promise<void> {
    for await (const rows of prefetch(chunks)) {
      await this.#awaitRoom(signal);
      signal.throwIfAborted();
      const { pending, replayed, exceptions } = await recordRows(
        this.#channel.session,
        this.#batch,
        rows,
        this.#origin,
      );
      this.#recordedAt = performance.now();
      this.#sent += rows.length;
      this.#lastLine = rows.at(-1)?.line ?? this.#lastLine;
      this.#replayed += replayed;
      this.#addUndecided(rows, pending);
      this.#listener.recorded(this.#sent);
      signal.throwIfAborted();
      await this.#enqueue(pending, signal);
      await this.#listener.exceptions(exceptions);
      if (performance.now() - this.#polledAt >= POLL_MS) await this.#poll();
    }
    await finishBatch(this.#channel.session, this.#batch, { lastLine: this.#lastLine, replayed: this.#replayed });
  }

  /** Waits until every row has its outcome, or until a limit is reached. */
  async awaitOutcomes(limits: WaitLimits, signal: AbortSignal): Promise<BatchWait> {
    const { session } = this.#channel;
    const deadline = new BatchDeadline(session, limits, this.#recordedAt);
    try {
      return (await this.#areDecided(deadline, limits, signal)) ? 'decided' : 'pending';
    } catch (error) {
      if (isOutage(error) && deadline.leftMs <= TIMER_SLACK_MS) return 'unknown';
      throw error;
    } finally {
      session.limitStatements(Number.POSITIVE_INFINITY);
    }
  }

  /** Waits until every row has its outcome. Returns false if a limit is reached first. */
  async #areDecided(deadline: BatchDeadline, limits: WaitLimits, signal: AbortSignal): Promise<boolean> {
    const { session } = this.#channel;
    let delayReported = false;
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, POLL_MS)) {
      session.limitStatements(Math.max(deadline.leftMs, LEAST_STATEMENT_MS));
      if ((await this.#poll()) && (await countPendingElsewhere(session, this.#batch.id)) === 0) return true;
      const over = await deadline.isOver(this.#decided);
      if (!delayReported && deadline.idleMs >= Math.min(POLL_MS, limits.timeoutMs)) {
        delayReported = true;
        await reportDelay(this.#channel, this.#listener);
      }
      if (over) return false;
      await delay(Math.min(pause, limits.timeoutMs), undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }

  /** Number of rows that repeat an earlier row's key, or whose request was already decided. */
  get replayed(): number {
    return this.#replayed;
  }

  /**
   * Waits until the next chunk may be recorded: enough order lines are decided, or no chunk has been decided for 3 s.
   */
  async #awaitRoom(signal: AbortSignal): Promise<void> {
    while (this.#undecidedLines > MAX_UNDECIDED_LINES) {
      // not only the oldest chunk is polled, because it may wait for a locked row while later chunks are decided
      const polled = this.#undecided.slice(0, CHUNKS_POLLED).map(({ lastId }) => lastId);
      const decided = await findDecided(this.#channel.session, polled);
      const left = this.#undecided.filter(({ lastId }) => !decided.has(lastId));
      if (left.length < this.#undecided.length) {
        this.#undecided = left;
        this.#undecidedLines = left.reduce((sum, { lines }) => sum + lines, 0);
        this.#movedAt = performance.now();
      } else if (performance.now() - this.#movedAt >= UNDECIDED_MS) return;
      else await delay(ROOM_POLL_MS, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }

  #addUndecided(rows: readonly BatchFileRow[], pending: readonly number[]): void {
    const lastId = pending.at(-1);
    if (lastId === undefined) return;
    const lines = rows.reduce((sum, row) => sum + orderLines(row), 0);
    this.#undecided.push({ lastId, lines });
    this.#undecidedLines += lines;
  }

  /** Reads the progress and reports it. Returns true if every recorded row has its outcome. */
  async #poll(): Promise<boolean> {
    const { line, rows } = await readDecided(this.#channel.session, this.#batch.id, {
      after: this.#decidedLine,
      upTo: this.#lastLine,
    });
    this.#decidedLine = Math.max(line, this.#decidedLine);
    this.#decided += rows;
    this.#polledAt = performance.now();
    this.#listener.progress(this.progress);
    return this.#decidedLine >= this.#lastLine;
  }

  async #enqueue(pending: readonly number[], signal: AbortSignal): Promise<void> {
    // once Redis has failed, further rows are not queued: another attempt could wait until the time limit, and the worker's sweep
    // finds the rows
    if (pending.length === 0 || !this.#queued) return;
    try {
      await this.#channel.producer.enqueue(pending);
    } catch (error) {
      // an aborted command closes the queue, so this failure is expected
      signal.throwIfAborted();
      this.#queued = false;
      await this.#listener.notQueued(error);
    }
  }
}

/** A recorded chunk of the file. */
interface Chunk {
  /** Id of the chunk's last request. The chunk counts as decided when this request is decided. */
  readonly lastId: number;
  /** Number of order lines; a row that is not an order counts as one. */
  readonly lines: number;
}

/** Limits of the wait for the outcomes of a batch, in milliseconds. Each may be infinite. */
export interface WaitLimits {
  /** Maximum total time, counted from the recording of the last row. */
  readonly timeoutMs: number;
  /** Maximum time without a decision on any request, either in this batch or before it in the queue. */
  readonly stallMs: number;
}

/** Decides when to stop waiting for a batch. */
class BatchDeadline {
  readonly #session: Session;
  readonly #limits: WaitLimits;
  readonly #started: number;
  #moved = performance.now();
  #decided = 0;
  /** Id of the oldest pending request, read after one second without a decision; null before that. */
  #next: number | null = null;

  /** @param started when the total time begins, by `performance.now()`. */
  constructor(session: Session, limits: WaitLimits, started: number) {
    this.#session = session;
    this.#limits = limits;
    this.#started = started;
  }

  /** Milliseconds of the total time that are left. */
  get leftMs(): number {
    return this.#limits.timeoutMs - (performance.now() - this.#started);
  }

  /** Milliseconds since a request was last decided. */
  get idleMs(): number {
    return performance.now() - this.#moved;
  }

  async isOver(decided: number): Promise<boolean> {
    if (decided > this.#decided) this.#hasMoved();
    this.#decided = decided;
    if (this.leftMs <= 0) return true;
    if (this.idleMs >= POLL_MS) this.#next ??= await oldestPending(this.#session, 0);
    if (this.idleMs < this.#limits.stallMs) return false;
    // the batch may be waiting for requests that were recorded before it
    const next = await oldestPending(this.#session, this.#next ?? 0);
    if (next === this.#next) return true;
    this.#hasMoved();
    return false;
  }

  #hasMoved(): void {
    this.#moved = performance.now();
    this.#next = null;
  }
}
