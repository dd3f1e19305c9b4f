import { CommanderError } from 'commander';
import { type ErrorDetails, ShopError } from '../domain/errors.ts';
import type { Runner } from './command.ts';
import { Context, type StopSignal } from './context.ts';
import { EXIT_BUG, EXIT_CODES, EXIT_DONE, EXIT_INTERRUPTED } from './exit-codes.ts';
import { Interrupted } from './interrupted.ts';
import { ignoreClosedPipe, type Streams, visible, write } from './io.ts';
import { present, toJson } from './present/present.ts';
import { buildProgram } from './program.ts';

/** Asked by the scripts of `shop completion`; what follows is a command line that is not to be read as one of its own. */
const COMPLETE = '__complete';

/**
 * Runs one command line and answers the exit status.
 *
 * Errors are told on standard error: one line for people, with what to do next; one JSON object where JSON was asked
 * for. What is no expected error is a bug: its stack is shown under `--verbose`.
 */
export async function main(argv: readonly string[], streams: Streams): Promise<number> {
  if (argv[0] === COMPLETE) {
    streams.stdout.on('error', ignoreClosedPipe);
    const { complete } = await import('./completion/complete.ts');
    await complete(argv.slice(1), streams);
    return EXIT_DONE;
  }
  const json = wantsJson(argv);
  let current: Context | null = null;
  let status = EXIT_DONE;
  const receive = (signal: StopSignal) => current?.receive(signal);
  process.on('SIGINT', receive);
  process.on('SIGTERM', receive);
  streams.stdout.on('error', ignoreClosedPipe);
  streams.stderr.on('error', ignoreClosedPipe);

  const run: Runner = async (flags, work) => {
    const context = new Context(streams, flags);
    current = context;
    try {
      const result = await Promise.race([work(context), interruption(context)]);
      if (result !== undefined) {
        await write(streams.stdout, await present(result, context.format, streams.stdout.isTTY === true));
        status = result.exit;
      }
    } catch (error) {
      throw await translate(error, context);
    } finally {
      await context.close();
    }
  };

  try {
    const program = buildProgram(run, streams, json);
    await program.parseAsync(askForHelp(argv), { from: 'user' });
    return status;
  } catch (error) {
    return await report(error, json, argv.includes('--verbose'), streams);
  } finally {
    process.off('SIGINT', receive);
    process.off('SIGTERM', receive);
  }
}

/** Commander's own `help` shows a command that has not been loaded: it is asked for by the option instead. */
function askForHelp(argv: readonly string[]): string[] {
  const [first, ...rest] = argv;
  if (first === undefined) return ['--help'];
  return first === 'help' ? [...rest, '--help'] : [...argv];
}

/** Ends the wait for a command that has been told to stop, unless the command sees to it itself. */
function interruption(context: Context): Promise<never> {
  return new Promise((_, reject) => {
    context.stopped.addEventListener('abort', () => reject(context.stopped.reason));
  });
}

/** An error of the database that no command expected there. */
async function translate(error: unknown, context: Context): Promise<unknown> {
  if (error instanceof ShopError || error instanceof Interrupted) return error;
  const { isDatabaseError, translateDatabaseError } = await import('../domain/store.ts');
  return isDatabaseError(error) ? translateDatabaseError(error, await context.databaseUrl()) : error;
}

/** What is told of any error. */
interface Told {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly details: ErrorDetails;
}

async function report(error: unknown, json: boolean, verbose: boolean, { stderr }: Streams): Promise<number> {
  if (error instanceof CommanderError && error.exitCode === 0) return EXIT_DONE;
  if (error instanceof CommanderError && error.code === 'commander.help' && !json) return EXIT_CODES.INVALID_INPUT;
  const tell = ({ code, message, hint, details }: Told, stack?: string) =>
    write(
      stderr,
      json
        ? `${toJson({ error: { code, message, hint, details, stack } })}\n`
        : `shop: ${visible(message)} ${visible(hint)}\n${stack === undefined ? '' : `${stack}\n`}`,
    );
  if (error instanceof Interrupted) {
    const { signal, message, hint, details } = error;
    await tell({ code: 'INTERRUPTED', message, hint, details });
    return EXIT_INTERRUPTED[signal];
  }
  const known = await expected(error);
  await tell(known ?? bug(error), verbose && error instanceof Error ? visibleStack(error) : undefined);
  return known === null ? EXIT_BUG : EXIT_CODES[known.code];
}

async function expected(error: unknown): Promise<ShopError | null> {
  if (error instanceof ShopError) return suggest(error);
  if (!(error instanceof CommanderError)) return null;
  // a group without a command
  if (error.code === 'commander.help') return new ShopError('INPUT_REQUIRED', { missing: ['<command>'] });
  // commander's words begin with `error: ` and may go on with a suggestion in a line of its own
  const [text = '', suggestion] = error.message.replace(/^error: /, '').split(/\n\((?=Did you mean )|\)$/);
  const message = text.replace(/\s*\n\s*/g, ' ').replace(/[.]?$/, '.');
  return new ShopError(
    'INVALID_INPUT',
    { field: 'arguments', reason: message },
    {
      message: `${message[0]?.toUpperCase() ?? ''}${message.slice(1)}`,
      hint: `${suggestion ? `${suggestion} ` : ''}See --help for what is expected.`,
    },
  );
}

/** The same error, with what may have been meant, where a word is none of those that are taken but near one of them. */
async function suggest(error: ShopError): Promise<ShopError> {
  const { given, choices } = error.details;
  if (typeof given !== 'string' || !Array.isArray(choices)) return error;
  const { nearest } = await import('./nearest.ts');
  const meant = nearest(given, choices);
  if (meant === undefined) return error;
  const { code, message, details, hint } = error;
  return new ShopError(code, details, { message, hint: `Did you mean ${meant}? ${hint}`, cause: error });
}

function bug(error: unknown): Told {
  return {
    code: 'INTERNAL',
    message: `This is a bug in shop: ${error instanceof Error ? error.message : String(error)}.`,
    hint: 'Give the same command with --verbose to see where, and report it.',
    details: {},
  };
}

/** Stack and causes, line by line, each safe for a terminal. */
function visibleStack(error: Error): string {
  const lines = (error.stack ?? String(error)).split('\n').map(visible).join('\n');
  return error.cause instanceof Error ? `${lines}\ncaused by ${visibleStack(error.cause)}` : lines;
}

/** Read from the words themselves, for the error may be that they can't be parsed. */
function wantsJson(argv: readonly string[]): boolean {
  const format = argv.findIndex((word) => word === '-o' || word === '--output');
  const joined = argv.some((word) => /^(-o=?|--output=)jsonl?$/.test(word));
  return argv.includes('--json') || joined || (format !== -1 && /^jsonl?$/.test(argv[format + 1] ?? ''));
}
