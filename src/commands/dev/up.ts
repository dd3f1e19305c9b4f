import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Runner } from '../../cli/command.ts';
import type { Context } from '../../cli/context.ts';
import { answer } from '../../cli/output/view.ts';
import { addCommand, type Command } from '../../cli/registration.ts';
import type { Config } from '../../config/config.ts';
import { ShopError } from '../../domain/errors.ts';
import { type Phrase, phrase } from '../../domain/phrase.ts';
import { STATUS } from './view.ts';

/** Servers first, then the schema, then the worker, which wants both. */
async function up(context: Context) {
  const config = await context.config();
  const { up: bringUp } = await import('../../dev/environment.ts');
  const options = {
    dev: config.dev,
    urls: givenUrls(config),
    say: (line: Phrase) => void context.say(line),
    signal: context.stopped,
  };
  await bringUp({ ...options, worker: null });

  // the servers may have been made just now
  const { loadConfig, packageDirectory } = await import('../../config/config.ts');
  const { databaseUrl } = loadConfig();
  const { migrateDatabase } = await import('../../domain/schema.ts');
  if (databaseUrl === null) throw new Error('the local environment came up without a database');
  const applied = await migrateDatabase(databaseUrl);
  if (applied.length > 0) await context.say(phrase`migrated: ${applied.join(', ')}`);

  const worker = {
    command: process.execPath,
    args: [join(packageDirectory, 'bin/shop.js'), 'worker'],
    // a worker of another shop on the same servers, or of an older build, is not the one that is wanted
    identity: `${config.prefix} ${statSync(join(packageDirectory, 'dist/main.cjs'), { throwIfNoEntry: false })?.mtimeMs}`,
  };
  return answer(await bringUp({ ...options, worker }), STATUS);
}

function givenUrls({ urlsGiven, databaseUrl, redisUrl }: Config) {
  if (urlsGiven === 'one') {
    const missing = databaseUrl === null ? 'SHOP_DATABASE_URL' : 'SHOP_REDIS_URL';
    throw new ShopError(
      'CONFIG',
      { setting: missing },
      {
        message: phrase`${missing} is missing: MySQL and Redis are given together or not at all.`,
        hint: phrase`Set ${missing} too, or unset the other one to have servers of your own.`,
      },
    );
  }
  return databaseUrl !== null && redisUrl !== null && urlsGiven === 'both' ? { databaseUrl, redisUrl } : null;
}

/** `shop dev up` */
export function addUp(group: Command, runner: Runner): void {
  addCommand(
    group,
    {
      name: 'up',
      summary: 'Start servers and worker, migrated; what runs is left alone',
      examples: ['shop dev up', 'SHOP_DEV_SERVERS=programs shop dev up'],
      run: up,
    },
    runner,
  );
}
