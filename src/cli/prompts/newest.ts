import { type Phrase, phrase } from '../../domain/phrase.ts';
import type { Context } from '../context.ts';
import type { Column } from '../output/view.ts';
import { listChoices } from './choices.ts';
import type { Offer } from './prompter.ts';

/** How many of the newest are offered. */
export const NEWEST = { limit: 20 };

/** What is chosen from, and how the chosen one is named on a command line. */
interface NewestChoice<Row> {
  readonly name: string;
  readonly message: Phrase;
  readonly columns: readonly Column<Row>[];
  readonly newest: () => Promise<readonly Row[]>;
  /** The one that is typed. @throws ShopError where there is none */
  readonly find: (text: string) => Promise<Row>;
  /** What stands for it on a command line. */
  readonly word: (row: Row) => string;
}

/** Asks for one of the newest rows, or any other by what is typed. @throws Interrupted */
export async function chooseNewest<Row>(
  context: Context,
  { name, message, columns, newest, find, word }: NewestChoice<Row>,
) {
  const offer = async (typed: string): Promise<Offer<Row>> => {
    const rows = typed === '' ? await newest() : [await find(typed)];
    if (rows.length === 0) return { choices: [], remark: phrase('There are none yet.') };
    return listChoices(columns, rows, word, context.language);
  };
  return [word(await context.prompter.choose(name, offer, message))];
}
