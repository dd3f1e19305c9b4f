import { columns, listView, type View } from '../../cli/output/view.ts';
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

/** Columns of what was stopped. */
export const DOWN: View<DownReport, { stopped: string }> = {
  kind: 'list',
  columns: columns<{ stopped: string }>({ stopped: 'text' }),
  rows: ({ stopped }) => stopped.map((name) => ({ stopped: name })),
  empty: phrase('Nothing was running.'),
};

/** Columns of the lines of logs. */
export const LOGS = listView<LogLine>(phrase('No logs.'), ...columns<LogLine>({ service: 'text', line: 'prose' }));
