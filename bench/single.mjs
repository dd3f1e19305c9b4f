import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { BareShop } from './lib/bare.mjs';
import { chunks, contentOf, orderMaker } from './lib/orders.mjs';
import { Report } from './lib/report.mjs';
import { median } from './lib/rounds.mjs';
import { openServers } from './lib/servers.mjs';
import { Shop } from './lib/shop.mjs';

const SIZES = {
  full: { samples: 100, users: 2_000, products: 100 },
  small: { samples: 20, users: 200, products: 100 },
};
/** Pause between two orders, so that the system is idle when an order arrives. */
const REST_MS = 10;
const POLL_MS = 1;
const LIMIT_MS = 30_000;

/** Measures one order on an idle system, with warm connections. */
export async function single(scope, { source, scale, rounds, say }) {
  const { samples, users, products } = SIZES[scale];
  const servers = await openServers(scope, source);
  const shop = await Shop.stocked(scope, servers, 'shop', { users, products });
  const bare = await BareShop.open(scope, servers, { source, users, products });
  const place = await openShop(scope, source, shop);
  const nextOf = (at) => orderMaker({ ...at, seed: 1 });
  const [shopOrder, bareOrder] = [nextOf(shop), nextOf(bare.shop)];
  const [recorded, enqueued, transaction] = [[], [], []];
  for (let round = 0; round <= rounds; round++) {
    const [inShop, inBare] = [[], []];
    for (let sample = 0; sample < samples; sample++) {
      await delay(REST_MS);
      inShop.push(await place(shopOrder()));
      await delay(REST_MS);
      inBare.push(await bare.timeOne(bareOrder()));
    }
    say(`round ${round} of ${rounds}: ${median(inShop.map((each) => each.enqueued)).toFixed(1)} ms`);
    // the first round warms up
    if (round === 0) continue;
    recorded.push(...inShop.map((each) => each.recorded));
    enqueued.push(...inShop.map((each) => each.enqueued));
    transaction.push(...inBare);
  }
  for (const each of [shop, bare.shop]) await each.check();
  const report = new Report(`Single: one order on an idle system, ${samples} a round`, servers.about);
  report.addFigures('ms', {
    'shop, from enqueueing to the outcome': enqueued,
    'shop, from recording to the outcome': recorded,
    'bare transaction': transaction,
  });
  const aRound = (values) => [...chunks(values, samples)].map(median);
  const ratio = (what, values, limit) =>
    report.addRatio(`single: ${what} to a bare transaction`, { of: aRound(values), to: aRound(transaction), ...limit });
  ratio('from enqueueing to the outcome', enqueued, { atMost: 1.8 });
  ratio('from recording to the outcome', recorded, {});
  return report;
}

/**
 * Returns a function that places an order on open connections, as a command does: it records the order, queues it, and
 * polls for the outcome.
 */
async function openShop(scope, source, shop) {
  const { Producer, openRedis, openSession, recordRequest } = source;
  const redis = await openRedis(shop.redisUrl);
  scope.add(() => redis.disconnect());
  const producer = new Producer(redis, shop.prefix);
  scope.add(() => producer.close());
  const session = await openSession(shop.url);
  scope.add(() => session.close());
  await shop.startWorker();
  let orders = 0;
  return async (order) => {
    const started = performance.now();
    const origin = { key: `single-${++orders}`, actor: 'bench', host: hostname() };
    const request = await recordRequest(session, contentOf(order), origin);
    const recorded = performance.now();
    await producer.enqueue([request.id]);
    // a command polls at growing intervals, which would dominate this measurement
    while ((await session.query('SELECT 1 FROM outcomes WHERE request_id = ?', [request.id])).length === 0) {
      if (performance.now() - recorded > LIMIT_MS) throw new Error(`request ${request.id} is not decided`);
      await delay(POLL_MS);
    }
    const ended = performance.now();
    return { recorded: ended - started, enqueued: ended - recorded };
  };
}
