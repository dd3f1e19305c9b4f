import { once } from 'node:events';
import { connect } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { FaultShop } from '../support/fault-shop.ts';
import { checkMetrics, fetchMetrics, noPromtool, scrape, urlOf, waitForHealth } from '../support/metrics.ts';
import type { TestProcess, TestShop } from '../support/shop.ts';
import { TechnicalFailures } from '../support/technical-failures.ts';

const ANY_PORT = { SHOP_METRICS_PORT: '0' };

let faults: FaultShop;
let shop: TestShop;

beforeAll(async () => {
  faults = await FaultShop.create();
  shop = faults.shop;
});

afterAll(() => faults.close());

/** Returns the log entries with this message. */
function logged(worker: TestProcess, message: string): Record<string, unknown>[] {
  const lines = worker.stderr.split('\n').filter((line) => line.startsWith('{'));
  return lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === message);
}

describe('a worker that applies requests', () => {
  let worker: TestProcess;

  beforeAll(async () => {
    worker = await shop.startWorker({ args: ['--metrics-port', '0'], env: { SHOP_LOG_LEVEL: 'info' } });
    const user = await shop.userWith(1_000);
    const product = String(await shop.product('Pen', 100, 5));
    await shop.ok(['order', 'place', user, `${product}:3`]);
    expect(await shop.refused(['order', 'place', user, `${product}:3`])).toMatchObject({ code: 'INSUFFICIENT_STOCK' });
    await shop.ok(['product', 'restock', product, '10']);
    const failures = await TechnicalFailures.on(shop);
    await failures.fail('13', 100);
    expect(await shop.refused(['charge', user, '13'])).toMatchObject({ code: 'CHARGE_FAILED' });
  });

  afterAll(() => worker.kill());

  it('counts transactions, and decided requests by kind and outcome, and shows the state of the queue', async () => {
    const metrics = await eventually('all five requests are counted', async () => {
      const samples = await scrape(worker);
      return samples.get('shop_commit_seconds_count') === 5 && samples;
    });
    const version = (await shop.run(['--version'])).stdout.trim();
    expect(Object.fromEntries(metrics)).toMatchObject({
      'shop_requests_total{kind="charge",outcome="applied"}': 1,
      'shop_requests_total{kind="order",outcome="applied"}': 1,
      'shop_requests_total{kind="order",outcome="refused"}': 1,
      'shop_requests_total{kind="restock",outcome="applied"}': 1,
      'shop_requests_total{kind="charge",outcome="failed"}': 1,
      'shop_requests_total{kind="cancel",outcome="applied"}': 0,
      shop_attempts_failed_total: 3,
      'shop_batch_requests_bucket{le="1"}': 5,
      shop_batch_requests_sum: 5,
      'shop_commit_seconds_bucket{le="20"}': 5,
      'shop_up{server="mysql"}': 1,
      'shop_up{server="redis"}': 1,
      'shop_queue_jobs{state="waiting"}': 0,
      'shop_queue_jobs{state="delayed"}': 0,
      'shop_requests_refused_total{code="INSUFFICIENT_STOCK"}': 1,
      'shop_requests_refused_total{code="CANCELLED"}': 0,
      'shop_request_duration_seconds_bucket{le="600"}': 5,
      shop_request_duration_seconds_count: 5,
      shop_pending_requests: 0,
      shop_queue_paused: 0,
      shop_oldest_pending_age_seconds: 0,
      shop_ranking_period_seconds: 60,
      shop_lane_held: 1,
      [`shop_worker_info{version="${version}"}`]: 1,
      [`shop_build_info{version="${version}",node="${process.version}"}`]: 1,
    });
    // a failed request is not counted as refused
    expect([...metrics.keys()].filter((name) => name.includes('code="CHARGE_FAILED"'))).toEqual([]);
    // the failed request had two pauses between its three attempts
    expect(metrics.get('shop_request_duration_seconds_sum')).toBeGreaterThan(
      metrics.get('shop_commit_seconds_sum') ?? 0,
    );
    const seconds = metrics.get('shop_commit_seconds_sum') ?? 0;
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThan(60);
    await eventually('the age of the ranking', async () => {
      const age = (await scrape(worker)).get('shop_ranking_age_seconds');
      return age !== undefined && age >= 0 && age < 60;
    });
  });

  it('logs the versions and the settings first, without passwords', async () => {
    const [first = ''] = worker.stderr.split('\n');
    const version = (await shop.run(['--version'])).stdout.trim();
    const address = (url: string) => new URL(url).host;
    expect(JSON.parse(first)).toMatchObject({
      level: 'info',
      msg: 'worker starting',
      version,
      node: process.version,
      settings: {
        database: address(shop.databaseUrl),
        replica: null,
        redis: address(shop.redisUrl),
        prefix: shop.prefix,
        concurrency: 100,
        rankingPeriodMs: 60_000,
        logLevel: 'info',
        logPeriodMs: 60_000,
      },
    });
    for (const url of [shop.databaseUrl, shop.redisUrl]) expect(first).not.toContain(new URL(url).password);
  });

  it('shows pending requests while the queue is paused; an idle worker also logs who paused and resumed it', async () => {
    const { pausedHost } = await shop.ok<{ pausedHost: string }>(['queue', 'pause', '--actor', 'night shift']);
    await worker.logged('the queue is paused');
    expect(logged(worker, 'the queue is paused; resume it with `shop queue resume`')).toMatchObject([
      { level: 'warn', pausedBy: 'night shift', pausedHost, pausedAt: expect.stringMatching(/Z$/) },
    ]);
    for (const key of ['waits', 'waits-too']) await shop.ok(['charge', '1', '7', '--key', key, '--no-wait']);
    const gauges = async () => {
      const samples = await scrape(worker);
      return [samples.get('shop_queue_paused'), samples.get('shop_pending_requests')];
    };
    await eventually('both charges are pending', async () => isDeepStrictEqual(await gauges(), [1, 2]));
    await shop.ok(['queue', 'resume', '--actor', 'day shift']);
    await eventually('both charges are applied', async () => isDeepStrictEqual(await gauges(), [0, 0]));
    await worker.logged('the queue has been resumed');
    expect(logged(worker, 'the queue has been resumed')).toMatchObject([
      { level: 'info', resumedBy: 'day shift', resumedHost: pausedHost },
    ]);
    expect(logged(worker, 'the queue is paused; resume it with `shop queue resume`')).toHaveLength(1);
  });

  it.skipIf(noPromtool !== null)(
    `has metrics that Prometheus accepts without complaint ${noPromtool ?? ''}`,
    async () => {
      const response = await fetchMetrics(worker, '/metrics');
      expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
      expect(checkMetrics(await response.text())).toBe('');
    },
  );

  it('responds only to GET and HEAD requests for its two paths', async () => {
    await waitForHealth(
      worker,
      200,
      ({ status, reason, lane }) => status === 'ok' && reason === null && lane === 'held',
    );
    expect((await fetchMetrics(worker, '/')).status).toBe(404);
    expect((await fetchMetrics(worker, '/metrics/')).status).toBe(404);
    const head = await fetchMetrics(worker, '/healthz?of=head', { method: 'HEAD' });
    expect({ status: head.status, body: await head.text() }).toEqual({ status: 200, body: '' });
    const post = await fetchMetrics(worker, '/metrics', { method: 'POST', body: 'x' });
    expect({ status: post.status, allow: post.headers.get('allow') }).toEqual({ status: 405, allow: 'GET, HEAD' });
  });

  it('listens on loopback, and reports a port that is in use', async () => {
    const { hostname, port } = new URL(urlOf(worker));
    expect(hostname).toBe('127.0.0.1');
    const second = await shop.refused(['worker'], { env: { SHOP_METRICS_PORT: port } });
    expect(second).toMatchObject({ status: 78, code: 'CONFIG', details: { setting: 'SHOP_METRICS_PORT' } });
    expect(second.message).toContain(`127.0.0.1:${port}`);
    expect(second.hint).toContain('--metrics-port');
  });

  it('also serves the metrics of a standby worker, which does not hold the lane', async () => {
    // a flag takes precedence over the environment
    const args = ['worker', '--metrics-port', '0', '--metrics-host', 'localhost'];
    const second = shop.start(args, { env: { SHOP_METRICS_PORT: new URL(urlOf(worker)).port } });
    await second.logged('standing by');
    await waitForHealth(second, 200, ({ status, lane }) => status === 'ok' && lane === 'standing by');
    expect((await scrape(second)).get('shop_lane_held')).toBe(0);
    expect((await second.stop()).status).toBe(0);
  });
});

it.each([
  ['--metrics-port', '65536'],
  ['--metrics-port', '-1'],
  ['--metrics-port', 'http'],
  ['--metrics-host', 'http://localhost'],
])('refuses the option %s %s', async (option, value) => {
  expect(await shop.refused(['worker', `${option}=${value}`])).toMatchObject({ status: 2, code: 'INVALID_INPUT' });
});

it('reports that the worker drains, and ends even if a client is still connected', async () => {
  const user = String(await shop.created(['user', 'create', 'Bo']));
  const worker = await faults.startWorker(ANY_PORT);
  onTestFinished(() => worker.kill());
  const held = faults.holdCommit();
  await shop.ok(['charge', user, '5', '--no-wait']);
  const commit = await held;
  const { hostname, port } = new URL(urlOf(worker));
  const idle = connect(Number(port), hostname);
  const hungUp = once(idle, 'close');
  await once(idle, 'connect');
  worker.signal('SIGTERM');
  await waitForHealth(worker, 503, ({ status }) => status === 'draining');
  commit.release();
  const { status, stderr } = await worker.ended;
  expect(status, stderr).toBe(0);
  expect(logged(worker, 'summary')).toMatchObject([{ applied: 1, lane: 'stopped' }]);
  await hungUp;
});

it('logs a line per period about applied requests, one line when the worker becomes idle, and then none', async () => {
  const user = String(await shop.created(['user', 'create', 'Cy']));
  const worker = await shop.startWorker({
    env: { SHOP_LOG_PERIOD: '1s', SHOP_RANKING_PERIOD: '1s' },
  });
  onTestFinished(() => worker.kill());
  await shop.ok(['charge', user, '5']);
  await shop.refused(['order', 'place', user, '999']);
  const applied = () => logged(worker, 'summary').reduce((sum, line) => sum + Number(line.applied), 0);
  await eventually('a line reports the charge', () => applied() > 0);
  const [line] = logged(worker, 'summary').filter(({ applied }) => applied === 1);
  expect(line).toMatchObject({
    level: 'info',
    pending: expect.any(Number),
    lane: 'held',
    failed: 0,
    failedAttempts: 0,
    waiting: 0,
  });
  expect(line).toMatchObject({ commitMs: { median: expect.any(Number), p99: expect.any(Number) } });
  await worker.logged('"msg":"idle"');
  // refreshes of the ranking show that some periods have passed
  const refreshes = () => logged(worker, 'ranking refreshed').length;
  const before = refreshes();
  await eventually('some more periods have passed', () => refreshes() > before + 3);
  await shop.ok(['charge', user, '6']);
  const { stderr } = await worker.stop();
  // the rest is logged at the end
  expect(applied(), stderr).toBe(2);
  expect(stderr).not.toMatch(/"msg":"idle"\}\n(?:(?!.*"msg":"summary").*\n)*.*"msg":"idle"\}/);
});
