import type { FindValues } from './completion/candidate.ts';
import type { Context } from './context.ts';
import type { OptionSpec, OptionSpecs, OptionValues, Values } from './options.ts';
import type { Answer } from './output/view.ts';

/** What all arguments have. */
interface ArgumentBase {
  readonly name: string;
  readonly description: string;
  /** A command is an error without it, or asks for it, unless this is true. */
  readonly optional?: true;
  readonly values?: Values;
  /**
   * Asks for the argument, given the words of the arguments before it, and returns it as it would have been typed.
   * Without this, the command asks for a line that `parse` accepts.
   */
  readonly ask?: (context: Context, before: readonly string[]) => Promise<readonly string[]>;
}

/** An argument of one word. */
interface WordArgument extends ArgumentBase {
  readonly variadic?: never;
  /** @throws ShopError `INVALID_INPUT` */
  readonly parse: (text: string) => unknown;
}

/** The last argument of a command, of any number of words. */
interface VariadicArgument extends ArgumentBase {
  readonly variadic: true;
  /** @throws ShopError `INVALID_INPUT` */
  readonly parse: (texts: readonly string[]) => unknown;
}

/** An argument of a command. */
export type ArgumentSpec = WordArgument | VariadicArgument;

type ArgumentValue<Spec extends ArgumentSpec> = Spec extends WordArgument & { readonly optional: true }
  ? ReturnType<Spec['parse']> | undefined
  : ReturnType<Spec['parse']>;

/** The parsed arguments: a tuple of what each `parse` returns; empty where the command takes none. */
type ArgumentValues<Specs extends readonly ArgumentSpec[]> = number extends Specs['length']
  ? readonly []
  : { readonly [Index in keyof Specs]: ArgumentValue<Specs[Index]> };

/** The result of a command: an answer, or an exit status alone; undefined is status 0. */
export type CommandResult = Answer | { readonly exit: number } | undefined;

/** What help says of a command or a group. */
export interface CommandShape {
  readonly arguments?: readonly ArgumentSpec[];
  readonly options?: OptionSpecs;
  /** Command lines that show how it is used. */
  readonly examples: readonly string[];
  /** Lines of help below the examples. */
  readonly notes?: string;
  /** The commands in it. */
  readonly commands?: readonly Subcommand[];
}

/** A command with its types of arguments and options left out. */
export interface Command extends CommandShape {
  /**
   * Runs the command. An answer is printed in the requested format.
   *
   * A method, because only the parameters of methods may be narrower: so a command with typed values is a `Command`.
   */
  run(context: Context, args: readonly unknown[], options: Readonly<Record<string, unknown>>): Promise<CommandResult>;
}

/** Refuses fields that a spec does not have: where a type is inferred, TypeScript does not. */
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

/** How a command is listed. */
interface Named {
  readonly name: string;
  /** A phrase that begins with a verb, without a full stop. */
  readonly summary: string;
}

/** A command of a group. */
export type Subcommand = Command & Named;

/** Commands under a common name. */
export interface Group extends CommandShape {
  readonly commands: readonly Subcommand[];
}

/**
 * Defines a command. `run` gets its arguments and options parsed, with the types that each `parse` returns. A command at
 * the top has no name of its own: `ProgramSpec` names it.
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

/** A command or a group at the top of a program, as far as help needs it: the rest is loaded when it is called. */
export interface CommandEntry extends Named {
  /** The name with its arguments, where it has any. */
  readonly synopsis?: string;
  /** False for a command that makes no sense within a shell. */
  readonly inShell?: false;
  readonly load: () => Promise<Command | Group>;
}

/** What a program consists of. */
export interface ProgramSpec {
  readonly name: string;
  readonly description: string;
  /** In the order in which help shows them. */
  readonly commands: readonly CommandEntry[];
  /** Command lines to start with. */
  readonly examples: readonly string[];
  /** Loads the completion of values of the database. */
  readonly loadFindValues: () => Promise<FindValues>;
}
