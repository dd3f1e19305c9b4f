import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { FaultShop } from '../support/fault-shop.ts';
import { scrape, waitForHealth } from '../support/metrics.ts';

let faults: FaultShop;

beforeAll(async () => {
  faults = await FaultShop.create();
});

afterAll(() => faults.close());

it('reports without delay that a server is down or hangs, and reports its return', async () => {
  const worker = await faults.startWorker({ SHOP_METRICS_PORT: '0' });
  onTestFinished(() => worker.kill());
  await waitForHealth(worker, 200, ({ lane }) => lane === 'held');
  expect((await scrape(worker)).has('shop_oldest_pending_age_seconds')).toBe(true);
  faults.mysql.refuse();
  faults.mysql.cut();
  faults.redis.pause();
  const both = /^the lane has had no connection to MySQL for [\d.]+ s; Redis has not responded for [\d.]+ s$/;
  await waitForHealth(worker, 503, ({ status, lane, reason }) => {
    return status === 'unavailable' && lane === 'connecting' && both.test(reason ?? '');
  });
  const asked = performance.now();
  const metrics = await scrape(worker);
  // the default timeout of a Prometheus scrape is ten seconds
  expect(performance.now() - asked).toBeLessThan(8_000);
  expect(Object.fromEntries(metrics)).toMatchObject({
    'shop_up{server="mysql"}': 0,
    'shop_up{server="redis"}': 0,
    shop_lane_held: 0,
  });
  const unknown = ['shop_oldest_pending_age_seconds', 'shop_queue_jobs{state="waiting"}', 'shop_ranking_age_seconds'];
  expect(unknown.filter((name) => metrics.has(name))).toEqual([]);
  faults.mysql.accept();
  faults.redis.resume();
  await waitForHealth(worker, 200, ({ lane }) => lane === 'held');
  await eventually('both servers are up', async () => {
    const samples = await scrape(worker);
    return samples.get('shop_up{server="mysql"}') === 1 && samples.get('shop_up{server="redis"}') === 1;
  });
  expect((await worker.stop()).status).toBe(0);
});
