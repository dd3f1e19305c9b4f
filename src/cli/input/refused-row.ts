import { type Phrase, phrase } from '../../domain/phrase.ts';
import type { Context } from '../context.ts';
import { writeMessage } from '../io.ts';
import { toJson } from '../output/json.ts';

/** A row of a file that was refused. */
export interface ReportedRow {
  /** The line on which it starts, from 1. */
  readonly line: number;
  readonly code: string;
  readonly reason: Phrase;
}

/** Tells of a refused row on standard error: a line for people, a JSON object a line for programs. */
export async function reportRow(context: Context, { line, code, reason }: ReportedRow): Promise<void> {
  if (context.jsonErrors && !context.quiet) {
    await writeMessage(context.streams.stderr, `${toJson({ row: { line, code, reason } })}\n`);
  } else await context.say(phrase`line ${line}: ${reason}`);
}
