import { join } from 'node:path';
import { localUrlsFile } from '../config/local-urls.ts';
import { type Phrase, phrase } from '../domain/phrase.ts';

/** The parts of the local environment's folder. `reset` deletes these and nothing else. */
export interface Folder {
  readonly root: string;
  readonly environment: string;
  readonly state: string;
  readonly lock: string;
  readonly mysql: string;
  readonly redis: string;
  readonly logs: string;
}

export type ServerName = 'mysql' | 'redis';
export type ServiceName = ServerName | 'worker';

/** How people call the services. */
export const TITLES: Readonly<Record<ServiceName, string | Phrase>> = {
  mysql: 'MySQL',
  redis: 'Redis',
  worker: phrase('the worker'),
};

/** Where everything is in the folder `root` (an absolute path). */
export function folderOf(root: string): Folder {
  return {
    root,
    environment: localUrlsFile(root),
    state: join(root, 'state.json'),
    lock: join(root, 'lock'),
    mysql: join(root, 'mysql'),
    redis: join(root, 'redis'),
    logs: join(root, 'logs'),
  };
}

/** The log of a service that runs as a process of this machine. */
export function logFile(folder: Folder, service: ServiceName): string {
  return join(folder.logs, `${service}.log`);
}
