import type { Context } from '../cli/context.ts';
import type { OptionSpecs, OptionValues } from '../cli/options.ts';
import type { Prompter } from '../cli/prompts/prompter.ts';
import { ShopError } from '../domain/errors.ts';
import { parseReference } from '../domain/input.ts';
import { phrase } from '../domain/phrase.ts';

/**
 * Returns the options of an `edit` command. If none is given, `ask` prompts for the values.
 *
 * @throws ShopError `INPUT_REQUIRED` without a terminal; Interrupted on Ctrl-C or end of input.
 */
export async function requireEdit<Specs extends OptionSpecs>(
  { prompter }: Context,
  specs: Specs,
  given: OptionValues<Specs>,
  ask: (prompts: EditPrompts) => Promise<OptionValues<Specs>>,
): Promise<OptionValues<Specs>> {
  if (Object.values(given).some((value) => value !== undefined)) return given;
  if (prompter.interactive) return ask(new EditPrompts(prompter));
  const missing = Object.values(specs).map(({ flags }) => flags);
  const message = phrase`Nothing to change: give at least one of ${missing.join(', ')}.`;
  throw new ShopError('INPUT_REQUIRED', { missing }, { message });
}

/** Prompts for new values of a user or product. */
class EditPrompts {
  readonly #prompter: Prompter;

  constructor(prompter: Prompter) {
    this.#prompter = prompter;
  }

  /** Prompts for a value; Enter keeps the current one. */
  async change<T>(name: string, parse: (text: string) => T, current: string): Promise<T> {
    return parse(await this.#prompter.input(name, parse, { standard: current }));
  }

  /** Prompts for the reference if there is none yet. Enter skips the prompt. */
  async reference(current: string | null): Promise<string | undefined> {
    if (current !== null) return undefined;
    const parse = (text: string) => (text === '' ? undefined : parseReference('reference', text));
    return parse(await this.#prompter.input('reference', parse, { message: phrase('reference (Enter for none)') }));
  }
}
