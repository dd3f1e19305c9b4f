import type { Phrase } from '../domain/phrase.ts';
import { makePrivateFolder } from './files.ts';
import type { Folder } from './folder.ts';
import type { ProgramHost, Programs } from './host.ts';
import { prepareMysql, startMysql, tidyMysql } from './mysql-server.ts';
import { startRedis } from './redis-server.ts';
import type { Secrets } from './state.ts';

export interface ProgramHostOptions {
  readonly folder: Folder;
  readonly secrets: Secrets;
  readonly mysqldArguments: readonly string[];
  readonly say: (line: Phrase) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Returns a host for servers as processes on this machine, with their data in the folder. */
export function programHost(programs: Programs, options: ProgramHostOptions): ProgramHost {
  const { folder, secrets, mysqldArguments } = options;
  return {
    kind: 'programs',
    programs,
    describe: (server) => `${programs[server].flavour} ${programs[server].version} (${programs[server].path})`,
    async prepare(server) {
      await makePrivateFolder(folder.logs);
      if (server === 'mysql') await prepareMysql(programs.mysql, folder, options);
    },
    start: (server, port) =>
      server === 'mysql'
        ? startMysql(programs.mysql, folder, port, secrets, mysqldArguments)
        : startRedis(programs.redis.path, folder, port, secrets),
    async tidy(server) {
      if (server === 'mysql') await tidyMysql(folder);
    },
  };
}
