import { type Phrase, phrase } from '../../domain/phrase.ts';
import type { Context } from '../context.ts';
import { writeMessage } from '../io.ts';
import { toJson } from '../output/json.ts';
import { NOT_UTF8 } from './rows.ts';

/** A row of a file that was refused. */
export interface ReportedRow {
  /** The number of its first line, from 1. */
  readonly line: number;
  readonly code: string;
  readonly reason: Phrase;
}

const ROW_NOT_UTF8 = String(phrase`row ${NOT_UTF8}`);

/** The part of a `Context` that prints messages. */
type Messages = Pick<Context, 'jsonErrors' | 'quiet' | 'streams' | 'say'>;

/** Prints the refused rows of a file on standard error: one line per row for people, one JSON object per line for programs. */
export class RefusedRows {
  readonly #context: Messages;
  #encodingReported = false;

  constructor(context: Messages) {
    this.#context = context;
  }

  async report({ line, code, reason }: ReportedRow): Promise<void> {
    if (this.#context.jsonErrors && !this.#context.quiet) {
      await writeMessage(this.#context.streams.stderr, `${toJson({ row: { line, code, reason } })}\n`);
    } else if (String(reason) === ROW_NOT_UTF8) {
      await this.#reportEncoding(line);
    } else await this.#context.say(phrase`line ${line}: ${reason}`);
  }

  /** Reports only once that a file has another encoding, because many of its rows are refused for that reason. */
  async #reportEncoding(line: number): Promise<void> {
    if (this.#encodingReported) return;
    this.#encodingReported = true;
    await this.#context.say(
      phrase`The file is not UTF-8, first in line ${line}. Convert it, for example with \`iconv -f LATIN1 -t UTF-8\`.`,
    );
  }
}
