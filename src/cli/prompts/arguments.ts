import { ShopError } from '../../domain/errors.ts';
import { Phrase, phrase } from '../../domain/phrase.ts';
import type { ArgumentSpec } from '../command.ts';
import type { Context } from '../context.ts';

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

/** The arguments of a command, after those that are missing have been asked for. @throws ShopError `INPUT_REQUIRED` */
export async function completeArguments(
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

/** An argument as usage shows it. */
export function usageOf({ name, optional, variadic }: ArgumentSpec): string {
  const text = variadic === true ? `${name}...` : name;
  return optional === true ? `[${text}]` : `<${text}>`;
}
