import type { Logger } from 'pino';
import type { Runner } from '../cli/command.ts';
import type { Context } from '../cli/context.ts';
import { limitHeapGrowth } from '../cli/heap-growth.ts';
import { Interrupted } from '../cli/interrupted.ts';
import { optional, parseHost, parsePort } from '../cli/options.ts';
import { type Command, defineCommand } from '../cli/registration.ts';
import { packageVersion } from '../cli/version.ts';
import { parseWhole } from '../domain/input.ts';
import { phrase } from '../domain/phrase.ts';
import type { Monitor } from '../jobs/monitoring/server.ts';

const DEFAULT_CONCURRENCY = 100;
const MAX_CONCURRENCY = 10_000;

interface WorkerFlags {
  readonly concurrency?: string;
  readonly metricsPort?: string;
  readonly metricsHost?: string;
}

/** `shop worker` */
export function defineWorker(command: Command, runner: Runner): void {
  defineCommand<WorkerFlags>(
    command,
    {
      options: [
        { flags: '--concurrency <n>', description: `maximum number of active jobs (default: ${DEFAULT_CONCURRENCY})` },
        { flags: '--metrics-port <port>', description: 'serve /metrics and /healthz there; 0 takes any free port' },
        { flags: '--metrics-host <host>', description: 'the address to serve them at (default: 127.0.0.1)' },
      ],
      examples: [
        'shop worker',
        'shop worker --metrics-port 9464',
        'SHOP_LOG_LEVEL=debug shop worker --concurrency 1000',
      ],
      run: async (context, _args, flags) => {
        const concurrency =
          optional(flags.concurrency, (text) => parseWhole('--concurrency', text, 1, MAX_CONCURRENCY)) ??
          DEFAULT_CONCURRENCY;
        const openMonitor = await prepareMonitor(context, flags);
        const { prefix, logLevel, rankingPeriodMs, logPeriodMs, replica } = await context.config();
        const [databaseUrl, redisUrl] = [await context.databaseUrl(), await context.redisUrl()];
        const [{ openSession, pingRedis }, { ShopWorker }, { createLog }] = await Promise.all([
          import('../domain/servers/store.ts'),
          import('../jobs/worker/worker.ts'),
          import('../cli/log.ts'),
        ]);
        limitHeapGrowth();
        // once it runs it waits for servers that go away; one that can't be reached now is an error to be told
        const session = await openSession(databaseUrl);
        await session.close();
        await pingRedis(redisUrl);

        const log = createLog(context.streams.stderr, context.language, logLevel);
        // said at every log level: who starts a worker waits for these lines
        const lifeCycle = log.child({}, { level: 'info' });
        // where it can't listen, no work is taken
        const monitor = await openMonitor?.(log);
        const worker = new ShopWorker({
          lane: { databaseUrl, prefix },
          redisUrl,
          concurrency,
          rankingPeriodMs,
          replica,
          logPeriodMs,
          observers: monitor === undefined ? [] : [monitor.metrics],
          log,
          lifeCycle,
        });
        if (monitor !== undefined) {
          monitor.show(worker);
          lifeCycle.info({ url: `${monitor.url}/metrics` }, 'metrics served');
        }
        let signals = 0;
        let last: 'SIGINT' | 'SIGTERM' = 'SIGTERM';
        context.onSignal((signal) => {
          last = signal;
          if (signals++ === 0) worker.stop();
          else worker.force();
        });
        if ((await worker.run()) === 'forced')
          throw new Interrupted(last, phrase('Ended with work in hand; the next worker goes on with it.'));
        lifeCycle.info('stopped');
        return undefined;
      },
    },
    runner,
  );
}

/** What opens the monitor, loaded, where one is asked for; it is closed with the command. @throws ShopError `INVALID_INPUT`, `CONFIG` */
async function prepareMonitor(
  context: Context,
  { metricsPort, metricsHost }: WorkerFlags,
): Promise<((log: Logger) => Promise<Monitor>) | undefined> {
  const givenPort = optional(metricsPort, (text) => parsePort('--metrics-port', text));
  const givenHost = optional(metricsHost, (text) => parseHost('--metrics-host', text));
  const config = await context.config();
  const port = givenPort ?? config.metricsPort;
  if (port === null) return undefined;
  const address = { host: givenHost ?? config.metricsHost, port };
  const { Monitor } = await import('../jobs/monitoring/server.ts');
  return async (log) => {
    const monitor = await Monitor.open(address, packageVersion(), log);
    context.release(() => monitor.close());
    return monitor;
  };
}
