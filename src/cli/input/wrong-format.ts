import { ShopError } from '../../domain/errors.ts';
import { type Phrase, phrase } from '../../domain/phrase.ts';
import { fileWord } from '../shell-word.ts';
import { withoutBlankStart } from './bytes.ts';

const ZIP = Buffer.from('PK\u0003\u0004');
const OLD_WORKBOOK = Buffer.from('d0cf11e0a1b11ae1', 'hex');
/**
 * The first bytes of files that bzip2, xz, zstd, 7-Zip and gzip write. One layer of gzip is unpacked before this check, so a
 * file that still begins like gzip was compressed twice.
 */
const COMPRESSED = ['425a68', 'fd377a585a', '28b52ffd', '377abcaf', '1f8b'].map((hex) => Buffer.from(hex, 'hex'));
const LESS_THAN = '<'.charCodeAt(0);
const OPEN_BRACKET = '['.charCodeAt(0);

const SAVE_AS_CSV = phrase('Open the file in a spreadsheet, and save it as "CSV UTF-8 (comma delimited)".');

/**
 * Refuses a file that begins like a workbook, an archive, HTML, XML or a compressed file.
 *
 * @throws ShopError `INVALID_INPUT` that says how to convert the file.
 */
export function refuseForeign(head: Buffer): void {
  if (startsWith(head, ZIP) || startsWith(head, OLD_WORKBOOK))
    throw refusal(phrase('is a workbook or an archive, not text'), SAVE_AS_CSV);
  if (COMPRESSED.some((start) => startsWith(head, start)))
    throw refusal(phrase('is compressed'), phrase('Unpack the file first; shop unpacks only one layer of gzip.'));
  if (withoutBlankStart(head)[0] === LESS_THAN) throw refusal(phrase('is HTML or XML, not CSV'), SAVE_AS_CSV);
}

/**
 * Refuses JSON that is not one object per line.
 *
 * @param line the first line, or the beginning of it.
 * @param path the file, or `-`.
 * @throws ShopError `INVALID_INPUT` with the command that converts the file.
 */
export function refuseOtherJson(line: string, path: string): void {
  const file = path === '-' ? '' : ` ${fileWord(path)}`;
  if (line.startsWith('['))
    throw refusal(
      phrase('is a JSON array; one object per line is expected'),
      phrase`Convert the file with \`jq -c '.[]'${file} > rows.jsonl\`.`,
    );
  if (!line.startsWith('{') || isJson(line)) return;
  const hint = phrase`Convert the file with \`jq -c .${file} > rows.jsonl\`.`;
  if (JOINED_OBJECTS.test(line)) throw refusal(phrase('has several JSON objects on one line'), hint);
  if (/[{[,:]$/.test(line))
    throw refusal(phrase('has JSON objects that span several lines; one object per line is expected'), hint);
}

/** Matches the end of an object and the start of another. */
export const JOINED_OBJECTS = /\}\s*\{/;

function isJson(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}

/** Returns true if the first character that is not blank begins a JSON array. */
export function startsArray(head: Buffer): boolean {
  return withoutBlankStart(head)[0] === OPEN_BRACKET;
}

function startsWith(bytes: Buffer, start: Buffer): boolean {
  return bytes.subarray(0, start.length).equals(start);
}

function refusal(reason: Phrase, hint: Phrase): ShopError {
  return new ShopError('INVALID_INPUT', { field: 'file', reason }, { hint });
}
