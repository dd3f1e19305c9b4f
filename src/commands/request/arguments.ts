import type { ArgumentSpec } from '../../cli/command.ts';
import type { Context } from '../../cli/context.ts';
import { columns } from '../../cli/output/view.ts';
import { parseKey } from '../../domain/input.ts';
import { phrase } from '../../domain/phrase.ts';
import type { RequestFilter } from '../../domain/requests/list.ts';
import type { RequestRecord } from '../../domain/requests/request.ts';

/** The argument for a request. The prompt offers the newest requests, and also accepts the key or id of any request. */
export const REQUEST_ARGUMENT = {
  name: 'key',
  description: "the request's key, or its id",
  values: 'request',
  parse: parseKey,
  ask: (context) => chooseRequest(context, {}),
} satisfies ArgumentSpec;

/** The argument for a request that can be cancelled. Completion and the prompt offer only pending requests. */
export const PENDING_REQUEST_ARGUMENT = {
  ...REQUEST_ARGUMENT,
  values: 'pending-request',
  ask: (context) => chooseRequest(context, { withdrawable: true }),
} satisfies ArgumentSpec;

async function chooseRequest(
  context: Context,
  filter: Pick<RequestFilter, 'withdrawable'>,
): Promise<readonly string[]> {
  const [{ chooseNewest, NEWEST, onlyMatch }, { listRequests }, { showRequest }] = await Promise.all([
    import('../../cli/prompts/newest.ts'),
    import('../../domain/requests/list.ts'),
    import('../../domain/requests/request.ts'),
  ]);
  const session = await context.session();
  return chooseNewest<RequestRecord>(context, {
    name: 'key',
    message: phrase('request (one of the newest, or a key or id)'),
    columns: columns<RequestRecord>({
      id: 'identifier',
      kind: 'word',
      status: 'status',
      createdAt: 'time',
      key: 'text',
    }),
    newest: () => listRequests(session, { ...NEWEST, ...filter }),
    find: async (text) => onlyMatch(await showRequest(session, parseKey(text))),
    word: ({ key }) => key,
  });
}
