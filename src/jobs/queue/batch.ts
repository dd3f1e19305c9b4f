import { setTimeout as delay } from 'node:timers/promises';
import type { OpenBatch } from '../../domain/batches/guards.ts';
import { readAhead } from '../../domain/batches/prefetch.ts';
import { type BatchException, finishBatch, recordRows } from '../../domain/batches/record.ts';
import { countPendingElsewhere, readDecided } from '../../domain/batches/report.ts';
import { type BatchFileRow, orderLines } from '../../domain/batches/row.ts';
import type { Origin } from '../../domain/requests/origin.ts';
import { findDecided, oldestPending } from '../../domain/requests/pending.ts';
import type { Session } from '../../domain/servers/store.ts';
import { type Channel, type DelayListener, tellWhy } from './submit.ts';

/** How far a batch has come. */
export interface BatchProgress {
  /** Rows of the file that were read and recorded. */
  readonly sent: number;
  /** The last of them. */
  readonly lastLine: number;
  /** Requests of this batch that have an outcome. */
  readonly decided: number;
}

/** What the one who runs a batch is told on the way. */
export interface BatchListener extends DelayListener {
  /** Called every second or so. */
  progress(progress: BatchProgress): void;
  /** So many rows are recorded. */
  recorded(sent: number): void;
  /** Rows that can't be sent, as they are come across. */
  exceptions(exceptions: readonly BatchException[]): Promise<void>;
  /** Recorded, but Redis took no job: the worker's sweep will find them. */
  notQueued(error: unknown): Promise<void>;
}

/** Milliseconds between two looks at what has been decided. */
const LOOK_MS = 1_000;
const FIRST_PAUSE_MS = 10;
/** Lines that are recorded and not decided, with which the next piece waits: less than a second's work, and never none. */
const MOST_LINES_AHEAD = 5_000;
/** Milliseconds between two polls while the next piece waits. */
const ROOM_POLL_MS = 50;
/** The oldest undecided pieces, which are looked up in each poll. */
const PIECES_POLLED = 100;
/** Milliseconds without a piece that is decided, after which none waits: maybe no worker is running. */
const UNDECIDED_MS = 3_000;

/**
 * The run of a batch file: its rows are recorded and queued piece by piece, in file order; a piece that is recorded is
 * sent, whatever happens to this process, and a run that comes after goes on behind it.
 *
 * Requests are applied in the order of recording, so whatever another user requests waits for all rows that are recorded
 * by then. For this reason the run stays only a second's work ahead of the worker. Recording does not depend on the worker:
 * while nothing is decided, the run goes on without waiting.
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
  #looked = performance.now();
  /** Pieces that are not known to be decided, oldest first, and their lines together. */
  #undecided: Piece[] = [];
  #linesAhead = 0;
  /** When a piece was last found to be decided; until then, when the run began. */
  #movedAt = performance.now();
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

  /** Sends all pieces. */
  async send(pieces: AsyncIterable<readonly BatchFileRow[]>, signal: AbortSignal): Promise<void> {
    for await (const rows of readAhead(pieces)) {
      await this.#awaitRoom(signal);
      signal.throwIfAborted();
      const { pending, replayed, exceptions } = await recordRows(
        this.#channel.session,
        this.#batch,
        rows,
        this.#origin,
      );
      this.#sent += rows.length;
      this.#lastLine = rows.at(-1)?.line ?? this.#lastLine;
      this.#replayed += replayed;
      this.#addAhead(rows, pending);
      this.#listener.recorded(this.#sent);
      signal.throwIfAborted();
      await this.#enqueue(pending, signal);
      await this.#listener.exceptions(exceptions);
      if (performance.now() - this.#looked >= LOOK_MS) await this.#look();
    }
    await finishBatch(this.#channel.session, this.#batch, { lastLine: this.#lastLine, replayed: this.#replayed });
  }

  /**
   * Waits until every row has its outcome.
   *
   * @param limits `timeoutMs`: from now on, for all of them; `stallMs`: without any request that is decided, of this
   * batch or of those before it in line.
   * @returns false where one of the limits was reached before.
   */
  async awaitOutcomes(limits: WaitLimits, signal: AbortSignal): Promise<boolean> {
    const { session } = this.#channel;
    const patience = new BatchDeadline(session, limits);
    let askWhy = true;
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LOOK_MS)) {
      if ((await this.#look()) && (await countPendingElsewhere(session, this.#batch.id)) === 0) return true;
      const over = await patience.isOver(this.#decided);
      if (askWhy && patience.idleMs >= Math.min(LOOK_MS, limits.timeoutMs)) {
        askWhy = false;
        await tellWhy(this.#channel, this.#listener);
      }
      if (over) return false;
      await delay(Math.min(pause, limits.timeoutMs), undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }

  /** Rows that an earlier row or run had decided. */
  get replayed(): number {
    return this.#replayed;
  }

  /** Waits until enough of the batch is decided for the next piece, or nothing has been decided for some time. */
  async #awaitRoom(signal: AbortSignal): Promise<void> {
    while (this.#linesAhead > MOST_LINES_AHEAD) {
      // a piece may wait for a locked row while those behind it are decided
      const polled = this.#undecided.slice(0, PIECES_POLLED).map(({ lastId }) => lastId);
      const decided = await findDecided(this.#channel.session, polled);
      const left = this.#undecided.filter(({ lastId }) => !decided.has(lastId));
      if (left.length < this.#undecided.length) {
        this.#undecided = left;
        this.#linesAhead = left.reduce((sum, { lines }) => sum + lines, 0);
        this.#movedAt = performance.now();
      } else if (performance.now() - this.#movedAt >= UNDECIDED_MS) return;
      else await delay(ROOM_POLL_MS, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }

  #addAhead(rows: readonly BatchFileRow[], pending: readonly number[]): void {
    const lastId = pending.at(-1);
    if (lastId === undefined) return;
    const lines = rows.reduce((sum, row) => sum + orderLines(row), 0);
    this.#undecided.push({ lastId, lines });
    this.#linesAhead += lines;
  }

  /** Looks how far the outcomes have come; true where all that was sent has its outcome. */
  async #look(): Promise<boolean> {
    const { line, rows } = await readDecided(this.#channel.session, this.#batch.id, {
      after: this.#decidedLine,
      upTo: this.#lastLine,
    });
    this.#decidedLine = Math.max(line, this.#decidedLine);
    this.#decided += rows;
    this.#looked = performance.now();
    this.#listener.progress(this.progress);
    return this.#decidedLine >= this.#lastLine;
  }

  async #enqueue(pending: readonly number[], signal: AbortSignal): Promise<void> {
    // once Redis has failed, all that follows is the sweep's: a later piece in a job would overtake the one that has none
    if (pending.length === 0 || !this.#queued) return;
    try {
      await this.#channel.producer.enqueue(pending);
    } catch (error) {
      // a command that ends has closed the queue itself
      signal.throwIfAborted();
      this.#queued = false;
      await this.#listener.notQueued(error);
    }
  }
}

/** A piece of the file that is recorded. */
interface Piece {
  /** Its last request: requests are decided in the order of recording. */
  readonly lastId: number;
  readonly lines: number;
}

/** How long to wait for the outcomes of a batch, in milliseconds; either may be infinite. */
interface WaitLimits {
  readonly timeoutMs: number;
  readonly stallMs: number;
}

/** Tells when a batch has been waited for long enough. */
class BatchDeadline {
  readonly #session: Session;
  readonly #limits: WaitLimits;
  readonly #started = performance.now();
  #moved = this.#started;
  #decided = 0;
  /** The request that was next in line when nothing moved. */
  #next: number | null = null;

  constructor(session: Session, limits: WaitLimits) {
    this.#session = session;
    this.#limits = limits;
  }

  /** Since anything was decided. */
  get idleMs(): number {
    return performance.now() - this.#moved;
  }

  async isOver(decided: number): Promise<boolean> {
    if (decided > this.#decided) this.#hasMoved();
    this.#decided = decided;
    if (performance.now() - this.#started >= this.#limits.timeoutMs) return true;
    if (this.idleMs >= LOOK_MS) this.#next ??= await oldestPending(this.#session, 0);
    if (this.idleMs < this.#limits.stallMs) return false;
    // the batch may stand behind a long one
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
