import { setTimeout as delay } from 'node:timers/promises';
import { ShopError } from '../../domain/errors.ts';
import { parseRef } from '../../domain/input.ts';
import { type Phrase, phrase } from '../../domain/phrase.ts';
import type { Matches } from '../../domain/shop/search.ts';
import type { Language } from '../i18n/language.ts';
import type { Column } from '../output/view.ts';
import { listChoices } from './choices.ts';
import type { Offer } from './prompter.ts';

/** So long nothing more has to be typed before a name is searched for. */
const TYPING_MS = 100;

interface NamedRow {
  readonly id: number;
  readonly name: string;
}

/** A reference as it is typed. */
export const REFERENCE: Column<{ readonly reference: string | null }> = {
  name: 'reference',
  value: ({ reference }) => (reference === null ? null : `@${reference}`),
};

/** What is searched for, and how what was found is listed. */
export interface SearchSpec<Row extends NamedRow> {
  readonly kind: 'user' | 'product';
  readonly columns: readonly Column<Row>[];
  readonly search: (typed: string, signal: AbortSignal) => Promise<Matches<Row>>;
  /** Said where there is none at all. */
  readonly noneYet: Phrase;
  /** Said where none fits what was typed. */
  readonly notFound: Phrase;
}

/** What a search finds, to choose from; what it does not find is remarked on. */
export async function searchOffer<Row extends NamedRow>(
  spec: SearchSpec<Row>,
  typed: string,
  signal: AbortSignal,
  language: Language,
): Promise<Offer<Row>> {
  const { columns, search } = spec;
  if (/^[^@\d]/.test(typed)) await delay(TYPING_MS, undefined, { signal });
  const { rows, besides } = await search(typed, signal);
  const remark = besides === 'none' ? undefined : REMARKS[besides];
  if (rows.length === 0) return { choices: [], remark: remark ?? whyNone(spec, typed.trim()) };
  return {
    ...listChoices(columns, rows, ({ name, id }) => `${name} (${id})`, language),
    ...(remark === undefined ? {} : { remark }),
  };
}

const REMARKS = {
  more: phrase('There are more: type more of the name to narrow them down.'),
  unseen: phrase('Only the newest were looked through: older ones are found by id or @reference.'),
} as const;

function whyNone<Row extends NamedRow>({ kind, noneYet, notFound }: SearchSpec<Row>, typed: string): Phrase {
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
