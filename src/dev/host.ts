import type { Phrase } from '../domain/phrase.ts';
import type { ServerName } from './folder.ts';
import type { Program } from './programs.ts';
import type { Running } from './state.ts';

/** A way to run servers. */
interface ServerHost {
  /** One line on what a server is made from, like `mysqld 9.7.4` or `mysql:9.7 in Docker`. */
  describe(server: ServerName): string | Phrase;
  /** Makes what must be there before the server can start; does nothing the second time. */
  prepare(server: ServerName): Promise<void>;
  /** Starts the server on 127.0.0.1:`port` and does not wait until it answers. */
  start(server: ServerName, port: number): Promise<Running>;
  /** Removes what only the start needed, whether it went well or not. */
  tidy(server: ServerName): Promise<void>;
}

/** Servers in containers. */
export interface DockerHost extends ServerHost {
  readonly kind: 'docker';
}

/** The programs of this machine, one for each server. */
export type Programs = Readonly<Record<ServerName, Program>>;

/** Servers as processes of this machine. */
export interface ProgramHost extends ServerHost {
  readonly kind: 'programs';
  readonly programs: Programs;
}

export type Host = DockerHost | ProgramHost;
