import type { ProgramSpec } from '../command.ts';
import type { Language } from '../i18n/language.ts';
import { type Streams, write } from '../io.ts';
import { visible } from '../output/visible.ts';
import { Program } from '../program.ts';
import type { Candidate } from './candidate.ts';
import { type Cursor, readToCursor } from './cursor.ts';

/** What the shell is to do: take the words, leave no space behind the one it takes, or complete a file's name itself. */
type Mode = 'words' | 'open' | 'files';

/** What a shell's word may be made of, so that no shell takes anything in it for more than a letter. */
const PLAIN = /^[A-Za-z0-9@._:=-]+$/;
const LONGEST_ABOUT = 100;

/**
 * Answers what may stand at the end of a command line, to the scripts of `shop completion`: a line with the mode, then a
 * line for each word, with what it is behind a tab. The scripts may be older than the program: lines are never to mean
 * anything else.
 *
 * @param words what was typed behind the program's name, up to the cursor; the last may be empty.
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

/** What the last of `words` may be. */
export interface Completions {
  readonly mode: Mode;
  /** Whole words, which begin with what was typed. */
  readonly candidates: readonly Candidate[];
}

/** Finds what the last of these words may be, in a program that is only inspected. */
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
  { values, typed }: Cursor,
  language: Language,
): Promise<readonly Candidate[]> {
  if (values === undefined || values === 'file') return [];
  if (typeof values !== 'string') return values.map((word) => ({ word, about: '' }));
  const [{ fromDatabase }, find] = await Promise.all([import('./from-database.ts'), spec.loadFindValues()]);
  if (values !== 'item') return fromDatabase(find, values, typed, language);
  const products = await fromDatabase(find, 'product', typed, language);
  return products.map(({ word, about }) => ({ word: `${word}:`, about }));
}

function modeOf({ values }: Cursor): Mode {
  if (values === 'file') return 'files';
  // behind the product comes how many of it
  return values === 'item' ? 'open' : 'words';
}

/** One line that is safe for a terminal, cut where it is long. */
function shown(about: string): string {
  const characters = [...visible(about)];
  return characters.length > LONGEST_ABOUT
    ? `${characters.slice(0, LONGEST_ABOUT - 3).join('')}...`
    : characters.join('');
}
