import type { FindValues } from './completion/candidate.ts';
import type { Context } from './context.ts';
import type { OptionSpec, OptionSpecs, OptionValues, Values } from './options.ts';
import type { Answer } from './output/view.ts';

/** The properties that all arguments have. */
interface ArgumentBase {
  readonly name: string;
  readonly description: string;
  /** True if the command runs without this argument. Otherwise the command prompts for it, or fails. */
  readonly optional?: true;
  readonly values?: Values;
  /**
   * Prompts for the argument and returns the words that a user would have typed. `before` contains the words of the preceding
   * arguments. Without this function, the command prompts for a line that `parse` accepts.
   */
  readonly ask?: (context: Context, before: readonly string[]) => Promise<readonly string[]>;
}

/** An argument that is one word. */
interface WordArgument extends ArgumentBase {
  readonly variadic?: never;
  /** @throws ShopError `INVALID_INPUT` */
  readonly parse: (text: string) => unknown;
}

/** The last argument of a command. It may have any number of words. */
interface VariadicArgument extends ArgumentBase {
  readonly variadic: true;
  /** @throws ShopError `INVALID_INPUT` */
  readonly parse: (texts: readonly string[]) => unknown;
}

export type ArgumentSpec = WordArgument | VariadicArgument;

type ArgumentValue<Spec extends ArgumentSpec> = Spec extends WordArgument & { readonly optional: true }
  ? ReturnType<Spec['parse']> | undefined
  : ReturnType<Spec['parse']>;

/** The parsed arguments: a tuple of the values that the `parse` functions return, in order. Empty if there are no arguments. */
type ArgumentValues<Specs extends readonly ArgumentSpec[]> = number extends Specs['length']
  ? readonly []
  : { readonly [Index in keyof Specs]: ArgumentValue<Specs[Index]> };

/** The result of a command: output to print, or only an exit status. Undefined stands for status 0. */
export type CommandResult = Answer | { readonly exit: number } | undefined;

/** The parts of a command or a group that its help shows. */
export interface CommandShape {
  readonly arguments?: readonly ArgumentSpec[];
  readonly options?: OptionSpecs;
  /** Command lines that show how the command is used. */
  readonly examples: readonly string[];
  /** Lines that help shows below the examples. */
  readonly notes?: string;
  /** The subcommands. */
  readonly commands?: readonly Subcommand[];
}

/** A command, for code that does not know the types of its arguments and options. */
export interface Command extends CommandShape {
  /**
   * Runs the command. Its result is printed in the requested format.
   *
   * `run` is declared as a method, because TypeScript lets only methods have narrower parameters. This makes a command with
   * typed values assignable to `Command`.
   */
  run(context: Context, args: readonly unknown[], options: Readonly<Record<string, unknown>>): Promise<CommandResult>;
}

/** Rejects unknown fields in the specs of arguments and options. TypeScript would allow them, because it infers the types of the specs. */
type Known<Specs, Spec> = {
  [Name in keyof Specs]: {
    [Field in keyof Specs[Name]]: Field extends (Spec extends unknown ? keyof Spec : never) ? unknown : never;
  };
};

interface CommandSpec<Arguments extends readonly ArgumentSpec[], Options extends OptionSpecs> extends Command {
  readonly arguments?: Arguments & Known<Arguments, ArgumentSpec>;
  readonly options?: Options & Known<Options, OptionSpec>;
  run(context: Context, args: ArgumentValues<Arguments>, options: OptionValues<Options>): Promise<CommandResult>;
}

/** The name and summary that lists of commands show. */
interface Named {
  readonly name: string;
  /** The text in lists of commands. It begins with a verb and has no full stop. */
  readonly summary: string;
}

/** A command of a group. */
export type Subcommand = Command & Named;

/** A group of commands under a common name. */
export interface Group extends CommandShape {
  readonly commands: readonly Subcommand[];
}

/**
 * Defines a command. `run` gets the parsed arguments and options, with the types that each `parse` returns. A top-level
 * command has no name here, because `ProgramSpec` names it.
 */
export function command<const Arguments extends readonly ArgumentSpec[], const Options extends OptionSpecs>(
  spec: Named & CommandSpec<Arguments, Options>,
): Subcommand;
export function command<const Arguments extends readonly ArgumentSpec[], const Options extends OptionSpecs>(
  spec: CommandSpec<Arguments, Options>,
): Command;
export function command(spec: Command): Command {
  return spec;
}

/** The part of a top-level command or group that the program's help needs. The rest is loaded when the command is called. */
export interface CommandEntry extends Named {
  /** The name followed by the arguments, for a command that takes arguments. */
  readonly synopsis?: string;
  /** False for a command that is not available in the shell. */
  readonly inShell?: false;
  readonly load: () => Promise<Command | Group>;
}

export interface ProgramSpec {
  readonly name: string;
  readonly description: string;
  /** The commands, in the order in which help lists them. */
  readonly commands: readonly CommandEntry[];
  /** Command lines for a first session. */
  readonly examples: readonly string[];
  /** Loads the function that finds completions in the database. */
  readonly loadFindValues: () => Promise<FindValues>;
}
