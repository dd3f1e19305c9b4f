import { choiceOption } from '../options.ts';
import type { RowFormat } from './rows.ts';

const FORMATS: readonly RowFormat[] = ['csv', 'jsonl'];

/** The `--format` option of every command that reads a file of rows. */
export const FORMAT_OPTION = choiceOption(
  '--format <format>',
  FORMATS,
  'csv or jsonl (default: by the file extension, else by the first character)',
);
