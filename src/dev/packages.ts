import { rm, writeFile } from 'node:fs/promises';
import { ShopError } from '../domain/errors.ts';
import { type Phrase, phrase } from '../domain/phrase.ts';
import { hasCode, readIfThere } from './files.ts';
import { onPath } from './programs.ts';
import { errorLine, lastLines, type RunResult, run } from './run.ts';

/** Packages that contain only the server, without its service. The first available one is installed. */
const MYSQL = ['mysql-server-core-8.4', 'mysql-server-core-8.0', 'mysql-server-core'];
const MARIADB = 'mariadb-server-core';
/** Package with helpers for `mariadb-install-db`. */
const MARIADB_HELPERS = 'mariadb-client-core';
const REDIS = ['redis-server', 'valkey-server'];

const POLICY_FILE = '/usr/sbin/policy-rc.d';
const LIMIT_MS = 15 * 60_000;

/** Checks whether packages can be installed. This requires Debian or a derivative, the user root, and apt-get. */
export async function canInstallPackages(): Promise<boolean> {
  if (process.getuid?.() !== 0) return false;
  const release = (await readIfThere('/etc/os-release')) ?? '';
  const family = [...release.matchAll(/^ID(?:_LIKE)?="?([^"\n]*)"?$/gm)].flatMap(([, names]) =>
    (names ?? '').split(' '),
  );
  if (!family.includes('debian') && !family.includes('ubuntu')) return false;
  return (await onPath(['apt-get'])).length > 0;
}

/**
 * Installs a database server and Redis from the system's packages, without starting their services.
 *
 * @throws ShopError `CONFIG` with the last lines of apt-get if it fails
 */
export async function installPackages(say: (line: Phrase) => void, signal?: AbortSignal): Promise<void> {
  say(phrase('updating the package lists with apt-get'));
  // a failed update is ignored, because the lists from an earlier update may be sufficient
  await aptGet(['update'], signal);
  const database = (await firstKnown(MYSQL, signal)) ?? MARIADB;
  const redis = (await firstKnown(REDIS, signal)) ?? 'redis-server';
  const packages = [database, ...(database === MARIADB ? [MARIADB_HELPERS] : []), redis];
  say(phrase`installing ${packages.join(' ')} with apt-get`);
  signal?.throwIfAborted();
  // the installation is not interrupted, because that could damage the machine's package database
  const installed = await withoutServices(() => aptGet(['install', '-y', '--no-install-recommends', ...packages]));
  signal?.throwIfAborted();
  if (installed.code === 0) return;
  const lines = lastLines(installed.stderr || installed.stdout, 10);
  throw new ShopError(
    'CONFIG',
    { setting: 'apt-get', lastLines: lines },
    {
      message: phrase`apt-get can't install ${packages.join(' ')}: ${errorLine(lines) ?? phrase('no reason was given')}`,
      hint: phrase(
        'Install MySQL (or MariaDB) and Redis by hand, start Docker, or set SHOP_DATABASE_URL and SHOP_REDIS_URL.',
      ),
    },
  );
}

/** Runs apt-get without prompts. If another apt-get is running, this one waits instead of failing. */
function aptGet(args: readonly string[], signal?: AbortSignal): Promise<RunResult> {
  const command = ['DEBIAN_FRONTEND=noninteractive', 'apt-get', '-q', '-o', 'DPkg::Lock::Timeout=120', ...args];
  return run('env', command, { limitMs: LIMIT_MS, signal });
}

async function firstKnown(names: readonly string[], signal?: AbortSignal): Promise<string | null> {
  const { stdout } = await run('env', ['LC_ALL=C', 'apt-cache', 'policy', ...names], { limitMs: 60_000, signal });
  const candidates = new Map<string, string>();
  let name = '';
  for (const line of stdout.split('\n')) {
    name = /^(\S+):$/.exec(line)?.[1] ?? name;
    const candidate = /^\s+Candidate: (\S+)/.exec(line)?.[1];
    if (candidate !== undefined && candidate !== '(none)') candidates.set(name, candidate);
  }
  return names.find((known) => candidates.has(known)) ?? null;
}

/**
 * Runs `work` with a policy file that keeps packages from starting their services. Debian runs this file before it starts a
 * service.
 */
async function withoutServices<T>(work: () => Promise<T>): Promise<T> {
  let created = true;
  try {
    await writeFile(POLICY_FILE, '#!/bin/sh\nexit 101\n', { flag: 'wx', mode: 0o755 });
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
    created = false;
  }
  try {
    return await work();
  } finally {
    if (created) await rm(POLICY_FILE, { force: true });
  }
}
