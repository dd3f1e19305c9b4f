import { parseWhole } from '../domain/input.ts';
import type { FoundKind } from '../domain/shop/prefix-search.ts';
import { parseChoice, parseTime } from './option-values.ts';

/** The values that a shell can complete: a few words, a file, objects in the database, or products with quantities. */
export type Values = readonly string[] | 'file' | FoundKind | ItemValues;

/** Products with quantities. */
interface ItemValues {
  readonly items: FoundKind;
  /** Finds the order among the preceding arguments. Only products that can be returned from it are then offered. */
  readonly order?: (given: readonly string[]) => string | undefined;
}

/** A flag, which is true if it is given. */
interface FlagSpec {
  /** The flag in commander's notation, such as `--all`. */
  readonly flags: string;
  readonly description: string;
  readonly values?: never;
  readonly parse?: never;
  readonly default?: never;
  readonly required?: never;
  readonly notes?: never;
}

/** Notation of an option with a value, as commander expects it: `--limit <n>`. */
export type ValueFlags = `${string} <${string}>`;

/** An option with a value. */
export interface ValueSpec {
  readonly flags: ValueFlags;
  readonly description: string;
  readonly values?: Values;
  /** @throws ShopError `INVALID_INPUT` */
  readonly parse: (text: string) => unknown;
  /** The value if the option is not given. */
  readonly default?: unknown;
  /** True if the command needs the option: it prompts for a missing value, or fails. */
  readonly required?: true;
  /** Lines that help shows below the examples, once for all options that share them. */
  readonly notes?: string;
}

export type OptionSpec = FlagSpec | ValueSpec;

/** The options of a command. `run` gets each value under its key. */
export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

type OptionValue<Spec extends OptionSpec> = Spec extends { readonly parse: (text: string) => infer Value }
  ? Spec extends { readonly required: true } | { readonly default: Value }
    ? Value
    : Value | undefined
  : boolean;

/**
 * The parsed options. Each option has the value that `parse` returns, its default, or undefined; a flag has a boolean. The
 * type is empty if the command takes no options.
 */
export type OptionValues<Specs extends OptionSpecs> = string extends keyof Specs
  ? Readonly<Record<never, never>>
  : { readonly [Name in keyof Specs]: OptionValue<Specs[Name]> };

/** Number of rows without `--limit`. */
export const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 1_000;

/** Options that every list command takes. They select one page of rows, or all rows. */
export const LIST_OPTIONS = {
  limit: {
    flags: '--limit <n>',
    description: `maximum number of rows, 1 to ${MAX_LIMIT} (default: ${DEFAULT_LIMIT})`,
    parse: (text) => parseWhole('--limit', text, 1, MAX_LIMIT),
  },
  after: {
    flags: '--after <id>',
    description: 'start after this id (for the next page)',
    parse: (text) => parseWhole('--after', text, 1, Number.MAX_SAFE_INTEGER),
  },
  all: { flags: '--all', description: 'print all rows; with --after, all following rows' },
} satisfies OptionSpecs;

/** Defines the option of a list that filters by actor. It replaces the global option of the same name. */
export function actorOption(description: string) {
  return { flags: '--actor <name>', description, parse: String } satisfies OptionSpec;
}

/** Defines an option that takes one of a few words. */
export function choiceOption<T extends string>(
  flags: ValueFlags,
  choices: readonly T[],
  description: string = choices.join(', '),
) {
  return {
    flags,
    description,
    values: choices,
    parse: (text) => parseChoice(nameOf(flags), text, choices),
  } satisfies OptionSpec;
}

const TIME_NOTES = `A time has one of these forms: ISO 8601 (2026-11-29T14:53:00Z), the form that tables show (2026-11-29 14:53:00 or
2026-11-29 14:53), a date (the start of that day), or an age (2h means two hours ago). A time without a time zone is in
the zone that SHOP_TIME_ZONE names or, if SHOP_TIME_ZONE is not set, in the system's time zone.`;

/** Defines an option that takes a time, such as `--since`. */
export function timeOption(flags: ValueFlags, description: string) {
  return {
    flags,
    description,
    parse: (text) => parseTime(nameOf(flags), text),
    notes: TIME_NOTES,
  } satisfies OptionSpec;
}

/** Returns the name of an option from its flags, such as `--limit` from `--limit <n>`. */
function nameOf(flags: ValueFlags): string {
  return flags.replace(/ <.*/, '');
}
