import { CommanderError } from 'commander';
import { ShopError } from '../domain/errors.ts';
import type { CommandResult, ProgramSpec } from './command.ts';
import type { Connections } from './connections.ts';
import { Context } from './context.ts';
import { report } from './errors.ts';
import { EXIT_DONE } from './exit-codes.ts';
import { type GlobalFlags, wantsJson, withDefaults } from './global-options.ts';
import { ENGLISH, type Language } from './i18n/language.ts';
import { Interrupted, type StopSignal } from './interrupted.ts';
import { type Streams, write, writeMessage } from './io.ts';
import { present } from './output/formats.ts';
import { pageOf } from './output/page.ts';
import type { Answer } from './output/view.ts';
import { type HelpStreams, Program } from './program.ts';
import type { Interpreter } from './shell/interpreter.ts';

/**
 * Runs command lines, one after another: that of the process, or those of a shell, which share their connections.
 *
 * Errors are told on standard error, see `report`; the stack of a bug is shown under `--verbose`.
 */
export class CommandLine implements Interpreter {
  readonly #spec: ProgramSpec;
  readonly #streams: Streams;
  readonly #connections: Connections;
  readonly #loadLanguage: () => Promise<Language>;
  readonly #shell: GlobalFlags | null;
  /** Made for the first command line; a shell keeps it for all others. */
  #program: Program | null = null;
  readonly #help = new Help();
  /** Of the command line under way: whether standard error is for programs, and the exit status so far. */
  #json = false;
  #status = EXIT_DONE;
  #current: Context | null = null;
  #work: Promise<unknown> = Promise.resolve();

  /**
   * @param loadLanguage answers the language to tell everything in; that it throws is told, in English.
   * @param shell of a shell: the options of its commands, unless they have their own.
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
      language = await this.#loadLanguage();
      [this.#json, this.#status] = [json, EXIT_DONE];
      this.#program ??= this.#buildProgram(language);
      await this.#program.run(askForHelp(argv)).catch((error) => this.#help.print(error, this.#streams));
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
      execute: async (flags, work) => {
        const result = await this.#runCommand(language, withDefaults(flags, this.#shell ?? {}), work);
        if (result !== undefined) this.#status = result.exit;
      },
      isJson: () => this.#json,
      shell: this.#shell !== null,
    });
  }

  async #runCommand(
    language: Language,
    flags: GlobalFlags,
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
    );
    this.#current = context;
    // those of a shell are kept for its next command
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
      // what it has left behind on a connection is not for the next command
      if (!(error instanceof ShopError)) context.release(() => this.#connections.close());
      throw await this.#translate(error, context);
    } finally {
      await context.close();
    }
  }

  /** An error of the database that no command expected there. */
  async #translate(error: unknown, context: Context): Promise<unknown> {
    if (error instanceof ShopError || error instanceof Interrupted) return error;
    const { isDatabaseError, isSchemaMismatch, translateDatabaseError } = await import(
      '../domain/servers/mysql-errors.ts'
    );
    if (!isDatabaseError(error)) return error;
    const url = await context.databaseUrl();
    if (!isSchemaMismatch(error)) return translateDatabaseError(error, url);
    // the schema may have changed since it was checked: opening a session checks it again
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

/** Keeps the text of a help until it can be written whole: the parser does not wait for what it writes. */
class Help implements HelpStreams {
  readonly stdout = new Text();
  readonly stderr = new Text();

  /** Prints the help that ended the parsing. @throws the error if it was not help alone */
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

  /** Returns what was written since the last call. */
  take(): string {
    const text = this.#text;
    this.#text = '';
    return text;
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
