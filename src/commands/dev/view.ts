import { fields, type View } from '../../cli/output/view.ts';
import type { DownReport, EnvironmentStatus, ServiceStatus } from '../../dev/environment.ts';
import { phrase } from '../../domain/phrase.ts';

export const STATUS: View<EnvironmentStatus, ServiceStatus> = {
  kind: 'list',
  columns: fields<ServiceStatus>('name', 'state', 'pid', 'port', 'version', 'log'),
  rows: ({ services }) => services,
  empty: phrase('Nothing has been started.'),
};

export const DOWN: View<DownReport, { stopped: string }> = {
  kind: 'list',
  columns: fields<{ stopped: string }>('stopped'),
  rows: ({ stopped }) => stopped.map((name) => ({ stopped: name })),
  empty: phrase('Nothing was running.'),
};
