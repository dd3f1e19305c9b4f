import { durationMs } from '../config/duration.ts';
import { HOST, MAX_PORT } from '../config/limits.ts';
import { ShopError } from '../domain/errors.ts';
import { invalid, parseWhole } from '../domain/input.ts';
import { phrase } from '../domain/phrase.ts';
import type { FoundKind } from '../domain/shop/prefix-search.ts';

/** What a value is, so that a shell can offer some: a few words, a file, or something that the database has. */
export type Values = readonly string[] | 'file' | 'item' | FoundKind;

/** A flag, which is true where it is given. */
interface FlagSpec {
  /** As commander takes it, such as `--all`. */
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
  /** Whether a command fails without it, or prompts for it. */
  readonly required?: true;
}

/** An option of a command. */
export type OptionSpec = FlagSpec | ValueSpec;

/** The options of a command, by the names under which it gets their values. */
export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

type OptionValue<Spec extends OptionSpec> = Spec extends { readonly parse: (text: string) => infer Value }
  ? Spec extends { readonly required: true } | { readonly default: Value }
    ? Value
    : Value | undefined
  : boolean;

/**
 * The parsed options: of each what `parse` returns, its default or undefined; of a flag a boolean. Empty where the command
 * takes none.
 */
export type OptionValues<Specs extends OptionSpecs> = string extends keyof Specs
  ? Readonly<Record<never, never>>
  : { readonly [Name in keyof Specs]: OptionValue<Specs[Name]> };

const LONGEST_DURATION_MS = 366 * 86_400_000;

/** A duration such as `500ms`, `30s`, `5m`, `3d`, in milliseconds. @throws ShopError `INVALID_INPUT` */
export function parseDuration(field: string, text: string): number {
  const value = durationMs(text);
  if (!(value <= LONGEST_DURATION_MS))
    throw invalid(field, phrase('must be a duration such as 500ms, 30s, 5m, 2h or 3d'));
  return value;
}

const ISO_TIME = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/;

/** A time in ISO 8601 (a bare date is midnight UTC), or an age such as `2h`. @throws ShopError `INVALID_INPUT` */
export function parseTime(field: string, text: string, now: number = Date.now()): Date {
  if (!Number.isNaN(durationMs(text))) return new Date(now - parseDuration(field, text));
  const time = ISO_TIME.test(text) ? new Date(text) : new Date(Number.NaN);
  // the 30th of February would be taken as the 2nd of March
  const date = text.slice(0, 10);
  if (Number.isNaN(time.getTime()) || new Date(`${date}T00:00:00Z`).toISOString().slice(0, 10) !== date) {
    throw invalid(field, phrase('must be a time such as 2026-01-31, 2026-01-31T09:30:00Z, or an age such as 2h'));
  }
  return time;
}

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 1_000;

/** Options of every list: the rows of one page. */
export const LIST_OPTIONS = {
  limit: {
    flags: '--limit <n>',
    description: 'at most this many rows, 1 to 1000 (default: 20)',
    parse: (text) => parseWhole('--limit', text, 1, MAX_LIMIT),
    default: DEFAULT_LIMIT,
  },
  after: {
    flags: '--after <id>',
    description: 'go on after this id, the last one that was seen',
    parse: (text) => parseWhole('--after', text, 1, Number.MAX_SAFE_INTEGER),
  },
} satisfies OptionSpecs;

/** A port, 0 for any that is free. @throws ShopError `INVALID_INPUT` */
export function parsePort(field: string, text: string): number {
  return parseWhole(field, text, 0, MAX_PORT);
}

/** A host name or an address. @throws ShopError `INVALID_INPUT` */
export function parseHost(field: string, text: string): string {
  if (!HOST.test(text)) throw invalid(field, phrase('must be a host name or an address'));
  return text;
}

/** One of a few words. @throws ShopError `INVALID_INPUT`, with what was given and what could have been */
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

/** An option that takes one of a few words. */
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

/** `--since`, `--until` and the like. */
export function timeOption(flags: ValueFlags, description: string) {
  return {
    flags,
    description,
    parse: (text) => parseTime(nameOf(flags), text),
  } satisfies OptionSpec;
}

/** `--limit` of `--limit <n>`. */
function nameOf(flags: ValueFlags): string {
  return flags.replace(/ <.*/, '');
}
