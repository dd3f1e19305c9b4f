import type { Command } from 'commander';
import { parseWhole } from '../domain/input.ts';
import { defineCommand, type Runner } from './command.ts';
import { Interrupted } from './interrupted.ts';
import { optional } from './options.ts';
import { keepHeapSteady } from './steady-heap.ts';

const DEFAULT_CONCURRENCY = 100;
const MAX_CONCURRENCY = 10_000;

/** `shop worker` */
export function defineWorker(command: Command, runner: Runner): void {
  defineCommand<{ concurrency?: string }>(
    command,
    {
      options: [{ flags: '--concurrency <n>', description: `jobs in hand at once (default: ${DEFAULT_CONCURRENCY})` }],
      examples: ['shop worker', 'SHOP_LOG_LEVEL=debug shop worker --concurrency 1000'],
      run: async (context, _args, flags) => {
        const concurrency =
          optional(flags.concurrency, (text) => parseWhole('--concurrency', text, 1, MAX_CONCURRENCY)) ??
          DEFAULT_CONCURRENCY;
        const { prefix, logLevel, rankingPeriodMs } = await context.config();
        const [databaseUrl, redisUrl] = [await context.databaseUrl(), await context.redisUrl()];
        const [{ openSession, pingRedis }, { ShopWorker }, { createLog }] = await Promise.all([
          import('../domain/store.ts'),
          import('../jobs/worker.ts'),
          import('./log.ts'),
        ]);
        keepHeapSteady();
        // once it runs it waits for servers that go away; one that can't be reached now is an error to be told
        await (await openSession(databaseUrl)).close();
        await pingRedis(redisUrl);

        const log = createLog(context.streams.stderr.isTTY === true, logLevel);
        // said at every log level: who starts a worker waits for these lines
        const lifeCycle = log.child({}, { level: 'info' });
        const worker = new ShopWorker({
          lane: { databaseUrl, prefix },
          redisUrl,
          concurrency,
          rankingPeriodMs,
          log,
          lifeCycle,
        });
        let signals = 0;
        let last: 'SIGINT' | 'SIGTERM' = 'SIGTERM';
        context.onSignal((signal) => {
          last = signal;
          if (signals++ === 0) worker.stop();
          else worker.force();
        });
        if ((await worker.run()) === 'forced')
          throw new Interrupted(last, 'Ended with work in hand; the next worker goes on with it.');
        lifeCycle.info('stopped');
        return undefined;
      },
    },
    runner,
  );
}
