import { invalid } from '../../domain/input.ts';
import { phrase } from '../../domain/phrase.ts';
import { choiceOption, type OptionSpecs } from '../options.ts';
import { parseMap } from './map-argument.ts';
import type { RowFormat } from './rows.ts';

const FORMATS: readonly RowFormat[] = ['csv', 'jsonl'];

/** The options of every command that reads a file of rows. */
export const FILE_OPTIONS = {
  format: choiceOption(
    '--format <format>',
    FORMATS,
    'csv or jsonl (default: detected from the file extension, or from the first character)',
  ),
  encoding: {
    flags: '--encoding <encoding>',
    description:
      'encoding of the file, such as cp949 or windows-1252 (default: UTF-8, or UTF-16 if the file has its byte-order mark)',
    parse: String,
  },
  delimiter: {
    flags: '--delimiter <character>',
    description:
      'separator of a CSV file: one punctuation mark, or the word tab (default: comma, semicolon or tab, detected from the header)',
    parse: parseDelimiter,
  },
  map: {
    flags: '--map <columns>',
    description:
      'headings of the columns in the file, as column=heading, such as reference="Variant SKU",name=Title; with this option, unknown columns are ignored',
    parse: parseMap,
  },
} satisfies OptionSpecs;

/** Parses a separator: an ASCII punctuation mark, or `tab`. @throws ShopError `INVALID_INPUT` */
function parseDelimiter(text: string): string {
  if (text === 'tab' || text === '\\t') return '\t';
  if (!/^[!#-/:-@[-`{-~\t]$/.test(text))
    throw invalid('--delimiter', phrase('must be one punctuation mark, such as ; or |, or the word tab'));
  return text;
}
