import type { Logger } from 'pino';
import { command } from '../cli/command.ts';
import type { Context } from '../cli/context.ts';
import { limitHeapGrowth } from '../cli/heap-growth.ts';
import { Interrupted } from '../cli/interrupted.ts';
import { parseHost, parsePort } from '../cli/option-values.ts';
import type { OptionSpecs, OptionValues } from '../cli/options.ts';
import { packageVersion } from '../cli/version.ts';
import { parseWhole } from '../domain/input.ts';
import { type Phrase, phrase } from '../domain/phrase.ts';
import type { Monitor } from '../jobs/monitoring/server.ts';

const DEFAULT_CONCURRENCY = 100;
const MAX_CONCURRENCY = 10_000;

const OPTIONS = {
  concurrency: {
    flags: '--concurrency <n>',
    description: `maximum number of active jobs (default: ${DEFAULT_CONCURRENCY})`,
    parse: (text) => parseWhole('--concurrency', text, 1, MAX_CONCURRENCY),
    default: DEFAULT_CONCURRENCY,
  },
  metricsPort: {
    flags: '--metrics-port <port>',
    description: 'port for /metrics and /healthz; 0 chooses any free port (default: SHOP_METRICS_PORT, if it is set)',
    parse: (text) => parsePort('--metrics-port', text),
  },
  metricsHost: {
    flags: '--metrics-host <host>',
    description: 'address for /metrics and /healthz (default: SHOP_METRICS_HOST, or 127.0.0.1)',
    parse: (text) => parseHost('--metrics-host', text),
  },
} satisfies OptionSpecs;

/** `shop worker` */
export const worker = command({
  options: OPTIONS,
  examples: ['shop worker', 'shop worker --metrics-port 9464', 'SHOP_LOG_LEVEL=debug shop worker --concurrency 1000'],
  run: async (context, _args, { concurrency, ...options }) => {
    const warnings: Phrase[] = [];
    context.onWarning((warning) => warnings.push(warning));
    const { prefix, logLevel, rankingPeriodMs, logPeriodMs, replica } = await context.config();
    const { createLog } = await import('../cli/log.ts');
    const log = createLog(context.streams.stderr, context.language, logLevel);
    for (const warning of warnings) log.warn(String(warning));
    const openMonitor = await prepareMonitor(context, options);
    const [databaseUrl, redisUrl] = [await context.databaseUrl(), await context.redisUrl()];
    const [{ databaseAddress, openSession, pingRedis, redisAddressText }, { ShopWorker }] = await Promise.all([
      import('../domain/servers/connections.ts'),
      import('../jobs/worker/worker.ts'),
    ]);
    limitHeapGrowth();
    // a running worker waits for an unavailable server, but an unavailable server at the start is an error
    const session = await openSession(databaseUrl);
    await session.close();
    await pingRedis(redisUrl);

    // logged at every log level, because supervisors wait for these lines
    const lifeCycle = log.child({}, { level: 'info' });
    // opened before the worker, which must not start if the port is in use
    const monitor = await openMonitor?.(log);
    lifeCycle.info(
      {
        version: packageVersion(),
        node: process.version,
        settings: {
          // only addresses are logged, because the URLs contain passwords
          database: databaseAddress(databaseUrl),
          replica: replica === null ? null : databaseAddress(replica.url),
          redis: redisAddressText(redisUrl),
          prefix,
          concurrency,
          rankingPeriodMs,
          logLevel,
          logPeriodMs,
        },
      },
      'worker starting',
    );
    const shopWorker = new ShopWorker({
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
      monitor.show(shopWorker);
      lifeCycle.info({ url: `${monitor.url}/metrics` }, 'metrics served');
    }
    let signals = 0;
    let last: 'SIGINT' | 'SIGTERM' = 'SIGTERM';
    context.onSignal((signal) => {
      last = signal;
      if (signals++ === 0) shopWorker.stop();
      else shopWorker.force();
    });
    if ((await shopWorker.run()) === 'forced')
      throw new Interrupted(last, phrase('Stopped with unfinished work; the next worker will finish it.'));
    lifeCycle.info('stopped');
    return undefined;
  },
});

/**
 * Returns a function that opens the HTTP server for metrics and health, or undefined if no port is configured. The server
 * is closed when the command ends. @throws ShopError `CONFIG`
 */
async function prepareMonitor(
  context: Context,
  { metricsPort, metricsHost }: Omit<OptionValues<typeof OPTIONS>, 'concurrency'>,
): Promise<((log: Logger) => Promise<Monitor>) | undefined> {
  const config = await context.config();
  const port = metricsPort ?? config.metricsPort;
  if (port === null) return undefined;
  const address = { host: metricsHost ?? config.metricsHost, port };
  const { Monitor } = await import('../jobs/monitoring/server.ts');
  return async (log) => {
    const worker = { version: packageVersion(), rankingPeriodMs: config.rankingPeriodMs };
    const monitor = await Monitor.open(address, worker, log);
    context.release(() => monitor.close());
    return monitor;
  };
}
