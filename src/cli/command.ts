import { Argument, type Command } from 'commander';
import { ShopError } from '../domain/errors.ts';
import { Phrase, phrase } from '../domain/phrase.ts';
import type { FoundKind } from '../domain/prefix-search.ts';
import type { Context } from './context.ts';
import { helpText } from './i18n/help.ts';
import type { GlobalFlags } from './options.ts';
import type { Answer } from './output/view.ts';

/** What a value is, so that a shell can offer some: a few words, a file, or something that the database has. */
export type Values = readonly string[] | 'file' | 'item' | FoundKind;

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

export interface OptionSpec {
  /** As commander takes it, such as `--limit <n>`. */
  readonly flags: string;
  readonly description: string;
  readonly values?: Values;
}

/** What a command ends with: an answer, or no more than an exit status; nothing stands for 0. */
export type Outcome = Answer | { readonly exit: number } | undefined;

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
  readonly run: (context: Context, args: readonly string[], options: Options) => Promise<Outcome>;
}

export interface CommandSpec<Options> extends CommandBody<Options> {
  readonly name: string;
  readonly summary: string;
}

/** Opens a context, runs, shows the answer; provided by `CommandLine`. */
export type Runner = (flags: GlobalFlags, run: (context: Context) => Promise<Outcome>) => Promise<void>;

/** Adds a command to `parent`. */
export function addCommand<Options>(parent: Command, spec: CommandSpec<Options>, runner: Runner): void {
  defineCommand(nameCommand(parent, spec.name, spec.summary), spec, runner);
}

/** Adds a command by its name alone: all that the help of `parent` needs. */
export function nameCommand(parent: Command, name: string, summary: string): Command {
  return parent.command(name).summary(summary).description(`${summary}.`);
}

/** Has a command that has a name take and do what `body` says. */
export function defineCommand<Options>(command: Command, body: CommandBody<Options>, runner: Runner): void {
  shape(command, body, 'Examples');
  const specs = body.arguments ?? [];
  command.action(async () => {
    await runner(command.optsWithGlobals<GlobalFlags>(), async (context) => {
      const given = command.args;
      const args = await completeArguments(context, specs, given);
      // a command's own option that is also a global one (`request list --actor`) is found among the global ones
      return body.run(context, args, command.optsWithGlobals<Options & object>());
    });
  });
}

/** Has a command that does nothing by itself show how those in it are used, and take options for all of them. */
export function defineGroup(group: Command, body: Omit<CommandShape, 'arguments'>, heading = 'Examples'): void {
  shape(group, body, heading);
}

const SHAPES = new WeakMap<Command, CommandShape>();

/** True once the command has its arguments, options and subcommands. */
export function isLoaded(command: Command): boolean {
  return SHAPES.has(command);
}

/** What a command takes, as it was defined, for more is said there than commander keeps. */
export function shapeOf(command: Command): CommandShape {
  const known = SHAPES.get(command);
  if (known === undefined) throw new Error(`the command ${command.name()} has not been loaded`);
  return known;
}

function shape(command: Command, body: CommandShape, heading: string): void {
  SHAPES.set(command, body);
  const specs = body.arguments ?? [];
  for (const { name, description, variadic } of specs) {
    // commander is told that all are optional: what is missing is asked for first
    command.addArgument(new Argument(variadic === true ? `[${name}...]` : `[${name}]`, description));
  }
  for (const { flags, description } of body.options ?? []) {
    if (flags.includes('<')) command.option(flags, description, (value: string) => refuseOption(command, flags, value));
    else command.option(flags, description);
  }
  if (specs.length > 0) command.usage(`${specs.map(usageOf).join(' ')} [options]`);
  const examples = body.examples.map((line) => `  $ ${line}`).join('\n');
  command.addHelpText('after', () => `\n${helpText(command, `${heading}:`)}\n${examples}`);
  const { notes } = body;
  if (notes !== undefined) command.addHelpText('after', () => `\n${helpText(command, notes)}`);
}

/** The value of an option, which must not be another option: its own value is missing then. @throws ShopError `INVALID_INPUT` */
function refuseOption(command: Command, flags: string, value: string): string {
  if (!command.options.some(({ long, short }) => value === long || value === short)) return value;
  const [field] = flags.split(' <');
  throw new ShopError('INVALID_INPUT', { field, reason: phrase`lacks its value: ${value} is another option` });
}

/** An option that must be given; asked for where it is missing. @throws ShopError `INPUT_REQUIRED` */
export async function required(
  context: Context,
  flags: string,
  text: string | undefined,
  parse: (text: string) => unknown,
): Promise<string> {
  if (text !== undefined) return text;
  if (!context.prompter.interactive) throw new ShopError('INPUT_REQUIRED', { missing: [flags] });
  return context.prompter.input(flags, parse);
}

async function completeArguments(
  context: Context,
  specs: readonly ArgumentSpec[],
  given: readonly string[],
): Promise<readonly string[]> {
  const missing = specs.slice(given.length).filter(({ optional }) => optional !== true);
  if (missing.length === 0) return given;
  if (!context.prompter.interactive) throw new ShopError('INPUT_REQUIRED', { missing: missing.map(usageOf) });
  // what is wrong with those that are given is told before anything is asked
  for (const [index, { parse }] of specs.entries()) if (given[index] !== undefined) parse?.(given[index]);
  const args = [...given];
  for (const spec of missing) args.push(...(await (spec.ask?.(context, args) ?? askForLine(context, spec))));
  return args;
}

async function askForLine(
  { prompter }: Context,
  { name, description, variadic, parse }: ArgumentSpec,
): Promise<readonly string[]> {
  const split = (text: string) => (variadic === true ? text.trim().split(/\s+/) : [text]);
  const check = (typed: string) => split(typed).map((part) => parse?.(part));
  return split(
    await prompter.input(name, check, {
      message: phrase`${new Phrase(name)} (${new Phrase(description)})`,
    }),
  );
}

function usageOf({ name, optional, variadic }: ArgumentSpec): string {
  const text = variadic === true ? `${name}...` : name;
  return optional === true ? `[${text}]` : `<${text}>`;
}
