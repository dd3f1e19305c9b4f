import { done } from '../../cli/output/marks.ts';
import { columns, forPeople, listView, type View } from '../../cli/output/view.ts';
import type { DownReport, EnvironmentStatus, LogLine, ServiceStatus } from '../../dev/environment.ts';
import { phrase } from '../../domain/phrase.ts';

/** Columns of the local servers and the worker. */
export const STATUS: View<EnvironmentStatus, ServiceStatus> = {
  kind: 'list',
  columns: columns<ServiceStatus>({
    name: 'text',
    state: 'status',
    pid: 'identifier',
    port: 'identifier',
    version: 'text',
    log: 'text',
  }),
  rows: ({ services }) => services,
  empty: phrase('Nothing has been started.'),
};

/** View of the services after `dev up`, when all of them run. */
export const UP = forPeople(STATUS, {
  headline: ({ services }) =>
    done(
      phrase`Running: ${services
        .filter(({ state }) => state === 'running')
        .map(({ name }) => name)
        .join(', ')}.`,
    ),
  hidden: ['state'],
});

/** View of the services that `dev down` has stopped. */
export const DOWN: View<DownReport, { stopped: string }> = {
  kind: 'list',
  columns: columns<{ stopped: string }>({ stopped: 'text' }),
  rows: ({ stopped }) => stopped.map((name) => ({ stopped: name })),
  empty: phrase('Nothing was running.'),
  headline: ({ stopped }) => (stopped.length === 0 ? null : done(phrase`Stopped: ${stopped.join(', ')}.`)),
  hidden: ['stopped'],
  foot: ({ killed }) => (killed.length === 0 ? [] : [phrase`killed after not stopping in time: ${killed.join(', ')}`]),
};

/** View of the services that `dev reset` has stopped, with a headline about the deleted environment. */
export const RESET: typeof DOWN = {
  ...DOWN,
  headline: ({ stopped }) =>
    done(
      stopped.length === 0
        ? phrase('The local environment is deleted.')
        : phrase`Stopped ${stopped.join(', ')}. The local environment is deleted.`,
    ),
};

/** Columns of the lines of logs. */
export const LOGS = listView<LogLine>(phrase('No logs.'), ...columns<LogLine>({ service: 'text', line: 'prose' }));
