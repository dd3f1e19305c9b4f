import { CommanderError } from 'commander';
import { applyTimeZone } from '../config/time-zone.ts';
import { ShopError } from '../domain/errors.ts';
import type { Call } from './call.ts';
import type { CommandResult, ProgramSpec } from './command.ts';
import type { Connections } from './connections.ts';
import { Context } from './context.ts';
import { EXIT_DONE } from './exit-codes.ts';
import { type GlobalFlags, wantsJson, withDefaults } from './global-options.ts';
import { ENGLISH, type Language } from './i18n/language.ts';
import { Interrupted, type StopSignal } from './interrupted.ts';
import { type Streams, write, writeMessage } from './io.ts';
import { present } from './output/formats.ts';
import { pageOf } from './output/page.ts';
import type { Answer } from './output/view.ts';
import { type HelpStreams, Program } from './program.ts';
import { report } from './report-error.ts';
import type { Interpreter } from './shell/interpreter.ts';

/**
 * Runs the command line of the process, or the command lines of a shell one after another. The commands of a shell
 * share connections.
 *
 * Errors are printed on standard error, not thrown.
 */
export class CommandLine implements Interpreter {
  readonly #spec: ProgramSpec;
  readonly #streams: Streams;
  readonly #connections: Connections;
  readonly #loadLanguage: () => Promise<Language>;
  readonly #shell: GlobalFlags | null;
  /** The program. It is built for the first command line, and `shop shell` reuses it for the following ones. */
  #program: Program | null = null;
  readonly #help = new Help();
  /** True if the current command line prints errors as JSON. */
  #json = false;
  /** The exit status of the current command line so far. */
  #status = EXIT_DONE;
  #current: Context | null = null;
  #work: Promise<unknown> = Promise.resolve();

  /**
   * @param loadLanguage returns the language of all messages; if it throws, the error is reported in English.
   * @param shell the global options of the shell, which its commands inherit; or null if there is no shell.
   */
  constructor(
    spec: ProgramSpec,
    streams: Streams,
    connections: Connections,
    loadLanguage: () => Promise<Language>,
    shell: GlobalFlags | null = null,
  ) {
    this.#spec = spec;
    this.#streams = streams;
    this.#connections = connections;
    this.#loadLanguage = loadLanguage;
    this.#shell = shell;
  }

  async run(argv: readonly string[], line?: number): Promise<number> {
    const json = wantsJson(argv, this.#shell ?? {});
    let language = ENGLISH;
    try {
      applyTimeZone();
      language = await this.#loadLanguage();
      [this.#json, this.#status] = [json, EXIT_DONE];
      this.#program ??= this.#buildProgram(language);
      await this.#program.run(asHelpOption(argv)).catch((error) => this.#help.print(error, this.#streams));
      return this.#status;
    } catch (error) {
      const verbose = argv.includes('--verbose') || this.#shell?.verbose === true;
      return await report(error, { language, json, verbose, line }, this.#streams);
    }
  }

  async refuse(error: unknown, line?: number): Promise<number> {
    const { verbose = false } = this.#shell ?? {};
    const language = await this.#loadLanguage();
    return report(error, { language, json: wantsJson([], this.#shell ?? {}), verbose, line }, this.#streams);
  }

  async complete(words: readonly string[]): Promise<readonly string[]> {
    const { completionsOf } = await import('./completion/complete.ts');
    const language = await this.#loadLanguage();
    const program = new Program(this.#spec, { streams: this.#streams, language, shell: this.#shell !== null });
    const { candidates } = await completionsOf(program, words, language);
    return candidates.map(({ word }) => word);
  }

  receive(signal: StopSignal): void {
    this.#current?.receive(signal);
  }

  async settled(): Promise<void> {
    await this.#work;
    await this.#connections.close();
  }

  #buildProgram(language: Language): Program {
    return new Program(this.#spec, {
      streams: this.#help,
      language,
      execute: async (flags, callOf, work) => {
        const result = await this.#runCommand(language, withDefaults(flags, this.#shell ?? {}), callOf, work);
        if (result !== undefined) this.#status = result.exit;
      },
      isJson: () => this.#json,
      shell: this.#shell !== null,
    });
  }

  async #runCommand(
    language: Language,
    flags: GlobalFlags,
    callOf: () => Call,
    work: (context: Context) => Promise<CommandResult>,
  ): Promise<CommandResult> {
    const inShell = this.#shell !== null;
    const context = new Context(
      {
        streams: this.#streams,
        connections: this.#connections,
        language,
        inShell,
        openShell: () => new CommandLine(this.#spec, this.#streams, this.#connections, async () => language, flags),
      },
      flags,
      callOf,
    );
    this.#current = context;
    // a shell keeps its connections for the next command
    if (!inShell) context.release(() => this.#connections.close());
    try {
      const working = work(context);
      this.#work = working.catch(() => {});
      const result = await Promise.race([working, interruption(context)]);
      if (result !== undefined && 'view' in result) {
        await this.#print(result, context);
      }
      return result;
    } catch (error) {
      // the connections may be in any state after an unexpected error, so the next command opens new ones
      if (!(error instanceof ShopError)) context.release(() => this.#connections.close());
      throw await this.#translate(error, context);
    } finally {
      await context.close();
    }
  }

  /** Converts an unhandled database error of a command to a `ShopError`. Other errors are returned unchanged. */
  async #translate(error: unknown, context: Context): Promise<unknown> {
    if (error instanceof ShopError || error instanceof Interrupted) return error;
    const { isDatabaseError, isSchemaMismatch, translateDatabaseError } = await import(
      '../domain/servers/mysql-errors.ts'
    );
    if (!isDatabaseError(error)) return error;
    const url = await context.databaseUrl();
    if (!isSchemaMismatch(error)) return translateDatabaseError(error, url);
    // the schema may have changed since it was checked, and opening a new session checks it again
    await this.#connections.close();
    return this.#connections.session(url).then(
      () => error,
      (problem: unknown) => problem,
    );
  }

  async #print(answer: Answer, { format, language }: Context): Promise<void> {
    const { stdout } = this.#streams;
    const text = await present(answer, format, pageOf(stdout, language));
    await write(stdout, text, answer.subject);
  }
}

/** Buffers help, because commander does not wait until its output is written. */
class Help implements HelpStreams {
  readonly stdout = new Text();
  readonly stderr = new Text();

  /** Prints the buffered help. Then throws `error`, except the one that commander throws after `--help` or `--version`. */
  async print(error: unknown, { stdout, stderr }: Streams): Promise<void> {
    await write(stdout, this.stdout.take());
    await writeMessage(stderr, this.stderr.take());
    if (!(error instanceof CommanderError && error.exitCode === 0)) throw error;
  }
}

class Text {
  #text = '';

  write(more: string): void {
    this.#text += more;
  }

  /** Returns the text that was written since the last call. */
  take(): string {
    const text = this.#text;
    this.#text = '';
    return text;
  }
}

/** Turns `help <command>` into `<command> --help`, because commander's `help` does not load the command and its options. */
function asHelpOption(argv: readonly string[]): string[] {
  const [first, ...rest] = argv;
  if (first === undefined) return ['--help'];
  return first === 'help' ? [...rest, '--help'] : [...argv];
}

/** Returns a promise that rejects when the command is stopped, so that the caller does not wait for the rest of the command. */
function interruption(context: Context): Promise<never> {
  return new Promise((_, reject) => {
    context.stopped.addEventListener('abort', () => reject(context.stopped.reason));
  });
}
