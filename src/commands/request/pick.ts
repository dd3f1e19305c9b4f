import type { Context } from '../../cli/context.ts';
import { fields } from '../../cli/output/view.ts';
import { chooseNewest, NEWEST } from '../../cli/prompts/newest.ts';
import { parseKey } from '../../domain/input.ts';
import { phrase } from '../../domain/phrase.ts';
import { listRequests } from '../../domain/requests/list.ts';
import { type RequestRecord, showRequest } from '../../domain/requests/request.ts';

/** Asks for a request: one of the newest, or a key or id. @throws Interrupted */
export async function pickRequest(context: Context): Promise<readonly string[]> {
  const session = await context.session();
  const columns = fields<RequestRecord>('id', 'kind', 'status', 'createdAt', 'key');
  return chooseNewest(context, {
    name: 'key',
    message: phrase('request (one of the newest, or a key or id)'),
    columns,
    newest: () => listRequests(session, NEWEST),
    find: (text) => showRequest(session, parseKey(text)),
    word: ({ key }) => key,
  });
}
