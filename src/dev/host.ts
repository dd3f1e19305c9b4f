import type { Phrase } from '../domain/phrase.ts';
import type { ServerName } from './folder.ts';
import type { Program } from './programs.ts';
import type { Running } from './state.ts';

/** A way to run servers. */
interface ServerHost {
  /** Describes a server in one line, such as `MySQL 9.7.4 (/usr/sbin/mysqld)` or `mysql:9.7 in Docker`. */
  describe(server: ServerName): string | Phrase;
  /** Prepares a start of the server, for example by creating the data directory if it is missing. */
  prepare(server: ServerName): Promise<void>;
  /** Starts the server on 127.0.0.1:`port`, without waiting until it is ready. */
  start(server: ServerName, port: number): Promise<Running>;
  /** Removes the temporary files of a start, whether or not it succeeded. */
  tidy(server: ServerName): Promise<void>;
}

/** Servers in containers. */
export interface DockerHost extends ServerHost {
  readonly kind: 'docker';
}

/** Server programs on this machine. */
export type Programs = Readonly<Record<ServerName, Program>>;

/** Servers as processes on this machine. */
export interface ProgramHost extends ServerHost {
  readonly kind: 'programs';
  readonly programs: Programs;
}

export type Host = DockerHost | ProgramHost;
