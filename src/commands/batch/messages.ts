import type { Context } from '../../cli/context.ts';
import { reportRow } from '../../cli/input/refused-row.ts';
import { Interrupted, type StopSignal } from '../../cli/interrupted.ts';
import type { BatchException } from '../../domain/batches/record.ts';
import { ShopError } from '../../domain/errors.ts';
import { type Phrase, phrase, sentences } from '../../domain/phrase.ts';
import { foreignPrefixHint, foreignPrefixText } from '../../domain/requests/gate.ts';
import type { Pause } from '../../domain/requests/pause.ts';
import type { BatchListener, BatchProgress } from '../../jobs/queue/batch.ts';
import { BatchProgressDisplay } from './progress.ts';
import type { ShownBatch } from './view.ts';

/** What a batch is told by. */
export interface BatchInfo {
  readonly name: string;
  /** The command that goes on with it. */
  readonly again: string;
  /** The command that runs it again once rows are fixed, if `again` would give fixed rows other keys. */
  readonly fix: string | null;
  /** How much of the file has been read, 0 to 1. */
  readonly fractionRead: () => number;
}

/** Tells the one who runs a batch how it goes on, what could not be sent, and how to go on after an interruption. */
export class BatchMessages implements BatchListener {
  readonly #context: Context;
  readonly #info: BatchInfo;
  readonly #display: BatchProgressDisplay;
  #recorded = 0;
  #unsent = 0;
  #workerMissing = false;

  constructor(context: Context, info: BatchInfo) {
    this.#context = context;
    this.#info = info;
    this.#display = new BatchProgressDisplay(context, info.fractionRead);
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
      await this.#display.above(() => reportRow(this.#context, { line, code, reason: reason ?? phrase('') }));
    }
  }

  /** Says how to run the batch again so that nothing is applied twice, if rows were refused and it was given no name. */
  async sayHowToFix({ name, refused }: ShownBatch): Promise<void> {
    const { fix } = this.#info;
    if (fix === null) return;
    if (this.#unsent > 0) {
      await this.#say(
        phrase`Fix the rows that were not sent, then run \`${fix}\`: rows that are recorded are not applied again.`,
      );
    }
    if (refused > this.#unsent) {
      await this.#say(
        phrase`To try refused rows again, put them into a new file; \`shop batch results ${name}\` lists them.`,
      );
    }
  }

  async notQueued(): Promise<void> {
    await this.#say(phrase('Redis takes no jobs; a worker will find the rows in the database.'));
  }

  async noWorker(): Promise<void> {
    this.#workerMissing = true;
    await this.#say(phrase('No worker is running: start one with `shop worker` or `shop dev up`.'));
  }

  async foreignPrefix(prefix: string, own: string): Promise<void> {
    await this.#say(sentences(foreignPrefixText(prefix, own), foreignPrefixHint(prefix, own)));
  }

  async paused({ pausedBy }: Pause): Promise<void> {
    await this.#say(phrase`The queue is paused by ${pausedBy}: let it go on with \`shop queue resume\`.`);
  }

  #say(line: Phrase): Promise<void> {
    return this.#display.above(() => this.#context.say(line));
  }

  /** What is recorded goes on without the one who asked for it. */
  interrupted(signal: StopSignal): Interrupted {
    this.end();
    const { name, again } = this.#info;
    const sent = this.#recorded;
    return new Interrupted(signal, phrase`Interrupted. At least ${sent} rows of batch ${name} are recorded.`, {
      hint: phrase`Go on with \`${again}\`: nothing is applied twice.`,
      details: { name, sent },
    });
  }

  /** The time is over and not all rows are decided. */
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
          phrase`Ask again with \`shop batch show ${name}\`, or wait for them with \`${again}\`.`,
        ),
      },
    );
  }

  /** The same error, with how to go on where a server went away, or the file is another by now. */
  async explain(error: unknown): Promise<unknown> {
    const { name, again } = this.#info;
    if (error instanceof ShopError && error.details.field === 'file' && this.#recorded > 0) {
      const { code, text, details, cause } = error;
      // a changed file has another name by default, and so its rows other keys
      const hint = phrase`At least ${this.#recorded} rows are recorded: see \`shop batch results ${name}\`, and go on with \`--name ${name}\`.`;
      return new ShopError(code, { ...details, name, sent: this.#recorded }, { message: text.message, hint, cause });
    }
    const { lostDatabase } = await import('../../domain/servers/mysql-errors.ts');
    if (lostDatabase(error, await this.#context.databaseUrl()) === null) return error;
    return new ShopError(
      'UNAVAILABLE',
      { server: 'MySQL', name, sent: this.#recorded },
      {
        message: phrase`MySQL went away; at least ${this.#recorded} rows of batch ${name} are recorded.`,
        hint: phrase`Go on with \`${again}\`: nothing is applied twice.`,
        cause: error,
      },
    );
  }
}
