import { CommanderError } from 'commander';
import { type ErrorDetails, REFUSAL_CODES, ShopError } from '../domain/errors.ts';
import { type Phrase, phrase, sentences } from '../domain/phrase.ts';
import { EXIT_BUG, EXIT_CODES, EXIT_INTERRUPTED, exitStatusOf } from './exit-codes.ts';
import type { Language } from './i18n/language.ts';
import { Interrupted } from './interrupted.ts';
import { type Streams, writeMessage } from './io.ts';
import { paint } from './output/colors.ts';
import { toJson } from './output/json.ts';
import { pageOf } from './output/page.ts';
import { visible } from './output/visible.ts';
import { didYouMean, nearest } from './suggestion.ts';

/**
 * A note for people. It is printed after a refusal that is the earlier outcome of the same key, because such a refusal may
 * not match the current state. Programs read `details.replayed` instead. A failed request gets no note: it is retried under
 * its key, and another request with a new key could take effect, too. The hint of `CANCELLED` already names a new key.
 */
const REPLAYED = phrase(
  'This key was used before, and its first outcome is printed again. To send the request again, use a new `--key`.',
);
/** The codes of the refusals that the note follows. */
const REPEATABLE: ReadonlySet<string> = new Set(REFUSAL_CODES.filter((code) => code !== 'CANCELLED'));

/** The parts of an error that are printed. */
interface ReportedError {
  readonly code: string;
  readonly message: Phrase;
  readonly hint: Phrase;
  readonly details: ErrorDetails;
}

/** How an error is printed. */
export interface ReportOptions {
  /** The language for people. JSON is always in English. */
  readonly language: Language;
  /** True to print one JSON object, for programs. */
  readonly json: boolean;
  /** True to print the stack trace, too. */
  readonly verbose: boolean;
  /** The number of the line in a shell's input that caused the error, from 1. */
  readonly line?: number | undefined;
}

/**
 * Prints an error on standard error and returns the exit status. People get one line with the error and the next step;
 * programs get one JSON object. An unexpected error is reported as a bug.
 */
export async function report(
  error: unknown,
  { language, json, verbose, line }: ReportOptions,
  { stderr }: Streams,
): Promise<number> {
  if (isHelp(error) && !json) return EXIT_CODES.INVALID_INPUT;
  const inWords = (text: Phrase) =>
    visible(language.translate(line === undefined ? text : phrase`line ${line}: ${text}`));
  const print = ({ code, message, hint, details }: ReportedError, stack?: string) =>
    writeMessage(
      stderr,
      json
        ? `${toJson({ error: { code, message, hint, details, line, stack } })}\n`
        : `${paint(pageOf(stderr, language), 'bad', 'shop:')} ${inWords(sentences(message, hint, details.replayed === true && REPEATABLE.has(code) ? REPLAYED : null))}\n${stack === undefined ? '' : `${stack}\n`}`,
    );
  if (error instanceof Interrupted) {
    const { signal, text, details } = error;
    await print({ code: 'INTERRUPTED', ...text, details });
    return EXIT_INTERRUPTED[signal];
  }
  const known = expected(error);
  await print(
    known === null ? bug(error) : { code: known.code, ...known.text, details: known.details },
    verbose && error instanceof Error ? visibleStack(error) : undefined,
  );
  return known === null ? EXIT_BUG : exitStatusOf(known.code);
}

function expected(error: unknown): ShopError | null {
  if (error instanceof ShopError) return suggest(error);
  // help was printed because no subcommand was given
  if (isHelp(error)) return new ShopError('INPUT_REQUIRED', { missing: ['<command>'] });
  return null;
}

function isHelp(error: unknown): boolean {
  return error instanceof CommanderError && error.code === 'commander.help';
}

/** If an error is about an unknown word, adds a similar allowed word to its hint. */
function suggest(error: ShopError): ShopError {
  const { given, choices } = error.details;
  if (typeof given !== 'string' || !Array.isArray(choices)) return error;
  const [meant] = nearest(given, choices, (word) => word.toLowerCase());
  if (meant === undefined) return error;
  const { code, details, text } = error;
  const hint = sentences(didYouMean([meant]), text.hint);
  return new ShopError(code, details, { message: text.message, hint, cause: error });
}

function bug(error: unknown): ReportedError {
  return {
    code: 'INTERNAL',
    message: phrase`This is a bug in shop: ${error instanceof Error ? error.message : String(error)}.`,
    hint: phrase('Run the same command with --verbose, and report the stack trace that it prints.'),
    details: {},
  };
}

/** Returns the stack traces of an error and its causes, safe for a terminal. */
function visibleStack(error: Error): string {
  const lines = (error.stack ?? String(error)).split('\n').map(visible).join('\n');
  return error.cause instanceof Error ? `${lines}\ncaused by ${visibleStack(error.cause)}` : lines;
}
