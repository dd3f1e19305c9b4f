import { Option } from 'commander';
import { ShopError } from '../domain/errors.ts';
import { invalid } from '../domain/input.ts';
import { Phrase, phrase } from '../domain/phrase.ts';
import type { ArgumentSpec, CommandShape } from './command.ts';
import type { Context } from './context.ts';
import type { OptionSpec } from './options.ts';

/**
 * Parses the arguments and options of a command, and prompts for required ones that are missing.
 *
 * @param words the words that were given as arguments.
 * @param flags the options that commander has read, by commander's names. Each value is a string, or true for a flag.
 * @returns the parsed arguments and options, and the words of all arguments, including those entered at prompts.
 * @throws ShopError `INPUT_REQUIRED`, `INVALID_INPUT`
 */
export async function parseInput(
  context: Context,
  { arguments: args = [], options = {} }: CommandShape,
  words: readonly string[],
  flags: Readonly<Record<string, unknown>>,
): Promise<
  readonly [args: readonly unknown[], options: Readonly<Record<string, unknown>>, allWords: readonly string[]]
> {
  const missing = args.slice(words.length).filter(({ optional }) => optional !== true);
  const missingOptions = Object.entries(options).filter(
    ([, spec]) => spec.required === true && givenText(spec, flags) === undefined,
  );
  if (missing.length + missingOptions.length > 0 && !context.prompter.interactive) {
    throw new ShopError('INPUT_REQUIRED', {
      missing: [...missing.map(usageOf), ...missingOptions.map(([, spec]) => spec.flags)],
    });
  }
  // all given values are parsed before the first prompt, because a command with an invalid value must not prompt first
  const values = args.map((spec, index) =>
    missing.includes(spec) ? undefined : parseArgument(spec, words.slice(index)),
  );
  const parsed = Object.fromEntries(Object.entries(options).map(([name, spec]) => [name, parseOption(spec, flags)]));
  requireSpan(parsed);
  const allWords = [...words];
  for (const spec of missing) {
    const index = args.indexOf(spec);
    allWords.push(...(await (spec.ask?.(context, allWords) ?? promptForLine(context, spec))));
    values[index] = parseArgument(spec, allWords.slice(index));
  }
  for (const [name, { flags: shown, parse }] of missingOptions) {
    if (parse !== undefined) parsed[name] = parse(await context.prompter.input(shown, parse));
  }
  return [values, parsed, allWords];
}

/** Requires that a time span ends after its start. @throws ShopError `INVALID_INPUT` */
function requireSpan({ since, until }: Readonly<Record<string, unknown>>): void {
  if (since instanceof Date && until instanceof Date && until <= since) {
    throw invalid('--until', phrase('must be after --since'));
  }
}

/** Parses an argument, given its word and the words after it. */
function parseArgument(spec: ArgumentSpec, [text, ...others]: readonly string[]): unknown {
  if (spec.variadic === true) return spec.parse(text === undefined ? [] : [text, ...others]);
  return text === undefined ? undefined : spec.parse(text);
}

async function promptForLine({ prompter }: Context, spec: ArgumentSpec): Promise<readonly string[]> {
  const { name, description } = spec;
  const split = (text: string) => (spec.variadic === true ? text.trim().split(/\s+/) : [text]);
  const check = (typed: string) => parseArgument(spec, split(typed));
  return split(
    await prompter.input(name, check, {
      message: phrase`${new Phrase(name)} (${new Phrase(description)})`,
    }),
  );
}

/** Formats an argument for the usage line of help: `<user>`, `[order]` or `<items...>`. */
export function usageOf({ name, optional, variadic }: ArgumentSpec): string {
  const text = variadic === true ? `${name}...` : name;
  return optional === true ? `[${text}]` : `<${text}>`;
}

/** Returns the value that commander has read for an option: a string, true for a flag, or undefined. */
function givenText({ flags }: OptionSpec, given: Readonly<Record<string, unknown>>): unknown {
  return given[new Option(flags).attributeName()];
}

function parseOption(spec: OptionSpec, given: Readonly<Record<string, unknown>>): unknown {
  const { parse, default: standard } = spec;
  const value = givenText(spec, given);
  if (parse === undefined) return value === true;
  return typeof value === 'string' ? parse(value) : standard;
}
