import type { Context } from '../../cli/context.ts';
import { columns, forPeople, listView } from '../../cli/output/view.ts';
import { phrase } from '../../domain/phrase.ts';

type Setting = Awaited<ReturnType<Context['settings']>>[number];

/** Columns of the settings. Below its rows, a table explains why a value can't be used. */
export const SETTINGS = forPeople(
  listView<Setting>(
    phrase('There are no settings.'),
    ...columns<Setting>({ setting: 'word', value: 'prose', source: 'prose', problem: 'prose' }),
  ),
  {
    hidden: ['problem'],
    foot: (settings) => settings.flatMap(({ problem }) => problem ?? []),
  },
);
