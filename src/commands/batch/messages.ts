import type { Context } from '../../cli/context.ts';
import { RefusedRows } from '../../cli/input/refused-row.ts';
import { Interrupted, type StopSignal } from '../../cli/interrupted.ts';
import type { BatchException } from '../../domain/batches/record.ts';
import { ShopError } from '../../domain/errors.ts';
import { type Phrase, phrase, sentences } from '../../domain/phrase.ts';
import { foreignPrefixHint, foreignPrefixText } from '../../domain/requests/gate.ts';
import type { Pause } from '../../domain/requests/pause.ts';
import type { BatchListener, BatchProgress } from '../../jobs/queue/batch-run.ts';
import { pauseInWords } from '../queue/view.ts';
import { BatchProgressDisplay } from './progress.ts';
import type { ShownBatch } from './view.ts';

/** Information that messages about a batch contain. */
export interface BatchInfo {
  readonly name: string;
  /** The command that continues the batch. */
  readonly again: string;
  /**
   * The command to run after rows of the file have been fixed. It contains the name of the batch, so that the other rows
   * keep their keys.
   */
  readonly fix: string;
  /** True if rows of the file may have keys of their own. */
  readonly ownKeys: boolean;
  /** The fraction of the file that has been read, 0 to 1. */
  readonly fractionRead: () => number;
  /** The path of `--results`. */
  readonly results: string | undefined;
}

/** Prints the progress of a batch, the rows that could not be sent, and how to continue after an interruption. */
export class BatchMessages implements BatchListener {
  readonly #context: Context;
  readonly #info: BatchInfo;
  readonly #display: BatchProgressDisplay;
  readonly #refusedRows: RefusedRows;
  #recorded = 0;
  #unsent = 0;
  #workerMissing = false;

  constructor(context: Context, info: BatchInfo) {
    this.#context = context;
    this.#info = info;
    this.#display = new BatchProgressDisplay(context, info.fractionRead);
    this.#refusedRows = new RefusedRows(context, info.results);
  }

  begin(): Promise<void> {
    return this.#display.begin();
  }

  end(): void {
    this.#display.end();
  }

  progress(progress: BatchProgress): void {
    this.#display.update(progress);
  }

  recorded(sent: number): void {
    this.#recorded = sent;
  }

  async exceptions(exceptions: readonly BatchException[]): Promise<void> {
    for (const { line, code, reason } of exceptions) {
      if (code === null) continue;
      this.#unsent++;
      await this.#display.above(() => this.#refusedRows.report({ line, code, reason: reason ?? phrase('') }));
    }
  }

  /** Prints how to fix the rows that could not be sent, and how to try again the rows that were sent but refused. */
  async sayHowToFix({ name, refused }: ShownBatch): Promise<void> {
    const { fix, ownKeys } = this.#info;
    if (this.#unsent > 0) {
      await this.#say(
        phrase`Fix the rows that were not sent, then run \`${fix}\`; recorded rows are not applied again.`,
      );
    }
    if (refused > this.#unsent) {
      await this.#say(
        sentences(
          phrase`To try rows again that were sent but refused, put them into a new file, and run it with a new \`--name\`.`,
          ownKeys ? phrase('A row with a key needs a new key there; with the old key, it is refused again.') : null,
          phrase`List refused rows with \`shop batch results ${name} --status refused --all\`.`,
        ),
      );
    }
  }

  /** Prints how to retry rows that have failed. */
  async sayHowToRetry({ name, failed }: ShownBatch): Promise<void> {
    if (failed === 0) return;
    await this.#say(
      phrase`List the failed rows with \`shop batch results ${name} --status failed\`, and the reasons with \`shop queue failed\`. Once the cause is fixed, retry each with \`shop queue retry <key>\`.`,
    );
  }

  /** Prints the number of rows that could not be sent and were not printed, if there are any. */
  async endOfRows(): Promise<void> {
    await this.#display.above(() => this.#refusedRows.end());
  }

  async notQueued(): Promise<void> {
    await this.#say(phrase('The rows could not be queued in Redis; a worker will find them in MySQL.'));
  }

  async noWorker(): Promise<void> {
    this.#workerMissing = true;
    await this.#say(phrase('No worker is running: start one with `shop worker` or `shop dev up`.'));
  }

  async foreignPrefix(prefix: string, own: string): Promise<void> {
    await this.#say(sentences(foreignPrefixText(prefix, own), foreignPrefixHint(prefix, own)));
  }

  async paused(pause: Pause): Promise<void> {
    await this.#say(pauseInWords(pause));
  }

  #say(line: Phrase): Promise<void> {
    return this.#display.above(() => this.#context.say(line));
  }

  /** Creates the error for an interruption. The worker still applies the recorded rows. */
  interrupted(signal: StopSignal): Interrupted {
    this.end();
    const { name, again } = this.#info;
    const sent = this.#recorded;
    return new Interrupted(signal, phrase`Interrupted. Recorded rows of batch ${name}: at least ${sent}.`, {
      hint: phrase`Continue with \`${again}\`; nothing is applied twice.`,
      details: { name, sent },
    });
  }

  /** Creates the error for a timeout that ends the wait before all rows are decided. */
  pending(batch: ShownBatch, paused: boolean): ShopError {
    const { name, again } = this.#info;
    return new ShopError(
      'PENDING',
      { ...batch, worker: !this.#workerMissing, paused },
      {
        message: sentences(
          phrase`${batch.pending} of ${batch.total} rows of batch ${name} are recorded but not decided yet.`,
          paused ? phrase('The queue is paused.') : null,
          this.#workerMissing ? phrase('No worker is running.') : null,
        ),
        hint: sentences(
          paused ? phrase('Resume the queue with `shop queue resume`.') : null,
          this.#workerMissing ? phrase('Start a worker with `shop worker` or `shop dev up`.') : null,
          phrase`Check the batch with \`shop batch show ${name}\`, or wait for the outcomes with \`${again}\`.`,
        ),
      },
    );
  }

  /** Creates the error for a timeout if MySQL does not respond, so that the number of decided rows is unknown. */
  unknown(): ShopError {
    const { name, again } = this.#info;
    const sent = this.#recorded;
    return new ShopError(
      'PENDING',
      { name, sent },
      {
        message: phrase`All ${sent} rows of batch ${name} were sent, but MySQL does not respond.`,
        hint: phrase`Check the batch with \`shop batch show ${name}\`, or wait for the outcomes with \`${again}\`.`,
      },
    );
  }

  /** Adds the totals to the error of a run that was stopped by `batch cancel`. */
  cancelled(batch: ShownBatch, { text }: ShopError): ShopError {
    return new ShopError('CANCELLED', { ...batch }, text);
  }

  /** Adds to the error a hint on how to continue, if the connection was lost or the file can't be read to its end. */
  async explain(error: unknown): Promise<unknown> {
    const { name, again, fix } = this.#info;
    if (error instanceof ShopError && error.details.field === 'file' && this.#recorded > 0) {
      const { code, text, details, cause } = error;
      // without --name, the batch of a changed file gets another name, so its rows get different keys
      const hint = phrase`Recorded rows: at least ${this.#recorded}; see \`shop batch results ${name}\`. Continue with \`${fix}\`.`;
      return new ShopError(code, { ...details, name, sent: this.#recorded }, { message: text.message, hint, cause });
    }
    const { lostDatabase } = await import('../../domain/servers/mysql-errors.ts');
    const lost = lostDatabase(error, await this.#context.databaseUrl());
    if (lost === null) return error;
    return new ShopError(
      'UNAVAILABLE',
      { server: 'MySQL', name, sent: this.#recorded },
      {
        message: sentences(lost.text.message, phrase`Recorded rows of batch ${name}: at least ${this.#recorded}.`),
        hint: phrase`Continue with \`${again}\`; nothing is applied twice.`,
        cause: error,
      },
    );
  }
}
