import { Argument, Command as CommanderCommand, CommanderError, Option } from 'commander';
import { ShopError } from '../domain/errors.ts';
import { phrase } from '../domain/phrase.ts';
import { type Call, callOf } from './call.ts';
import type { Command, CommandEntry, CommandResult, CommandShape, Group, ProgramSpec } from './command.ts';
import { helpHint } from './command-path.ts';
import type { Context } from './context.ts';
import { GLOBAL_OPTIONS, type GlobalFlags } from './global-options.ts';
import { helpIn, helpParagraphs, helpText } from './i18n/help.ts';
import type { Language } from './i18n/language.ts';
import { parseInput, usageOf } from './parse-input.ts';
import { usageError } from './usage-errors.ts';
import { packageVersion } from './version.ts';

/** Runs work in a new context and prints its result. */
type Execute = (
  flags: GlobalFlags,
  callOf: () => Call,
  work: (context: Context) => Promise<CommandResult>,
) => Promise<void>;

/** The streams for help. Help goes to standard output if it was requested, and to standard error if a subcommand is missing. */
export type HelpStreams = Readonly<Record<'stdout' | 'stderr', { write(text: string): unknown }>>;

interface ProgramOptions {
  readonly streams: HelpStreams;
  /** The language of help. */
  readonly language: Language;
  /** Runs commands. Completion and manual pages only inspect commands, so they don't need this function. */
  readonly execute?: Execute;
  /** Returns true if errors are printed as JSON. Help for a missing subcommand is then not printed. */
  readonly isJson?: () => boolean;
  /** True for the commands of a shell. */
  readonly shell?: boolean;
}

/**
 * Builds commander's tree from the definitions of commands. The arguments, options and subcommands of a top-level command are
 * loaded only when it is called, because loading takes most of a short command's time.
 */
export class Program {
  readonly spec: ProgramSpec;
  readonly root: CommanderCommand;
  readonly #execute: Execute;
  readonly #shapes = new Map<CommanderCommand, CommandShape>();
  /** The command being run, or the one that rejected the command line. Null until commander has selected a command. */
  #current: CommanderCommand | null = null;

  constructor(spec: ProgramSpec, { streams, language, execute = refuseToRun, isJson, shell = false }: ProgramOptions) {
    this.spec = spec;
    this.#execute = execute;
    this.root = this.#keepErrors(new CommanderCommand(spec.name))
      .description(spec.description)
      .version(packageVersion(), '--version', 'show the version')
      .helpOption('-h, --help', 'show help')
      .helpCommand('help [command]', 'Show help for a command')
      .configureHelp({ ...helpIn(language), showGlobalOptions: true, sortSubcommands: false })
      .configureOutput({
        writeOut: (text) => streams.stdout.write(text),
        writeErr: (text) => {
          if (isJson?.() !== true) streams.stderr.write(text);
        },
        // `report` prints errors
        outputError: () => {},
      });
    this.#setShape(this.root, { options: GLOBAL_OPTIONS, examples: spec.examples }, 'Start here');
    for (const { name, summary } of spec.commands) this.#addName(this.root, name, summary);
    const standard = this.root.createHelp();
    // these settings come last, because the commands added above must not inherit them
    this.root
      .configureHelp({
        ...this.root.configureHelp(),
        subcommandTerm: (command) => this.#entryOf(command)?.synopsis ?? standard.subcommandTerm(command),
        visibleCommands: (command) =>
          standard.visibleCommands(command).filter((visible) => !shell || this.#runsInShell(visible)),
      })
      .addHelpText('after', shell ? `\n${language.translate(phrase('`exit`, `quit` or Ctrl-D ends the shell.'))}` : '')
      // commander emits this event before the help of any command
      .on('beforeAllHelp', ({ command }: { readonly command: CommanderCommand }) => this.#requireKnown(command))
      .hook('preSubcommand', (_root, command) => {
        if (shell && !this.#runsInShell(command)) throw notInShell(command.name());
        return this.load(command);
      });
  }

  /** Runs one command line. @throws CommanderError for help and version, ShopError, and any error that a command throws */
  async run(argv: readonly string[]): Promise<void> {
    this.#current = null;
    try {
      await this.root.parseAsync([...argv], { from: 'user' });
    } catch (error) {
      if (this.#current === null || (error instanceof CommanderError && error.exitCode === 0)) throw error;
      throw usageError(error, this.#current, argv);
    }
  }

  /** Loads the arguments, options and subcommands of a top-level command, unless they are loaded already. */
  async load(command: CommanderCommand): Promise<void> {
    if (this.#shapes.has(command)) return;
    const loaded = await this.#entryOf(command)?.load();
    if (loaded !== undefined) this.#define(command, loaded);
    // commander restores the saved state before the next command line; the state saved so far has no options
    command.saveStateBeforeParse();
  }

  /** Loads and returns the program, all groups and all commands. */
  async all(): Promise<readonly CommanderCommand[]> {
    for (const command of this.root.commands) await this.load(command);
    return withSubcommands(this.root);
  }

  /** Returns the definition of a loaded command, because commander keeps only a part of it. */
  shapeOf(command: CommanderCommand): CommandShape {
    const shape = this.#shapes.get(command);
    if (shape === undefined) throw new Error(`the command ${command.name()} has not been loaded`);
    return shape;
  }

  /** Adds a command with its name and summary, because the help of `parent` needs nothing else. */
  #addName(parent: CommanderCommand, name: string, summary: string): CommanderCommand {
    return this.#keepErrors(parent.command(name).summary(summary).description(`${summary}.`));
  }

  #define(command: CommanderCommand, definition: Command | Group): void {
    this.#setShape(command, definition);
    if ('run' in definition) command.action(() => this.#run(command, definition));
    for (const subcommand of definition.commands ?? [])
      this.#define(this.#addName(command, subcommand.name, subcommand.summary), subcommand);
  }

  #run(command: CommanderCommand, definition: Command): Promise<void> {
    this.#current = command;
    // if both the command and the program define an option (`request list --actor`), commander stores it in the program
    const flags = command.optsWithGlobals<GlobalFlags & Readonly<Record<string, unknown>>>();
    let args = command.args;
    const work = async (context: Context) => {
      const [values, options, words] = await parseInput(context, definition, args, flags);
      args = [...words];
      return definition.run(context, values, options);
    };
    return this.#execute(flags, () => callOf(command, args), work);
  }

  #setShape(command: CommanderCommand, shape: CommandShape, heading = 'Examples'): void {
    this.#shapes.set(command, shape);
    const { arguments: args = [], options = {}, examples, notes } = shape;
    for (const { name, description, variadic } of args) {
      // commander must not require the argument, because the command prompts for it if it is missing
      command.addArgument(new Argument(variadic === true ? `[${name}...]` : `[${name}]`, description));
    }
    for (const { flags, description } of Object.values(options)) {
      const option = new Option(flags, description);
      if (option.required) option.argParser((value: string) => refuseOption(command, flags, value));
      command.addOption(option);
    }
    if (args.length > 0) command.usage(`${args.map(usageOf).join(' ')} [options]`);
    const lines = examples.map((line) => `  $ ${line}`).join('\n');
    command.addHelpText('after', () => `\n${helpText(command, `${heading}:`)}\n${lines}`);
    const allNotes = new Set([...Object.values(options).map((option) => option.notes), notes]);
    for (const note of allNotes) {
      if (note !== undefined) command.addHelpText('after', () => `\n${helpParagraphs(command, note)}`);
    }
  }

  #keepErrors(command: CommanderCommand): CommanderCommand {
    return command.exitOverride((error) => {
      this.#current = command;
      throw error;
    });
  }

  /** Refuses to print the help of a group after an unknown subcommand. @throws CommanderError */
  #requireKnown(command: CommanderCommand): void {
    const [name = '-'] = command.args;
    if (command.commands.length === 0 || name.startsWith('-')) return;
    this.#current = command;
    throw new CommanderError(1, 'commander.unknownCommand', `unknown command ${name}`);
  }

  #entryOf(command: CommanderCommand): CommandEntry | undefined {
    return this.spec.commands.find(({ name }) => name === command.name());
  }

  #runsInShell(command: CommanderCommand): boolean {
    return this.#entryOf(command)?.inShell !== false;
  }
}

function refuseToRun(): Promise<never> {
  return Promise.reject(new Error('the program was built to inspect commands, not to run them'));
}

function withSubcommands(command: CommanderCommand): CommanderCommand[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}

/**
 * Returns the value of an option. A value that is the name of another option means that the value is missing. @throws
 * ShopError `INVALID_INPUT`
 */
function refuseOption(command: CommanderCommand, flags: string, value: string): string {
  if (!command.options.some(({ long, short }) => value === long || value === short)) return value;
  const [field = flags] = flags.split(' <');
  const reason = phrase`needs a value, but is followed by the option ${value}`;
  throw new ShopError('INVALID_INPUT', { field, reason }, { hint: helpHint(command) });
}

function notInShell(name: string): ShopError {
  return new ShopError(
    'INVALID_INPUT',
    { field: 'arguments', reason: phrase`${name} is not available in the shell` },
    {
      message: phrase`\`${name}\` is not available in the shell.`,
      hint: phrase`Run \`shop ${name}\` in your terminal instead.`,
    },
  );
}
