import type { Command } from 'commander';
import { pathOf } from './command-path.ts';
import { shellWord } from './shell-word.ts';

/** The command line of a command, so that messages can repeat it with other options. */
export interface Call {
  /** The words that call the command, such as `shop`, `batch` and `run`. */
  readonly words: readonly string[];
  readonly args: readonly string[];
  /** The given options, with their values; true for a flag. */
  readonly options: Readonly<Record<string, string | true>>;
}

/** Returns the command line of a parsed command. @param args the arguments, including those entered at prompts */
export function callOf(command: Command, args: readonly string[]): Call {
  return { words: pathOf(command).split(' '), args, options: Object.fromEntries(givenOptions(command)) };
}

/** Returns a command line to paste. @param changed options to add or replace; undefined removes an option */
export function lineOf(
  { words, args, options }: Call,
  changed: Readonly<Record<string, string | true | undefined>>,
): string {
  const given = Object.entries({ ...options, ...changed }).flatMap(([name, value]) => {
    if (value === undefined) return [];
    return value === true ? [name] : [name, value];
  });
  // without `--`, an argument that begins with a hyphen would be read as an option
  const isOption = (arg: string) => arg.startsWith('-') && arg !== '-';
  const line = args.some(isOption) ? [...words, ...given, '--', ...args] : [...words, ...args, ...given];
  return line.map(shellWord).join(' ');
}

function givenOptions(command: Command): [string, string | true][] {
  const own = command.options.flatMap((option): [string, string | true][] => {
    const name = option.attributeName();
    if (command.getOptionValueSource(name) !== 'cli') return [];
    const value: unknown = command.getOptionValue(name);
    return [[option.long ?? option.flags, typeof value === 'string' ? value : true]];
  });
  return command.parent === null ? own : [...own, ...givenOptions(command.parent)];
}
