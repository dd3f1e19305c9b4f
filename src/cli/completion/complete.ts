import type { ProgramSpec } from '../command.ts';
import type { Language } from '../i18n/language.ts';
import { type Streams, write } from '../io.ts';
import { visible } from '../output/visible.ts';
import { Program } from '../program.ts';
import type { Candidate } from './candidate.ts';
import { type Cursor, readToCursor } from './cursor.ts';

/** The text that the shell inserts: a word and a space, a word without a space, or a file name. */
type Mode = 'words' | 'open' | 'files';

/** Matches words that need no quotes in any shell. */
const PLAIN = /^[A-Za-z0-9@._:=-]+$/;
const MAX_DESCRIPTION = 100;

/**
 * Prints the completions of a command line for the scripts of `shop completion`: first a line with the mode, then a
 * line for each word, with its description after a tab. A script may be older than the program, so this format must
 * never change.
 *
 * @param words the words after the program's name up to the cursor; the last may be empty.
 */
export async function complete(
  spec: ProgramSpec,
  words: readonly string[],
  streams: Streams,
  language: Language,
): Promise<void> {
  const { mode, candidates } = await completionsOf(new Program(spec, { streams, language }), words, language);
  const lines = candidates.map(({ word, about }) => `${word}\t${shown(about)}\n`);
  await write(streams.stdout, `${mode}\n${lines.join('')}`);
}

/** The completions of the last word. */
export interface Completions {
  readonly mode: Mode;
  /** Whole words that begin with the typed text. */
  readonly candidates: readonly Candidate[];
}

/** Finds the completions of the last word. The program is only inspected; no command runs. */
export async function completionsOf(
  program: Program,
  words: readonly string[],
  language: Language,
): Promise<Completions> {
  const cursor = await readToCursor(program, words);
  const { typed, before } = cursor;
  const candidates = [...cursor.words, ...(await candidatesFor(program, cursor, language))]
    .map(({ word, about }) => ({ word: `${before}${word}`, about }))
    .filter(({ word }) => PLAIN.test(word) && word.startsWith(`${before}${typed}`));
  return { mode: modeOf(cursor), candidates };
}

async function candidatesFor(
  { spec }: Program,
  { values, given, typed }: Cursor,
  language: Language,
): Promise<readonly Candidate[]> {
  if (values === undefined || values === 'file') return [];
  if (typeof values === 'object' && !('items' in values)) return values.map((word) => ({ word, about: '' }));
  const [{ fromDatabase }, find] = await Promise.all([import('./from-database.ts'), spec.loadFindValues()]);
  if (typeof values === 'string') return fromDatabase(find, values, typed, language);
  const products = await fromDatabase(find, values.items, typed, language, values.order?.(given));
  return products.map(({ word, about }) => ({ word: `${word}:`, about }));
}

function modeOf({ values }: Cursor): Mode {
  if (values === 'file') return 'files';
  // no space follows a product, because its quantity comes next
  return typeof values === 'object' && 'items' in values ? 'open' : 'words';
}

/** Formats a description as one line that is safe for a terminal. A long description is cut. */
function shown(about: string): string {
  const characters = [...visible(about)];
  return characters.length > MAX_DESCRIPTION
    ? `${characters.slice(0, MAX_DESCRIPTION - 3).join('')}...`
    : characters.join('');
}
