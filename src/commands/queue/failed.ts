import { command } from '../../cli/command.ts';
import { printList } from '../../cli/list.ts';
import { actorOption, LIST_OPTIONS } from '../../cli/options.ts';
import { FAILED_OPTIONS } from './options.ts';
import { FAILED } from './view.ts';

/** `shop queue failed` */
export const failed = command({
  name: 'failed',
  summary: 'List requests that failed after three attempts, newest first, each with the reason',
  options: {
    ...FAILED_OPTIONS,
    actor: actorOption('only requests recorded by this actor'),
    ...LIST_OPTIONS,
  },
  examples: ['shop queue failed', 'shop queue failed --code PAYMENT_FAILED --since 2h --json'],
  run: async (context, _args, filter) => {
    const { listFailed } = await import('../../domain/requests/list.ts');
    return printList(context, filter, FAILED, {
      read: (session, page) => listFailed(session, { ...filter, ...page }),
    });
  },
});
