import { type FoundUser, searchUsers } from '../../domain/search.ts';
import type { Context } from '../context.ts';
import { grouped } from '../words.ts';
import type { LineColumn } from './list-lines.ts';
import { searchOffer } from './search-offer.ts';

const COLUMNS: readonly LineColumn<FoundUser>[] = [
  { title: 'ID', text: ({ id }) => String(id), align: 'right' },
  { title: 'REFERENCE', text: ({ reference }) => (reference === null ? '-' : `@${reference}`) },
  { title: 'BALANCE', text: ({ balance }) => grouped(balance), align: 'right' },
  { title: 'NAME', text: ({ name }) => name },
];

/** Asks for a user, by a part of the name, the id or @reference; answers the id. @throws Interrupted */
export async function pickUser(context: Context): Promise<readonly string[]> {
  const session = await context.session();
  const spec = {
    kind: 'user',
    columns: COLUMNS,
    search: (typed: string, signal: AbortSignal) => searchUsers(session, typed, signal),
  } as const;
  const { id } = await context.prompter.choose(
    'user',
    (typed, signal) => searchOffer(spec, typed, signal),
    'user (part of the name, id or @reference)',
  );
  return [String(id)];
}
