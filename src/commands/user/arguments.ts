import type { ArgumentSpec } from '../../cli/command.ts';
import { columns } from '../../cli/output/view.ts';
import { parseRef } from '../../domain/input.ts';
import { phrase } from '../../domain/phrase.ts';
import type { FoundUser } from '../../domain/shop/search.ts';

/** The argument for a user. The prompt accepts a part of the name, the id or @reference. */
export const USER_ARGUMENT = {
  name: 'user',
  description: "the user's id, or @reference",
  values: 'user',
  parse: (text) => parseRef('user', text),
  ask: async (context) => {
    const [{ REFERENCE, searchOffer }, { searchUsers }] = await Promise.all([
      import('../../cli/prompts/search.ts'),
      import('../../domain/shop/search.ts'),
    ]);
    const session = await context.session();
    const spec = {
      kind: 'user',
      columns: [
        ...columns<FoundUser>({ id: 'identifier' }),
        REFERENCE,
        ...columns<FoundUser>({ balance: 'amount', name: 'text' }),
      ],
      search: (typed: string, signal: AbortSignal) => searchUsers(session, typed, signal),
      noneYet: phrase('There are no users yet.'),
      notFound: phrase('No user matches this name, id or @reference.'),
    } as const;
    const { id } = await context.prompter.choose(
      'user',
      (typed, signal) => searchOffer(spec, typed, signal, context.language),
      phrase('user (part of the name, id or @reference)'),
    );
    return [String(id)];
  },
} satisfies ArgumentSpec;
