import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { type DevConfig, loadConfig } from '../../src/config/config.ts';
import { engineVersion } from '../../src/dev/docker.ts';
import { reset, startServers } from '../../src/dev/environment.ts';
import { preferredKind } from '../../src/dev/sources.ts';
import { ShopError } from '../../src/domain/errors.ts';
import { phrase } from '../../src/domain/phrase.ts';
import { copyData, createDataDirectory, type PreparedDataDirectory } from './data-directory.ts';
import { makeSchemaTemplate, type SchemaTemplate } from './schema-template.ts';
import type { ServerUrls } from './shop.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** URL of an account that may create databases and users. */
    rootUrl: string;
    redisUrl: string;
    /** Environment with an initialized data directory; null if no server program is installed. */
    dataDirectory: string | null;
    schemaTemplate: SchemaTemplate;
  }
}

interface RunServers extends ServerUrls {
  readonly remove: () => Promise<void>;
}

/**
 * Provides real servers for all test files, from the first available source: SHOP_DATABASE_URL (an account that may
 * create databases) and SHOP_REDIS_URL; containers, by testcontainers; the programs of `shop dev up`. Servers that were
 * started are removed afterwards. Without a source, the run prints only the reason and ends.
 */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  try {
    return await provideServers(project);
  } catch (error) {
    if (!(error instanceof ShopError)) throw error;
    say(`${error.message} ${error.hint}\nUnit tests need no server: npm run test:unit`);
    // a thrown error would be printed with a stack and a misleading line about missing tests
    process.exit(1);
  }
}

async function provideServers(project: TestProject): Promise<() => Promise<void>> {
  const { dev } = loadConfig();
  const data = dev.servers === 'docker' ? null : await createDataDirectory(dev, say);
  const { rootUrl, redisUrl, remove } =
    fromEnvironment() ?? (await fromContainers(dev)) ?? (await fromPrograms(dev, data));
  project.provide('rootUrl', rootUrl);
  project.provide('redisUrl', redisUrl);
  project.provide('dataDirectory', data?.directory ?? null);
  const tearDown = async () => {
    await data?.remove();
    await remove();
  };
  try {
    project.provide('schemaTemplate', await makeSchemaTemplate(rootUrl));
  } catch (error) {
    await tearDown();
    throw error;
  }
  return tearDown;
}

function fromEnvironment(): RunServers | null {
  const { databaseUrl, redisUrl, urlsGiven } = loadConfig();
  if (urlsGiven !== 'both' || databaseUrl === null || redisUrl === null) return null;
  return { rootUrl: databaseUrl, redisUrl, remove: async () => {} };
}

/**
 * Returns null if containers are not wanted. Also returns null if they are not available, unless SHOP_DEV_SERVERS is
 * `docker`.
 */
async function fromContainers(dev: DevConfig): Promise<RunServers | null> {
  const required = preferredKind(dev);
  if (required === 'programs') return null;
  if ((await engineVersion()) === null) {
    if (required === null) return null;
    throw new ShopError(
      'CONFIG',
      { setting: 'SHOP_DEV_SERVERS' },
      {
        message: phrase('No Docker engine responds.'),
        hint: phrase(
          'Start Docker and try `docker version`; `npm test` uses server programs where there is no engine.',
        ),
      },
    );
  }
  say('starting MySQL and Redis by testcontainers');
  // loaded on demand, because loading takes a second
  const { startContainers } = await import('./containers.ts');
  try {
    return await startContainers(say);
  } catch (error) {
    if (required !== null) throw error;
    say(`testcontainers can't use this Docker engine: ${error}`);
    return null;
  }
}

async function fromPrograms(dev: DevConfig, data: PreparedDataDirectory | null): Promise<RunServers> {
  const directory = await mkdtemp(join(tmpdir(), 'shop-test-'));
  if (data !== null) await copyData(data.directory, directory);
  const { rootUrl, redisUrl } = await startServers({ ...dev, directory, say: (line) => say(String(line)) });
  const remove = async () => {
    await reset({ ...dev, directory });
    await rm(directory, { recursive: true, force: true });
  };
  return { rootUrl, redisUrl, remove };
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
