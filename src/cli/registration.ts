import { Argument, type Command } from 'commander';
import { ShopError } from '../domain/errors.ts';
import { phrase } from '../domain/phrase.ts';
import type { CommandBody, CommandShape, CommandSpec, Runner } from './command.ts';
import type { GlobalFlags } from './global-options.ts';
import { helpText } from './i18n/help.ts';
import { completeArguments, usageOf } from './prompts/arguments.ts';

export type { Command } from 'commander';

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
  const [field = flags] = flags.split(' <');
  throw new ShopError('INVALID_INPUT', { field, reason: phrase`lacks its value: ${value} is another option` });
}
