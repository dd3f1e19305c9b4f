import { type Phrase, phrase, sentences } from '../../domain/phrase.ts';
import type { Context } from '../context.ts';
import { writeMessage } from '../io.ts';
import { toJson } from '../output/json.ts';
import { grouped } from '../output/numbers.ts';

/** A row of a file that was refused. */
export interface ReportedRow {
  /** The number of the row's first line, from 1. */
  readonly line: number;
  readonly code: string;
  readonly reason: Phrase;
}

/** The part of a `Context` that prints messages. */
type Messages = Pick<Context, 'jsonErrors' | 'quiet' | 'streams' | 'say'>;

/** The maximum number of refused rows that are printed for people. */
const MAX_PRINTED = 20;

/**
 * Prints the refused rows of a file on standard error: one JSON object per row for programs; for people one line per row, for
 * at most 20 rows.
 */
export class RefusedRows {
  readonly #context: Messages;
  readonly #results: string | undefined;
  #count = 0;

  /** @param results the path of the results file, if there is one. It will contain all refused rows. */
  constructor(context: Messages, results: string | undefined) {
    this.#context = context;
    this.#results = results;
  }

  async report({ line, code, reason }: ReportedRow): Promise<void> {
    this.#count += 1;
    if (this.#context.jsonErrors && !this.#context.quiet) {
      await writeMessage(this.#context.streams.stderr, `${toJson({ row: { line, code, reason } })}\n`);
    } else if (this.#count <= MAX_PRINTED) await this.#context.say(phrase`line ${line}: ${reason}`);
  }

  /** Prints the number of rows that were not printed, and where to find them. Call this after the last row. */
  async end(): Promise<void> {
    const more = this.#count - MAX_PRINTED;
    if (this.#context.jsonErrors || more <= 0) return;
    await this.#context.say(
      sentences(
        more === 1 ? phrase('1 more row was refused.') : phrase`${grouped(more)} more rows were refused.`,
        this.#results === undefined
          ? phrase('Add `--results refused.csv` to write all refused rows to a file.')
          : phrase`All refused rows will be written to ${this.#results}.`,
      ),
    );
  }
}
