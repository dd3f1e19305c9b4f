import { Argument, Command as CommanderCommand, CommanderError, Option } from 'commander';
import { ShopError } from '../domain/errors.ts';
import { phrase } from '../domain/phrase.ts';
import type { Command, CommandEntry, CommandResult, CommandShape, Group, ProgramSpec } from './command.ts';
import type { Context } from './context.ts';
import { GLOBAL_OPTIONS, type GlobalFlags } from './global-options.ts';
import { helpIn, helpText } from './i18n/help.ts';
import type { Language } from './i18n/language.ts';
import { parseArguments, parseOptions, usageOf } from './parse.ts';
import { packageVersion } from './version.ts';

/** Opens a context, does the work in it, prints its result. */
type Execute = (flags: GlobalFlags, work: (context: Context) => Promise<CommandResult>) => Promise<void>;

/** The streams for help: standard output if it was requested, standard error if a subcommand is missing. */
export type HelpStreams = Readonly<Record<'stdout' | 'stderr', { write(text: string): unknown }>>;

interface ProgramOptions {
  readonly streams: HelpStreams;
  /** Of help. */
  readonly language: Language;
  /** Without it, the commands are only inspected: for completion, manual pages and the like. */
  readonly execute?: Execute;
  /** True while standard error is for programs: the help that a group prints if no subcommand is given is left out. */
  readonly isJson?: () => boolean;
  /** Whether it is for the commands of a shell. */
  readonly shell?: boolean;
}

/**
 * The command line as commander has it, made of commands that are values. Of a command at the top, arguments, options
 * and subcommands are loaded when it is called: most of a short command's time is loading.
 */
export class Program {
  readonly spec: ProgramSpec;
  readonly root: CommanderCommand;
  readonly #execute: Execute;
  readonly #shapes = new Map<CommanderCommand, CommandShape>();
  /** The command that could not take the command line. */
  #refusing: CommanderCommand | null = null;

  constructor(spec: ProgramSpec, { streams, language, execute = inspected, isJson, shell = false }: ProgramOptions) {
    this.spec = spec;
    this.#execute = execute;
    this.root = this.#keepErrors(new CommanderCommand(spec.name))
      .description(spec.description)
      .version(packageVersion(), '--version', 'show the version')
      .helpOption('-h, --help', 'show help')
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
    // set after the commands were named, which inherit what was set before
    this.root
      .configureHelp({
        ...this.root.configureHelp(),
        subcommandTerm: (command) => this.#entryOf(command)?.synopsis ?? standard.subcommandTerm(command),
        visibleCommands: (command) =>
          standard.visibleCommands(command).filter((visible) => !shell || this.#runsInShell(visible)),
      })
      .addHelpText('after', shell ? `\n${language.translate(phrase('`exit`, `quit` or Ctrl-D ends the shell.'))}` : '')
      .hook('preSubcommand', (_root, command) => {
        if (shell && !this.#runsInShell(command)) throw notInShell(command.name());
        return this.load(command);
      });
  }

  /** Runs one command line. @throws CommanderError for help and version, ShopError and whatever a command throws */
  async run(argv: readonly string[]): Promise<void> {
    this.#refusing = null;
    try {
      await this.root.parseAsync([...argv], { from: 'user' });
    } catch (error) {
      if (!(error instanceof CommanderError) || error.exitCode === 0 || this.#refusing === null) throw error;
      const { usageError } = await import('./usage-errors.ts');
      throw usageError(error, this.#refusing, argv);
    }
  }

  /** Gives a command at the top its arguments, options and subcommands; once, however often it is called. */
  async load(command: CommanderCommand): Promise<void> {
    if (this.#shapes.has(command)) return;
    const loaded = await this.#entryOf(command)?.load();
    if (loaded !== undefined) this.#define(command, loaded);
    // commander saved its state before it had options, and would restore that for the next command line
    command.saveStateBeforeParse();
  }

  /** The program, each group and each command, loaded. */
  async all(): Promise<readonly CommanderCommand[]> {
    for (const command of this.root.commands) await this.load(command);
    return withSubcommands(this.root);
  }

  /** A loaded command as it was defined: it has more than commander keeps. */
  shapeOf(command: CommanderCommand): CommandShape {
    const shape = this.#shapes.get(command);
    if (shape === undefined) throw new Error(`the command ${command.name()} has not been loaded`);
    return shape;
  }

  /** Adds a command by its name alone: all that the help of `parent` needs. */
  #addName(parent: CommanderCommand, name: string, summary: string): CommanderCommand {
    return this.#keepErrors(parent.command(name).summary(summary).description(`${summary}.`));
  }

  #define(command: CommanderCommand, definition: Command | Group): void {
    this.#setShape(command, definition);
    if ('run' in definition) command.action(() => this.#run(command, definition));
    for (const subcommand of definition.commands ?? [])
      this.#define(this.#addName(command, subcommand.name, subcommand.summary), subcommand);
  }

  #run(command: CommanderCommand, { arguments: args = [], options = {}, run }: Command): Promise<void> {
    // a command's own option that is also a global one (`request list --actor`) is found among the global ones
    const flags = command.optsWithGlobals<GlobalFlags & Readonly<Record<string, unknown>>>();
    return this.#execute(flags, async (context) => {
      const values = await parseArguments(context, args, command.args);
      return run(context, values, await parseOptions(context, options, flags));
    });
  }

  #setShape(command: CommanderCommand, shape: CommandShape, heading = 'Examples'): void {
    this.#shapes.set(command, shape);
    const { arguments: args = [], options = {}, examples, notes } = shape;
    for (const { name, description, variadic } of args) {
      // optional to commander: what is missing is asked for first
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
    if (notes !== undefined) command.addHelpText('after', () => `\n${helpText(command, notes)}`);
  }

  #keepErrors(command: CommanderCommand): CommanderCommand {
    return command.exitOverride((error) => {
      this.#refusing = command;
      throw error;
    });
  }

  #entryOf(command: CommanderCommand): CommandEntry | undefined {
    return this.spec.commands.find(({ name }) => name === command.name());
  }

  #runsInShell(command: CommanderCommand): boolean {
    return this.#entryOf(command)?.inShell !== false;
  }
}

/** The words that call a command: `shop order place`. */
export function pathOf(command: CommanderCommand): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}

function inspected(): Promise<never> {
  return Promise.reject(new Error('a command was run that is only to be inspected'));
}

function withSubcommands(command: CommanderCommand): CommanderCommand[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}

/** The value of an option, which must not be another option: its own value is missing then. @throws ShopError `INVALID_INPUT` */
function refuseOption(command: CommanderCommand, flags: string, value: string): string {
  if (!command.options.some(({ long, short }) => value === long || value === short)) return value;
  const [field = flags] = flags.split(' <');
  throw new ShopError('INVALID_INPUT', { field, reason: phrase`lacks its value: ${value} is another option` });
}

function notInShell(name: string): ShopError {
  return new ShopError(
    'INVALID_INPUT',
    { field: 'arguments', reason: phrase`${name} is no command of the shell` },
    { message: phrase`${name} can't be run within \`shop shell\`.`, hint: phrase`Run \`shop ${name}\` outside of it.` },
  );
}
