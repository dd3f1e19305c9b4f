import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { loadConfig } from '../../src/config.ts';
import { reset, startServers } from '../../src/dev/environment.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** An account that may create databases and users. */
    rootUrl: string;
    redisUrl: string;
  }
}

/**
 * Real servers for all test files: those of SHOP_DATABASE_URL (with an account that may create databases) and
 * SHOP_REDIS_URL where both are given, else private ones that are gone afterwards.
 */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const { databaseUrl, redisUrl, urlsGiven, dev } = loadConfig();
  if (urlsGiven === 'both' && databaseUrl !== null && redisUrl !== null) {
    project.provide('rootUrl', databaseUrl);
    project.provide('redisUrl', redisUrl);
    return async () => {};
  }
  const directory = await mkdtemp(join(tmpdir(), 'shop-test-'));
  const servers = await startServers({
    directory,
    servers: dev.servers,
    mysqld: dev.mysqld,
    redisServer: dev.redisServer,
    say: (line) => process.stderr.write(`${line}\n`),
  });
  project.provide('rootUrl', servers.rootUrl);
  project.provide('redisUrl', servers.redisUrl);
  return async () => {
    await reset({ ...dev, directory });
    await rm(directory, { recursive: true, force: true });
  };
}
