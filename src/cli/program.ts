import { Command } from 'commander';
import { ShopError } from '../domain/errors.ts';
import { phrase } from '../domain/phrase.ts';
import type { ProgramSpec, Runner } from './command.ts';
import { GLOBAL_OPTIONS } from './global-options.ts';
import { helpIn } from './i18n/help.ts';
import type { Language } from './i18n/language.ts';
import { defineGroup, isLoaded, nameCommand } from './registration.ts';
import { packageVersion } from './version.ts';

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

/**
 * The whole command line: what commands there are, and the options that all of them take. A command's own arguments,
 * options and commands are loaded when it is called: most of a short command's time is loading.
 */
export function buildProgram(
  spec: ProgramSpec,
  runner: Runner,
  { stdout, stderr }: HelpStreams,
  { language, isJson = () => false, shell = false }: ProgramOptions,
): Command {
  const program = new Command(spec.name);
  program
    .description(spec.description)
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
  defineGroup(program, { options: GLOBAL_OPTIONS, examples: spec.examples }, 'Start here');
  for (const { name, summary } of spec.commands) nameCommand(program, name, summary);
  const standard = program.createHelp();
  // set after the commands were named, which inherit what was set before
  return program
    .configureHelp({
      ...program.configureHelp(),
      subcommandTerm: (command) => entryOf(spec, command)?.synopsis ?? standard.subcommandTerm(command),
      visibleCommands: (command) =>
        standard.visibleCommands(command).filter((visible) => !shell || runsInShell(spec, visible)),
    })
    .addHelpText('after', shell ? `\n${language.translate(phrase('`exit`, `quit` or Ctrl-D ends the shell.'))}` : '')
    .hook('preSubcommand', (_program, command) => {
      if (shell && !runsInShell(spec, command)) throw notInShell(command.name());
      return loadCommand(spec, command, runner);
    });
}

/** Has a command that the program knows by name take its arguments, options and commands; once, however often it is called. */
export async function loadCommand(spec: ProgramSpec, command: Command, runner: Runner): Promise<void> {
  if (isLoaded(command)) return;
  const define = await entryOf(spec, command)?.load();
  define?.(command, runner);
  // commander saved it before it had options, and would go back to that at the next command line
  command.saveStateBeforeParse();
}

function entryOf({ commands }: ProgramSpec, command: Command) {
  return commands.find(({ name }) => name === command.name());
}

function runsInShell(spec: ProgramSpec, command: Command): boolean {
  return entryOf(spec, command)?.inShell !== false;
}

function notInShell(name: string): ShopError {
  return new ShopError(
    'INVALID_INPUT',
    { field: 'arguments', reason: phrase`${name} is no command of the shell` },
    { message: phrase`${name} can't be run within \`shop shell\`.`, hint: phrase`Run \`shop ${name}\` outside of it.` },
  );
}
