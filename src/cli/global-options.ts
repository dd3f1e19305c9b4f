import { invalid } from '../domain/input.ts';
import { phrase } from '../domain/phrase.ts';
import { type OptionSpecs, parseChoice } from './options.ts';

/** Formats of output. */
export const FORMATS = ['table', 'json', 'jsonl', 'csv', 'tsv'] as const;
export type Format = (typeof FORMATS)[number];

/** Options that every command takes, as commander hands them over. */
export interface GlobalFlags {
  readonly output?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly input?: boolean;
  readonly yes?: boolean;
  readonly actor?: string;
}

/** What a command was given, completed by what its shell was given. */
export function withDefaults(flags: GlobalFlags, defaults: GlobalFlags): GlobalFlags {
  const { output, json, ...others } = defaults;
  const hasFormat = flags.output !== undefined || flags.json === true;
  // true where there is no `--no-input`
  const input = flags.input !== false && defaults.input !== false;
  return { ...(hasFormat ? others : defaults), ...flags, input };
}

/** The format that was asked for, or the default: a table on a terminal, tab-separated values in a pipe. */
export function parseFormat({ output, json }: GlobalFlags, onTerminal: boolean): Format {
  if (output === undefined) return json === true ? 'json' : onTerminal ? 'table' : 'tsv';
  const format = parseChoice('--output', output, FORMATS);
  if (json === true && format !== 'json') throw invalid('--json', phrase`contradicts --output ${format}`);
  return format;
}

/** Options that every command takes. `Context` parses them. */
export const GLOBAL_OPTIONS = {
  output: {
    flags: '-o, --output <format>',
    description: `${FORMATS.join(', ')} (default: table on a terminal, tsv in a pipe)`,
    values: FORMATS,
    parse: String,
  },
  json: { flags: '--json', description: 'the same as --output json' },
  quiet: { flags: '--quiet', description: 'no talk on standard error but errors' },
  verbose: { flags: '--verbose', description: 'show the stack of an error' },
  input: { flags: '--no-input', description: 'never ask; what is missing is an error' },
  yes: { flags: '--yes', description: "consent to what can't be undone" },
  actor: {
    flags: '--actor <name>',
    description: "who is recorded (default: the operating system's user)",
    parse: String,
  },
} satisfies OptionSpecs;

/** Whether errors are JSON. Read from the words themselves, for the error may be that they can't be parsed. */
export function wantsJson(argv: readonly string[], defaults: GlobalFlags): boolean {
  const format = argv.findIndex((word) => word === '-o' || word === '--output');
  const joined = argv.map((word) => /^(?:-o=?|--output=)(\w+)$/.exec(word)?.[1]).find((name) => name !== undefined);
  const asked = joined ?? (format === -1 ? undefined : argv[format + 1]);
  if (argv.includes('--json') || /^jsonl?$/.test(asked ?? '')) return true;
  return asked === undefined && (defaults.json === true || /^jsonl?$/.test(defaults.output ?? ''));
}
