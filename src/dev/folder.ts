import { join } from 'node:path';
import { localUrlsFile } from '../config/local-urls.ts';
import { type Phrase, phrase } from '../domain/phrase.ts';

/** Paths in the local environment's folder. `reset` deletes only these paths. */
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

/** Names of the services in messages. */
export const TITLES: Readonly<Record<ServiceName, string | Phrase>> = {
  mysql: 'MySQL',
  redis: 'Redis',
  worker: phrase('the worker'),
};

/** Returns the paths in the folder `root`, which is an absolute path. */
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

/** Returns the path of a service's log. For a service in a container, the file is written only when the service stops. */
export function logFile(folder: Folder, service: ServiceName): string {
  return join(folder.logs, `${service}.log`);
}
