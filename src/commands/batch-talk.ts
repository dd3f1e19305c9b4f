import type { BatchException } from '../domain/batch.ts';
import { ShopError } from '../domain/errors.ts';
import type { BatchListener, BatchProgress } from '../jobs/batch.ts';
import { BatchProgressTalk } from './batch-progress.ts';
import type { ShownBatch } from './batch-view.ts';
import type { Context, StopSignal } from './context.ts';
import { Interrupted } from './interrupted.ts';
import { reportRow } from './row-report.ts';

/** What a batch is told by. */
export interface BatchWords {
  readonly name: string;
  /** The command that goes on with it. */
  readonly again: string;
  /** How much of the file has been read, 0 to 1. */
  readonly fractionRead: () => number;
}

/** Tells the one who runs a batch how it goes on, what could not be sent, and how to go on after an interruption. */
export class BatchTalk implements BatchListener {
  readonly #context: Context;
  readonly #words: BatchWords;
  readonly #display: BatchProgressTalk;
  #progress: BatchProgress = { sent: 0, lastLine: 0, decided: 0 };
  #workerMissing = false;

  constructor(context: Context, words: BatchWords) {
    this.#context = context;
    this.#words = words;
    this.#display = new BatchProgressTalk(context, words.fractionRead);
  }

  begin(): Promise<void> {
    return this.#display.begin();
  }

  end(): void {
    this.#display.end();
  }

  progress(progress: BatchProgress): void {
    this.#progress = progress;
    this.#display.update(progress);
  }

  async exceptions(exceptions: readonly BatchException[]): Promise<void> {
    for (const { line, code, reason } of exceptions) {
      if (code === null) continue;
      this.#display.clearLine();
      await reportRow(this.#context, { line, code, reason: reason ?? '' });
    }
  }

  async notQueued(): Promise<void> {
    this.#display.clearLine();
    await this.#context.say('Redis takes no jobs; a worker will find the rows in the database.');
  }

  async noWorker(): Promise<void> {
    this.#workerMissing = true;
    this.#display.clearLine();
    await this.#context.say('No worker is running: start one with `shop worker` or `shop dev up`.');
  }

  /** What is recorded goes on without the one who asked for it. */
  interrupted(signal: StopSignal): Interrupted {
    this.end();
    const { name, again } = this.#words;
    const { sent } = this.#progress;
    return new Interrupted(signal, `Interrupted. At least ${sent} rows of batch ${name} are recorded.`, {
      hint: `Go on with \`${again}\`: nothing is applied twice.`,
      details: { name, sent },
    });
  }

  /** The time is over and not all rows are decided. */
  pending(batch: ShownBatch): ShopError {
    const { name, again } = this.#words;
    const reason = this.#workerMissing ? ' No worker is running.' : '';
    return new ShopError(
      'PENDING',
      { ...batch },
      {
        message: `${batch.pending} of ${batch.total} rows of batch ${name} are recorded but not decided yet.${reason}`,
        hint: `Ask again with \`shop batch show ${name}\`, or wait for them with \`${again}\`.`,
      },
    );
  }

  /** The same error, with how to go on where a server went away. */
  async explain(error: unknown): Promise<unknown> {
    const { isOutage } = await import('../domain/store.ts');
    if (!isOutage(error)) return error;
    const { name, again } = this.#words;
    return new ShopError(
      'UNAVAILABLE',
      { server: 'MySQL', name, sent: this.#progress.sent },
      {
        message: `MySQL went away; at least ${this.#progress.sent} rows of batch ${name} are recorded.`,
        hint: `Go on with \`${again}\`: nothing is applied twice.`,
        cause: error,
      },
    );
  }
}
