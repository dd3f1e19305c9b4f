import { command } from '../../cli/command.ts';
import { answer } from '../../cli/output/view.ts';
import { type Phrase, phrase } from '../../domain/phrase.ts';
import { UP } from './view.ts';

/** `shop dev up`. It starts the servers, then migrates the schema, and then starts the worker, which needs both. */
export const up = command({
  name: 'up',
  summary: 'Start MySQL, Redis and a worker if they are not running, and migrate the schema',
  examples: ['shop dev up', 'SHOP_DEV_SERVERS=programs shop dev up'],
  run: async (context) => {
    const config = await context.config();
    const [environment, { refuseGivenUrls }, { shopWorker }] = await Promise.all([
      import('../../dev/environment.ts'),
      import('../../dev/given-urls.ts'),
      import('../../dev/worker.ts'),
    ]);
    refuseGivenUrls(config);
    const options = {
      dev: config.dev,
      say: (line: Phrase) => void context.say(line),
      signal: context.stopped,
    };
    await environment.up({ ...options, worker: null });

    // the servers may be new, so their URLs are read again
    const { databaseUrl } = await context.reloadConfig();
    const { migrateDatabase } = await import('../../domain/servers/migrate.ts');
    if (databaseUrl === null) throw new Error('the local environment started without a database');
    const applied = await migrateDatabase(databaseUrl, await context.origin());
    if (applied.length > 0) await context.say(phrase`migrated: ${applied.join(', ')}`);

    return answer(await environment.up({ ...options, worker: shopWorker(config.prefix) }), UP);
  },
});
