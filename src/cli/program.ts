import { Command } from 'commander';
import { COMMANDS, NOT_IN_SHELL } from '../commands/index.ts';
import { ShopError } from '../domain/errors.ts';
import { phrase } from '../domain/phrase.ts';
import { defineGroup, isLoaded, nameCommand, type OptionSpec, type Runner } from './command.ts';
import { helpIn } from './i18n/help.ts';
import type { Language } from './i18n/language.ts';
import { FORMATS } from './options.ts';
import { packageVersion } from './version.ts';

const GLOBAL_OPTIONS: readonly OptionSpec[] = [
  {
    flags: '-o, --output <format>',
    description: `${FORMATS.join(', ')} (default: table on a terminal, tsv in a pipe)`,
    values: FORMATS,
  },
  { flags: '--json', description: 'the same as --output json' },
  { flags: '--quiet', description: 'no talk on standard error but errors' },
  { flags: '--verbose', description: 'show the stack of an error' },
  { flags: '--no-input', description: 'never ask; what is missing is an error' },
  { flags: '--yes', description: "consent to what can't be undone" },
  { flags: '--actor <name>', description: "who is recorded (default: the operating system's user)" },
];

/** What help, and errors in words, are for. */
interface ProgramOptions {
  readonly language: Language;
  /** True while standard error is for programs: the help that a group prints if no subcommand is given is left out. */
  readonly isJson?: () => boolean;
  /** For the commands of a shell. */
  readonly shell?: boolean;
}

/** The streams for help: standard output if it was requested, standard error if a subcommand is missing. */
export type HelpStreams = Readonly<Record<'stdout' | 'stderr', { write(text: string): unknown }>>;

const START = [
  'shop dev up',
  'shop db seed',
  'shop user list',
  'shop charge 1 5000',
  'shop order place 1 1:2',
  'shop order place --help',
];

/**
 * The whole command line: what commands there are, and the options that all of them take. A command's own arguments,
 * options and commands are loaded when it is called: most of a short command's time is loading.
 */
export function buildProgram(
  runner: Runner,
  { stdout, stderr }: HelpStreams,
  { language, isJson = () => false, shell = false }: ProgramOptions,
): Command {
  const program = new Command('shop');
  program
    .description("The operator's command line for a shop's back end.")
    .version(packageVersion(), '--version', 'show the version')
    .helpOption('-h, --help', 'show help')
    .configureHelp({ ...helpIn(language), showGlobalOptions: true, sortSubcommands: false })
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => {
        if (!isJson()) stderr.write(text);
      },
      // errors are told by `report`, in one place
      outputError: () => {},
    })
    .showSuggestionAfterError()
    .exitOverride();
  defineGroup(program, { options: GLOBAL_OPTIONS, examples: START }, 'Start here');
  for (const { name, summary } of COMMANDS) nameCommand(program, name, summary);
  const standard = program.createHelp();
  // set after the commands were named, which inherit what was set before
  return program
    .configureHelp({
      ...program.configureHelp(),
      subcommandTerm: (command) => entryOf(command)?.synopsis ?? standard.subcommandTerm(command),
      visibleCommands: (command) =>
        standard.visibleCommands(command).filter((visible) => !shell || !NOT_IN_SHELL.has(visible.name())),
    })
    .addHelpText('after', shell ? `\n${language.tell(phrase('`exit`, `quit` or Ctrl-D ends the shell.'))}` : '')
    .hook('preSubcommand', (_program, command) => {
      if (shell && NOT_IN_SHELL.has(command.name())) throw notInShell(command.name());
      return loadCommand(command, runner);
    });
}

/** Has a command that the program knows by name take its arguments, options and commands; once, however often it is called. */
export async function loadCommand(command: Command, runner: Runner): Promise<void> {
  if (isLoaded(command)) return;
  const define = await entryOf(command)?.load();
  define?.(command, runner);
  // commander saved it before it had options, and would go back to that at the next command line
  command.saveStateBeforeParse();
}

function entryOf(command: Command) {
  return COMMANDS.find(({ name }) => name === command.name());
}

function notInShell(name: string): ShopError {
  return new ShopError(
    'INVALID_INPUT',
    { field: 'arguments', reason: phrase`${name} is no command of the shell` },
    { message: phrase`${name} can't be run within \`shop shell\`.`, hint: phrase`Run \`shop ${name}\` outside of it.` },
  );
}
