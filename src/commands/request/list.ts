import { command } from '../../cli/command.ts';
import { printList } from '../../cli/list.ts';
import { actorOption, choiceOption, LIST_OPTIONS, timeOption } from '../../cli/options.ts';
import { OUTCOME_CODES, REQUEST_KINDS } from '../../domain/requests/kinds/index.ts';
import { REQUEST_STATUSES } from '../../domain/requests/status.ts';
import { REQUESTS } from './view.ts';

/** `shop request list` */
export const list = command({
  name: 'list',
  summary: 'List requests, newest first',
  options: {
    status: choiceOption('--status <status>', REQUEST_STATUSES),
    code: choiceOption('--code <code>', OUTCOME_CODES, 'only requests that were refused or failed with this code'),
    kind: choiceOption('--kind <kind>', REQUEST_KINDS),
    actor: actorOption('only requests recorded by this actor'),
    batch: {
      flags: '--batch <batch>',
      description: 'only requests of this batch (name or id)',
      values: 'batch',
      parse: String,
    },
    since: timeOption('--since <time>', 'only requests recorded at or after this time'),
    until: timeOption('--until <time>', 'only requests recorded before this time'),
    ...LIST_OPTIONS,
  },
  examples: [
    'shop request list --status pending',
    'shop request list --actor cron --since 1d --json',
    'shop request list --batch payroll-2026-11 --kind charge --status refused',
  ],
  run: async (context, _args, filter) => {
    const { listRequests } = await import('../../domain/requests/list.ts');
    return printList(context, filter, REQUESTS, {
      read: (session, page) => listRequests(session, { ...filter, ...page }),
    });
  },
});
