import { durationMs } from '../config/duration.ts';
import { HOST, MAX_PORT } from '../config/limits.ts';
import { ShopError } from '../domain/errors.ts';
import { invalid, parseWhole } from '../domain/input.ts';
import { phrase } from '../domain/phrase.ts';
import type { FoundKind } from '../domain/shop/prefix-search.ts';

/** The values that a shell can complete: a few words, a file, or objects of the database. */
export type Values = readonly string[] | 'file' | 'item' | FoundKind;

/** A flag, which is true if it is given. */
interface FlagSpec {
  /** The flag in commander's notation, such as `--all`. */
  readonly flags: string;
  readonly description: string;
  readonly values?: never;
  readonly parse?: never;
  readonly default?: never;
  readonly required?: never;
}

/** How an option with a value is written, as commander takes it: `--limit <n>`. */
export type ValueFlags = `${string} <${string}>`;

/** An option with a value. */
interface ValueSpec {
  readonly flags: ValueFlags;
  readonly description: string;
  readonly values?: Values;
  /** @throws ShopError `INVALID_INPUT` */
  readonly parse: (text: string) => unknown;
  /** The value of an option that is not given. */
  readonly default?: unknown;
  /** True if the command prompts for it, or fails without it. */
  readonly required?: true;
}

/** An option of a command. */
export type OptionSpec = FlagSpec | ValueSpec;

/** The options of a command, by the names of their values. */
export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

type OptionValue<Spec extends OptionSpec> = Spec extends { readonly parse: (text: string) => infer Value }
  ? Spec extends { readonly required: true } | { readonly default: Value }
    ? Value
    : Value | undefined
  : boolean;

/**
 * The parsed options: for each the value that `parse` returns, its default or undefined; for a flag a boolean. Empty if the
 * command takes none.
 */
export type OptionValues<Specs extends OptionSpecs> = string extends keyof Specs
  ? Readonly<Record<never, never>>
  : { readonly [Name in keyof Specs]: OptionValue<Specs[Name]> };

const MAX_DURATION_MS = 366 * 86_400_000;

/** Parses a duration such as `500ms`, `30s`, `5m` or `3d`, in milliseconds. @throws ShopError `INVALID_INPUT` */
export function parseDuration(field: string, text: string): number {
  const value = durationMs(text);
  if (!(value <= MAX_DURATION_MS)) throw invalid(field, phrase('must be a duration such as 500ms, 30s, 5m, 2h or 3d'));
  return value;
}

const ISO_TIME = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/;

/** Parses a time in ISO 8601 (a bare date is midnight UTC), or an age such as `2h`. @throws ShopError `INVALID_INPUT` */
export function parseTime(field: string, text: string, now: number = Date.now()): Date {
  if (!Number.isNaN(durationMs(text))) return new Date(now - parseDuration(field, text));
  const time = ISO_TIME.test(text) ? new Date(text) : new Date(Number.NaN);
  // Date would accept February 30 as March 2
  const date = text.slice(0, 10);
  if (Number.isNaN(time.getTime()) || new Date(`${date}T00:00:00Z`).toISOString().slice(0, 10) !== date) {
    throw invalid(field, phrase('must be a time such as 2026-01-31, 2026-01-31T09:30:00Z, or an age such as 2h'));
  }
  return time;
}

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 1_000;

/** Options of every list, which choose one page of rows. */
export const LIST_OPTIONS = {
  limit: {
    flags: '--limit <n>',
    description: 'maximum number of rows, 1 to 1000 (default: 20)',
    parse: (text) => parseWhole('--limit', text, 1, MAX_LIMIT),
    default: DEFAULT_LIMIT,
  },
  after: {
    flags: '--after <id>',
    description: 'start after this id (for the next page)',
    parse: (text) => parseWhole('--after', text, 1, Number.MAX_SAFE_INTEGER),
  },
} satisfies OptionSpecs;

/** Parses a port; 0 stands for any free port. @throws ShopError `INVALID_INPUT` */
export function parsePort(field: string, text: string): number {
  return parseWhole(field, text, 0, MAX_PORT);
}

/** Parses a host name or an address. @throws ShopError `INVALID_INPUT` */
export function parseHost(field: string, text: string): string {
  if (!HOST.test(text)) throw invalid(field, phrase('must be a host name or an address'));
  return text;
}

/** Parses one of a few words. @throws ShopError `INVALID_INPUT` with the given word and the choices */
export function parseChoice<T extends string>(field: string, text: string, choices: readonly T[]): T {
  const choice = choices.find((name) => name === text);
  if (choice !== undefined) return choice;
  throw new ShopError('INVALID_INPUT', {
    field,
    reason: phrase`must be one of ${choices.join(', ')}`,
    given: text,
    choices,
  });
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

/** Defines an option that takes a time, such as `--since`. */
export function timeOption(flags: ValueFlags, description: string) {
  return {
    flags,
    description,
    parse: (text) => parseTime(nameOf(flags), text),
  } satisfies OptionSpec;
}

/** Returns the name in the flags of an option, such as `--limit` in `--limit <n>`. */
function nameOf(flags: ValueFlags): string {
  return flags.replace(/ <.*/, '');
}
