import { type Phrase, phrase } from '../../domain/phrase.ts';
import type { Matches } from '../../domain/shop/search.ts';
import type { Context } from '../context.ts';
import type { Column } from '../output/view.ts';
import { listChoices } from './choices.ts';
import type { Offer } from './prompter.ts';
import { remarkOn } from './search.ts';

/** The page of newest rows that the prompt offers. */
export const NEWEST = { limit: 20 };

/** The rows of a prompt, and the word that names a row on a command line. */
interface NewestChoice<Row> {
  readonly name: string;
  readonly message: Phrase;
  readonly columns: readonly Column<Row>[];
  readonly newest: () => Promise<readonly Row[]>;
  /** Finds the rows that the typed text names. @throws ShopError if the text names a row that does not exist */
  readonly find: (text: string, signal: AbortSignal) => Promise<Matches<Row>>;
  /** Returns the word that names the row on a command line. */
  readonly word: (row: Row) => string;
}

const NOTHING = phrase('There is nothing to choose from.');
const NO_MATCH = phrase('Nothing matches this text.');

/** Returns the matches of a text that names one row. */
export function onlyMatch<Row>(row: Row): Matches<Row> {
  return { rows: [row], besides: 'none' };
}

/** Prompts the user to choose one of the newest rows, or to type what finds another row, such as its id. @throws Interrupted */
export async function chooseNewest<Row>(
  context: Context,
  { name, message, columns, newest, find, word }: NewestChoice<Row>,
) {
  const offer = async (typed: string, signal: AbortSignal): Promise<Offer<Row>> => {
    const { rows, besides } =
      typed === '' ? { rows: await newest(), besides: 'none' as const } : await find(typed, signal);
    const remark = remarkOn(besides);
    if (rows.length === 0) return { choices: [], remark: remark ?? (typed === '' ? NOTHING : NO_MATCH) };
    return { ...listChoices(columns, rows, word, context), ...(remark === undefined ? {} : { remark }) };
  };
  return [word(await context.prompter.choose(name, offer, message))];
}
