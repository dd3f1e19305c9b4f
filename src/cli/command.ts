import type { Command } from 'commander';
import type { FindValues } from './completion/candidate.ts';
import type { Context } from './context.ts';
import type { GlobalFlags } from './global-options.ts';
import type { OptionSpec, Values } from './options.ts';
import type { Answer } from './output/view.ts';

/** An argument of a command; one that is missing is asked for, or named in the error. */
export interface ArgumentSpec {
  readonly name: string;
  readonly description: string;
  readonly optional?: boolean;
  readonly variadic?: boolean;
  readonly values?: Values;
  /** Throws a ShopError where the text will not do; used to check what is typed at a prompt. */
  readonly parse?: (text: string) => unknown;
  /**
   * Asks for it where it is missing, given the arguments before it, and answers it as it would have been typed; without
   * this, a line is asked for that `parse` takes.
   */
  readonly ask?: (context: Context, before: readonly string[]) => Promise<readonly string[]>;
}

/** What a command ends with: an answer, or no more than an exit status; nothing stands for 0. */
export type CommandResult = Answer | { readonly exit: number } | undefined;

/** What a command takes. */
export interface CommandShape {
  readonly arguments?: readonly ArgumentSpec[];
  readonly options?: readonly OptionSpec[];
  /** Command lines that show how it is used. */
  readonly examples: readonly string[];
  /** What else help tells below them, in lines. */
  readonly notes?: string;
}

/** What a command takes and does. */
export interface CommandBody<Options> extends CommandShape {
  /** Does it; what it answers is shown in the format asked for, nothing where there is no answer. */
  readonly run: (context: Context, args: readonly string[], options: Options) => Promise<CommandResult>;
}

export interface CommandSpec<Options> extends CommandBody<Options> {
  readonly name: string;
  readonly summary: string;
}

/** Opens a context, runs, shows the answer; provided by `CommandLine`. */
export type Runner = (flags: GlobalFlags, run: (context: Context) => Promise<CommandResult>) => Promise<void>;

/** A command of a program, or a group of them, as far as it is known before it is loaded. */
export interface CommandEntry {
  readonly name: string;
  /** Itself with its arguments, where it takes any. */
  readonly synopsis?: string;
  readonly summary: string;
  /** False for a command that makes no sense within a shell. */
  readonly inShell?: false;
  /** Answers what defines the command that has been given its name. */
  readonly load: () => Promise<(command: Command, runner: Runner) => void>;
}

/** What a program consists of. */
export interface ProgramSpec {
  readonly name: string;
  readonly description: string;
  /** In the order in which help shows them. */
  readonly commands: readonly CommandEntry[];
  /** Command lines to start with. */
  readonly examples: readonly string[];
  /** Loads what completes values of its database. */
  readonly loadFindValues: () => Promise<FindValues>;
}
