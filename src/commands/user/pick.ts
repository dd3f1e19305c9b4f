import type { Context } from '../../cli/context.ts';
import { type Column, field, fields } from '../../cli/output/view.ts';
import { REFERENCE, searchOffer } from '../../cli/prompts/search.ts';
import { phrase } from '../../domain/phrase.ts';
import { type FoundUser, searchUsers } from '../../domain/shop/search.ts';

const COLUMNS: readonly Column<FoundUser>[] = [field('id'), REFERENCE, ...fields<FoundUser>('balance', 'name')];

/** Asks for a user, by a part of the name, the id or @reference; answers the id. @throws Interrupted */
export async function pickUser(context: Context): Promise<readonly string[]> {
  const session = await context.session();
  const spec = {
    kind: 'user',
    columns: COLUMNS,
    search: (typed: string, signal: AbortSignal) => searchUsers(session, typed, signal),
    noneYet: phrase('There are no users yet.'),
    notFound: phrase('No user has that in the name, as id or as @reference.'),
  } as const;
  const { id } = await context.prompter.choose(
    'user',
    (typed, signal) => searchOffer(spec, typed, signal, context.language),
    phrase('user (part of the name, id or @reference)'),
  );
  return [String(id)];
}
