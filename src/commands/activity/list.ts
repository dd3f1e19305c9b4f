import { command } from '../../cli/command.ts';
import { printList } from '../../cli/list.ts';
import { actorOption, choiceOption, LIST_OPTIONS, timeOption } from '../../cli/options.ts';
import { ACTIONS } from '../../domain/activities/actions.ts';
import { parseCursor } from '../../domain/activities/cursor.ts';
import { ACTIVITIES } from './view.ts';

/** `shop activity list` */
export const list = command({
  name: 'list',
  summary: 'List changes and who made them, newest first',
  options: {
    actor: actorOption('only changes by this actor'),
    action: choiceOption('--action <command>', ACTIONS),
    since: timeOption('--since <time>', 'only changes at or after this time'),
    until: timeOption('--until <time>', 'only changes before this time'),
    ...LIST_OPTIONS,
    after: {
      flags: '--after <cursor>',
      description: 'start after this cursor (for the next page); give the same filters as for the previous page',
      parse: (text) => parseCursor('--after', text),
    },
  },
  examples: [
    'shop activity list --since 1d',
    'shop activity list --actor night-shift --action "product reprice" --json',
  ],
  run: async (context, _args, filter) => {
    const { listActivities } = await import('../../domain/activities/list.ts');
    return printList(context, filter, ACTIVITIES, {
      read: (session, page) => listActivities(session, { ...filter, ...page }),
      positionOf: ({ cursor }) => cursor,
    });
  },
});
