import { Option } from 'commander';
import { ShopError } from '../domain/errors.ts';
import { Phrase, phrase } from '../domain/phrase.ts';
import type { ArgumentSpec } from './command.ts';
import type { Context } from './context.ts';
import type { OptionSpec, OptionSpecs } from './options.ts';

/** Parses the arguments of a command and prompts for missing ones. @throws ShopError `INPUT_REQUIRED`, `INVALID_INPUT` */
export async function parseArguments(
  context: Context,
  specs: readonly ArgumentSpec[],
  given: readonly string[],
): Promise<readonly unknown[]> {
  const missing = specs.slice(given.length).filter(({ optional }) => optional !== true);
  if (missing.length > 0 && !context.prompter.interactive)
    throw new ShopError('INPUT_REQUIRED', { missing: missing.map(usageOf) });
  const texts = [...given];
  const values: unknown[] = [];
  // arguments are parsed in order, so that an invalid one is reported before the prompt for the next one
  for (const [index, spec] of specs.entries()) {
    if (index === texts.length && spec.optional !== true)
      texts.push(...(await (spec.ask?.(context, texts) ?? promptForLine(context, spec))));
    values.push(parseArgument(spec, texts.slice(index)));
  }
  return values;
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

/** Returns an argument as usage shows it. */
export function usageOf({ name, optional, variadic }: ArgumentSpec): string {
  const text = variadic === true ? `${name}...` : name;
  return optional === true ? `[${text}]` : `<${text}>`;
}

/**
 * Parses the options of a command and prompts for required ones that are missing.
 *
 * @param given the options that commander has read, by commander's names. Each is a text, or true for a flag.
 * @throws ShopError `INPUT_REQUIRED`, `INVALID_INPUT`
 */
export async function parseOptions(
  context: Context,
  specs: OptionSpecs,
  given: Readonly<Record<string, unknown>>,
): Promise<Readonly<Record<string, unknown>>> {
  const values: Record<string, unknown> = {};
  for (const [name, spec] of Object.entries(specs))
    values[name] = await parseOption(context, spec, given[new Option(spec.flags).attributeName()]);
  return values;
}

async function parseOption({ prompter }: Context, spec: OptionSpec, given: unknown): Promise<unknown> {
  const { flags, parse, required } = spec;
  if (parse === undefined) return given === true;
  if (typeof given === 'string') return parse(given);
  if (required !== true) return spec.default;
  if (!prompter.interactive) throw new ShopError('INPUT_REQUIRED', { missing: [flags] });
  return parse(await prompter.input(flags, parse));
}
