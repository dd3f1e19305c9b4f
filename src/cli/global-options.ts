import { invalid } from '../domain/input.ts';
import { phrase } from '../domain/phrase.ts';
import { parseChoice } from './option-values.ts';
import type { OptionSpecs } from './options.ts';

export const FORMATS = ['table', 'json', 'jsonl', 'csv', 'tsv'] as const;
export type Format = (typeof FORMATS)[number];

/** The global options, as commander passes them. */
export interface GlobalFlags {
  readonly output?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly input?: boolean;
  readonly yes?: boolean;
  readonly actor?: string;
}

/** Merges the global options of a command line with those of its shell, which are the defaults. */
export function withDefaults(flags: GlobalFlags, defaults: GlobalFlags): GlobalFlags {
  const { output, json, ...others } = defaults;
  const hasFormat = flags.output !== undefined || flags.json === true;
  // commander sets `input` to true if `--no-input` is not given
  const input = flags.input !== false && defaults.input !== false;
  return { ...(hasFormat ? others : defaults), ...flags, input };
}

/** Returns the requested format, or the default, which is a table on a terminal and tab-separated values in a pipe. */
export function parseFormat({ output, json }: GlobalFlags, onTerminal: boolean): Format {
  if (output === undefined) return json === true ? 'json' : onTerminal ? 'table' : 'tsv';
  const format = parseChoice('--output', output, FORMATS);
  if (json === true && format !== 'json') throw invalid('--json', phrase`can't be combined with --output ${format}`);
  return format;
}

/** The options that every command takes. `Context` parses them. */
export const GLOBAL_OPTIONS = {
  output: {
    flags: '-o, --output <format>',
    description: `${FORMATS.join(', ')} (default: table on a terminal, tsv in a pipe)`,
    values: FORMATS,
    parse: String,
  },
  json: { flags: '--json', description: 'same as --output json' },
  quiet: { flags: '--quiet', description: 'print only errors on standard error' },
  verbose: {
    flags: '--verbose',
    description: 'print stack traces of errors, and a message when data is read from the replica',
  },
  input: { flags: '--no-input', description: 'never prompt; fail if input is missing' },
  yes: { flags: '--yes', description: 'skip confirmation prompts' },
  actor: {
    flags: '--actor <name>',
    description: "name to record as the actor (default: SHOP_ACTOR, or the operating system's user)",
    parse: String,
  },
} satisfies OptionSpecs;

/**
 * Returns true if errors are printed as JSON. The function scans the raw words, because the error may be that they can't be
 * parsed.
 */
export function wantsJson(argv: readonly string[], defaults: GlobalFlags): boolean {
  const format = argv.findIndex((word) => word === '-o' || word === '--output');
  const joined = argv.map((word) => /^(?:-o=?|--output=)(\w+)$/.exec(word)?.[1]).find((name) => name !== undefined);
  const requested = joined ?? (format === -1 ? undefined : argv[format + 1]);
  if (argv.includes('--json') || /^jsonl?$/.test(requested ?? '')) return true;
  return requested === undefined && (defaults.json === true || /^jsonl?$/.test(defaults.output ?? ''));
}
