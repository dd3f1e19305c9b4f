import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import type { DevConfig } from '../../src/config/config.ts';
import { makePrivateFolder } from '../../src/dev/files.ts';
import { folderOf } from '../../src/dev/folder.ts';
import { prepareMysql } from '../../src/dev/mysql-server.ts';
import { findProgram } from '../../src/dev/programs.ts';

/** An environment with an initialized MySQL data directory, on which no server has run. */
export interface PreparedDataDirectory {
  readonly directory: string;
  readonly remove: () => Promise<void>;
}

/** Initializes a data directory with the configured MySQL or MariaDB. Returns null if no such program is installed. */
export async function createDataDirectory(
  dev: DevConfig,
  say: (line: string) => void,
): Promise<PreparedDataDirectory | null> {
  const program = await findProgram('mysql', { given: dev.mysqld, remembered: null });
  if (program === null) return null;
  const directory = await mkdtemp(join(tmpdir(), 'shop-data-'));
  await prepareMysql(program, folderOf(directory), { say: (line) => say(String(line)) });
  return { directory, remove: () => rm(directory, { recursive: true, force: true }) };
}

/**
 * Copies the initialized data directory of this run into an environment, which saves seconds. Does nothing if the run
 * has none.
 */
export async function reuseDataDirectory(directory: string): Promise<void> {
  const from = inject('dataDirectory');
  if (from !== null) await copyData(from, directory);
}

/** Copies a new data directory from one environment to another. */
export async function copyData(from: string, to: string): Promise<void> {
  await makePrivateFolder(folderOf(to).mysql);
  await cp(folderOf(from).mysql, folderOf(to).mysql, { recursive: true });
  // auto.cnf contains the server's replication id, which must be unique; a server without this file creates one
  await rm(join(folderOf(to).mysql, 'data', 'auto.cnf'), { force: true });
}
