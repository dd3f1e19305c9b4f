import type { Runner } from '../../cli/command.ts';
import type { Context } from '../../cli/context.ts';
import { answer } from '../../cli/output/view.ts';
import { addCommand, type Command } from '../../cli/registration.ts';
import { type Phrase, phrase } from '../../domain/phrase.ts';
import { STATUS } from './view.ts';

/** Servers first, then the schema, then the worker, which wants both. */
async function up(context: Context) {
  const config = await context.config();
  const [{ up: bringUp }, { givenUrls }, { shopWorker }] = await Promise.all([
    import('../../dev/environment.ts'),
    import('../../dev/given-urls.ts'),
    import('../../dev/worker.ts'),
  ]);
  const options = {
    dev: config.dev,
    urls: givenUrls(config),
    say: (line: Phrase) => void context.say(line),
    signal: context.stopped,
  };
  await bringUp({ ...options, worker: null });

  // the servers may have been made just now
  const { databaseUrl } = await context.reloadConfig();
  const { migrateDatabase } = await import('../../domain/servers/schema.ts');
  if (databaseUrl === null) throw new Error('the local environment came up without a database');
  const applied = await migrateDatabase(databaseUrl);
  if (applied.length > 0) await context.say(phrase`migrated: ${applied.join(', ')}`);

  return answer(await bringUp({ ...options, worker: shopWorker(config.prefix) }), STATUS);
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
