import { type OptionSpec, optional, parseChoice } from '../options.ts';
import type { RowFormat } from './rows.ts';

const FORMATS: readonly RowFormat[] = ['csv', 'jsonl'];

/** Of every command that reads a file of rows. */
export const FORMAT_OPTION: OptionSpec = {
  flags: '--format <format>',
  description: "csv or jsonl (default: by the file's ending, or its first character)",
  values: FORMATS,
};

/** @throws ShopError `INVALID_INPUT` */
export function parseRowFormat(text: string | undefined): RowFormat | undefined {
  return optional(text, (format) => parseChoice('--format', format, FORMATS));
}
