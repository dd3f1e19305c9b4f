import type { Runner } from '../../cli/command.ts';
import { LIST_OPTIONS, type ListFlags, parsePage } from '../../cli/options.ts';
import { answer, fields, listView, withSpareColumns } from '../../cli/output/view.ts';
import { addCommand, type Command } from '../../cli/registration.ts';
import { phrase } from '../../domain/phrase.ts';
import type { FailedRequest } from '../../domain/requests/list.ts';
import { FAILED_OPTIONS, type FailedFlags, parseFailedFilter } from './arguments.ts';

const FAILED = withSpareColumns(
  listView<FailedRequest>(
    phrase('Nothing has failed.'),
    ...fields<FailedRequest>('id', 'key', 'kind', 'code', 'attempts', 'actor', 'host', 'createdAt', 'decidedAt'),
    { name: 'reason', value: ({ reasons }) => reasons.at(-1)?.reason ?? null, kind: 'prose' },
  ),
  'attempts',
  'host',
  'createdAt',
  'actor',
  'decidedAt',
);

/** `shop queue failed` */
export function addFailed(group: Command, runner: Runner): void {
  addCommand<FailedFlags & ListFlags>(
    group,
    {
      name: 'failed',
      summary: 'List requests that have failed for good, with the reason, newest first',
      options: [...FAILED_OPTIONS, ...LIST_OPTIONS],
      examples: ['shop queue failed', 'shop queue failed --code PAYMENT_FAILED --since 2h --json'],
      run: async (context, _args, flags) => {
        const filter = { ...parseFailedFilter(flags), ...parsePage(flags) };
        const { listFailed } = await import('../../domain/requests/list.ts');
        return answer(await context.read(async (server) => listFailed(await server.session(), filter)), FAILED);
      },
    },
    runner,
  );
}
