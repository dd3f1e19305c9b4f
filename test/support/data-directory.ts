import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import type { DevConfig } from '../../src/config/config.ts';
import { makePrivateFolder } from '../../src/dev/files.ts';
import { folderOf } from '../../src/dev/folder.ts';
import { prepareMysql } from '../../src/dev/mysql-server.ts';
import { findProgram } from '../../src/dev/programs.ts';

/** An environment whose MySQL has made its data directory and has not been started. */
export interface NewData {
  readonly directory: string;
  readonly remove: () => Promise<void>;
}

/** Has the configured MySQL or MariaDB make a data directory, or answers null where there is no such program. */
export async function makeData(dev: DevConfig, say: (line: string) => void): Promise<NewData | null> {
  const program = await findProgram('mysql', { given: dev.mysqld, remembered: null });
  if (program === null) return null;
  const directory = await mkdtemp(join(tmpdir(), 'shop-data-'));
  await prepareMysql(program, folderOf(directory), { say: (line) => say(String(line)) });
  return { directory, remove: () => rm(directory, { recursive: true, force: true }) };
}

/**
 * Gives an environment of a test the data directory that this run has made: a server takes seconds to make one, and all
 * would be the same. Where there is none, the environment makes its own.
 */
export async function takeData(directory: string): Promise<void> {
  const from = inject('dataDirectory');
  if (from !== null) await copyData(from, directory);
}

/** Copies a new data directory from one environment to another. */
export async function copyData(from: string, to: string): Promise<void> {
  await makePrivateFolder(folderOf(to).mysql);
  await cp(folderOf(from).mysql, folderOf(to).mysql, { recursive: true });
  // it holds the server's name in replication, which no two may share; a server that finds none makes one
  await rm(join(folderOf(to).mysql, 'data', 'auto.cnf'), { force: true });
}
