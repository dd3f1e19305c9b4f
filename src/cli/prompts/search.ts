import { setTimeout as delay } from 'node:timers/promises';
import { ShopError } from '../../domain/errors.ts';
import { parseRef } from '../../domain/input.ts';
import { type Phrase, phrase } from '../../domain/phrase.ts';
import type { Matches } from '../../domain/shop/search.ts';
import type { Context } from '../context.ts';
import { named } from '../output/numbers.ts';
import type { Column } from '../output/view.ts';
import { listChoices } from './choices.ts';
import type { Offer } from './prompter.ts';

/** Time without a key press after which the search for a name starts. */
const TYPING_MS = 100;

interface NamedRow {
  readonly id: number;
  readonly name: string;
}

/** The column of references, with the `@` that users type before a reference. */
export const REFERENCE: Column<{ readonly reference: string | null }> = {
  name: 'reference',
  value: ({ reference }) => (reference === null ? null : `@${reference}`),
};

/** A search of a prompt, and the columns of its results. */
export interface SearchSpec<Row extends NamedRow> {
  readonly kind: 'user' | 'product';
  readonly columns: readonly Column<Row>[];
  readonly search: (typed: string, signal: AbortSignal) => Promise<Matches<Row>>;
  /** The text if there are no rows at all. */
  readonly noneYet: Phrase;
  /** The text if no row matches the typed text. */
  readonly notFound: Phrase;
}

/** Searches and offers the results, with a remark if there may be more matches. */
export async function searchOffer<Row extends NamedRow>(
  spec: SearchSpec<Row>,
  typed: string,
  signal: AbortSignal,
  context: Context,
): Promise<Offer<Row>> {
  const { columns, search } = spec;
  await pauseForTyping(typed, signal);
  const { rows, besides } = await search(typed, signal);
  const remark = remarkOn(besides);
  if (rows.length === 0) return { choices: [], remark: remark ?? noResultText(spec, typed.trim()) };
  return {
    ...listChoices(columns, rows, ({ name, id }) => named(name, id), context),
    ...(remark === undefined ? {} : { remark }),
  };
}

/** Waits until the user pauses while typing a name, so that not every letter starts a search. */
export async function pauseForTyping(typed: string, signal: AbortSignal): Promise<void> {
  if (/^[^@\d]/.test(typed)) await delay(TYPING_MS, undefined, { signal });
}

/** Returns the line below results that may not be all matches. */
export function remarkOn(besides: Matches<unknown>['besides']): Phrase | undefined {
  return besides === 'none' ? undefined : REMARKS[besides];
}

const REMARKS = {
  more: phrase('Not all matches are shown; type more to narrow the search.'),
  unseen: phrase('Only the newest entries were searched; find older entries by id or @reference.'),
} as const;

function noResultText<Row extends NamedRow>({ kind, noneYet, notFound }: SearchSpec<Row>, typed: string): Phrase {
  if (typed === '') return noneYet;
  if (/^[@\d]/.test(typed)) {
    try {
      parseRef(kind, typed);
    } catch (error) {
      if (error instanceof ShopError) return error.text.message;
      throw error;
    }
  }
  return notFound;
}
