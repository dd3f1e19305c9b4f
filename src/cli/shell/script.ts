import { createInterface } from 'node:readline';
import { phrase } from '../../domain/phrase.ts';
import type { Context } from '../context.ts';
import { EXIT_DONE, EXIT_INTERRUPTED } from '../exit-codes.ts';
import { Interrupted, type StopSignal } from '../interrupted.ts';
import type { Interpreter } from './interpreter.ts';
import { runLine } from './run-line.ts';
import { isContinued } from './tokenizer.ts';

interface FailedCommand {
  readonly line: number;
  readonly status: number;
}

/**
 * Runs the commands of standard input, one per line. Stops at a signal, and at the first command that fails unless
 * `keepGoing` is true.
 *
 * @returns the exit status of the first command that failed or was interrupted; 0 if there is none.
 * @throws Interrupted if a signal arrives between two commands.
 */
export async function runScript(context: Context, interpreter: Interpreter, keepGoing: boolean): Promise<number> {
  const stop = new AbortController();
  let signalled: StopSignal | null = null;
  context.onSignal((signal) => {
    signalled = signal;
    interpreter.receive(signal);
    stop.abort();
  });
  let failed = 0;
  let first: FailedCommand | null = null;
  for await (const { text, line } of commandTexts(context.streams.stdin, stop.signal)) {
    const result = await runLine(interpreter, text, line);
    if (result === 'end') break;
    // the interrupted command has already reported the signal, so no `Interrupted` is thrown
    if (signalled !== null) return result.status === EXIT_DONE ? EXIT_INTERRUPTED[signalled] : result.status;
    if (result.status === EXIT_DONE) continue;
    failed++;
    first ??= { line, status: result.status };
    if (!keepGoing) break;
  }
  if (signalled !== null) throw new Interrupted(signalled);
  if (first === null) return EXIT_DONE;
  const { line, status } = first;
  await context.say(
    keepGoing
      ? phrase`Failed commands: ${failed}. The first failure is on line ${line}, with exit status ${status}.`
      : phrase`The command on line ${line} failed with exit status ${status}; the remaining lines were not run.`,
  );
  return status;
}

/** Reads the commands in the input, each with the number of its first line, from 1. */
async function* commandTexts(
  input: NodeJS.ReadableStream,
  signal: AbortSignal,
): AsyncGenerator<{ text: string; line: number }> {
  let line = 0;
  let unfinished: { text: string; line: number } | null = null;
  for await (const read of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY, signal })) {
    line++;
    const text: string = line === 1 ? read.replace(/^\ufeff/, '') : read;
    const whole: { text: string; line: number } = {
      text: `${unfinished?.text ?? ''}${text}`,
      line: unfinished?.line ?? line,
    };
    unfinished = isContinued(text) ? { ...whole, text: whole.text.slice(0, -1) } : null;
    if (unfinished === null) yield whole;
  }
  if (unfinished !== null) yield unfinished;
}
