import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { Runner } from '../../cli/command.ts';
import type { Context } from '../../cli/context.ts';
import { optional, parseChoice } from '../../cli/options.ts';
import { answer, field, fields, listView, type View } from '../../cli/output/view.ts';
import { addCommand, defineGroup } from '../../cli/registration.ts';
import type { Config } from '../../config/config.ts';
import type { DownReport, EnvironmentStatus, LogLine, ServiceStatus } from '../../dev/environment.ts';
import { ShopError } from '../../domain/errors.ts';
import { parseWhole } from '../../domain/input.ts';
import { type Phrase, phrase } from '../../domain/phrase.ts';

const STATUS: View<EnvironmentStatus, ServiceStatus> = {
  kind: 'list',
  columns: fields<ServiceStatus>('name', 'state', 'pid', 'port', 'version', 'log'),
  rows: ({ services }) => services,
  empty: phrase('Nothing has been started.'),
};

const DOWN: View<DownReport, { stopped: string }> = {
  kind: 'list',
  columns: fields<{ stopped: string }>('stopped'),
  rows: ({ stopped }) => stopped.map((name) => ({ stopped: name })),
  empty: phrase('Nothing was running.'),
};

const SERVICES = ['mysql', 'redis', 'worker'] as const;
const DEFAULT_LOG_LINES = 50;
const MAX_LOG_LINES = 10_000;

/** `shop dev` */
export function defineDev(group: Command, runner: Runner): void {
  defineGroup(group, { examples: ['shop dev up', 'shop dev logs worker', 'shop dev down'] });
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

  addCommand(
    group,
    {
      name: 'down',
      summary: 'Stop worker and servers; their data stays',
      examples: ['shop dev down'],
      run: async (context) => {
        const { down } = await import('../../dev/environment.ts');
        return answer(await down((await context.config()).dev), DOWN);
      },
    },
    runner,
  );

  addCommand(
    group,
    {
      name: 'status',
      summary: 'Show what runs, what does not, and what has crashed',
      examples: ['shop dev status', 'shop dev status --json'],
      run: async (context) => {
        const { status } = await import('../../dev/environment.ts');
        const current = await status((await context.config()).dev);
        await tellCrashes(context, current);
        return answer(current, STATUS);
      },
    },
    runner,
  );

  addCommand(
    group,
    {
      name: 'reset',
      summary: 'Stop everything and delete all data',
      examples: ['shop dev reset', 'shop dev reset --yes'],
      run: async (context) => {
        const { dev } = await context.config();
        if (!(await context.confirm(phrase`Delete the local environment in ${dev.directory} with all its data?`))) {
          await context.say(phrase('Nothing was done.'));
          return undefined;
        }
        const { reset } = await import('../../dev/environment.ts');
        return answer(await reset(dev), DOWN);
      },
    },
    runner,
  );

  addCommand<{ lines?: string }>(
    group,
    {
      name: 'logs',
      summary: 'Show the end of the logs',
      arguments: [
        { name: 'service', description: `${SERVICES.join(', ')} (default: all)`, optional: true, values: SERVICES },
      ],
      options: [{ flags: '--lines <n>', description: `of each log (default: ${DEFAULT_LOG_LINES})` }],
      examples: ['shop dev logs', 'shop dev logs worker --lines 200'],
      run: async (context, [name], flags) => {
        const service = optional(name, (text) => parseChoice('service', text, SERVICES));
        const lines =
          optional(flags.lines, (text) => parseWhole('--lines', text, 1, MAX_LOG_LINES)) ?? DEFAULT_LOG_LINES;
        const { logs } = await import('../../dev/environment.ts');
        return answer(
          await logs((await context.config()).dev, { service, lines }),
          listView<LogLine>(phrase('No logs.'), field<LogLine>('service'), {
            ...field<LogLine>('line'),
            kind: 'prose',
          }),
        );
      },
    },
    runner,
  );
}

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

/** A server that has died is said plainly, with what it said last. */
async function tellCrashes(context: Context, { services }: EnvironmentStatus): Promise<void> {
  for (const { name, state, log, lastLines } of services) {
    if (state !== 'crashed') continue;
    await context.say(phrase`${name} has crashed. The end of ${log}:`);
    for (const line of lastLines) await context.say(phrase`  ${line}`);
    await context.say(phrase('`shop dev up` starts it again.'));
  }
}
