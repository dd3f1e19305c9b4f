import { type Phrase, phrase } from '../../domain/phrase.ts';
import type { Context } from '../context.ts';
import type { Column } from '../output/view.ts';
import { listChoices } from './choices.ts';
import type { Offer } from './prompter.ts';

/** The page of newest rows that the prompt offers. */
export const NEWEST = { limit: 20 };

/** The rows of a prompt, and the word that names a row on a command line. */
interface NewestChoice<Row> {
  readonly name: string;
  readonly message: Phrase;
  readonly columns: readonly Column<Row>[];
  readonly newest: () => Promise<readonly Row[]>;
  /** Finds the row that the typed text names. @throws ShopError if there is no such row */
  readonly find: (text: string) => Promise<Row>;
  /** Returns the word that names the row on a command line. */
  readonly word: (row: Row) => string;
}

/** Prompts for one of the newest rows, or for any other row that the user types. @throws Interrupted */
export async function chooseNewest<Row>(
  context: Context,
  { name, message, columns, newest, find, word }: NewestChoice<Row>,
) {
  const offer = async (typed: string): Promise<Offer<Row>> => {
    const rows = typed === '' ? await newest() : [await find(typed)];
    if (rows.length === 0) return { choices: [], remark: phrase('There is nothing to choose from.') };
    return listChoices(columns, rows, word, context);
  };
  return [word(await context.prompter.choose(name, offer, message))];
}
