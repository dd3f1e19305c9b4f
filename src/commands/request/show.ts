import { command } from '../../cli/command.ts';
import { answer, columns } from '../../cli/output/view.ts';
import { parseKey } from '../../domain/input.ts';
import { phrase } from '../../domain/phrase.ts';
import type { RequestRecord } from '../../domain/requests/request.ts';
import { REQUEST } from './view.ts';

/** `shop request show` */
export const show = command({
  name: 'show',
  summary: 'Show a request with its outcome',
  arguments: [
    {
      name: 'key',
      description: "the request's key, or its id",
      values: 'request',
      parse: parseKey,
      ask: async (context) => {
        const [{ chooseNewest, NEWEST }, { listRequests }, { showRequest }] = await Promise.all([
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
          newest: () => listRequests(session, NEWEST),
          find: (text) => showRequest(session, parseKey(text)),
          word: ({ key }) => key,
        });
      },
    },
  ],
  examples: ['shop request show payment-2041', 'shop request show 17 --json'],
  run: async (context, [key]) => {
    const { showRequest } = await import('../../domain/requests/request.ts');
    return answer(await showRequest(await context.session(), key), REQUEST);
  },
});
