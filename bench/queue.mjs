import { onOneProduct, ordersFor } from './lib/orders.mjs';
import { openNoops, openTwin, quickest } from './lib/peers.mjs';
import { openQueue, timeQueue } from './lib/queues.mjs';
import { Report } from './lib/report.mjs';
import { recordOrders } from './lib/requests.mjs';
import { inTurns, mapValues } from './lib/rounds.mjs';
import { openServers } from './lib/servers.mjs';
import { Shop } from './lib/shop.mjs';

const SIZES = {
  full: { many: 30_000, few: 3_000, users: 2_000, products: 100 },
  small: { many: 5_000, few: 500, users: 200, products: 100 },
};

/** Measures orders as single jobs through the queue. */
export async function queue(scope, { source, scale, rounds, say }) {
  const { many, few, users, products } = SIZES[scale];
  const servers = await openServers(scope, source);
  const shop = await Shop.stocked(scope, servers, 'shop', { users, products });
  const twin = await openTwin(scope, servers, { source, users, products });
  const shopQueue = await openShop(scope, source, shop);
  const [twin1, twin8] = [await twin.withConcurrency(1), await twin.withConcurrency(8)];
  const noops = await openNoops(scope, servers);
  const of = ordersFor();
  const figures = await inTurns(
    {
      'shop, 100 products': of(shopQueue, shop, many),
      'shop, 1 product': of(shopQueue, onOneProduct(shop), many),
      'twin, one at a time': of(twin1, twin.shop, few),
      'twin, 8 at a time': of(twin8, twin.shop, few),
      'twin, 8 at a time, 1 product': of(twin8, onOneProduct(twin.shop), few),
      ...mapValues(noops, (noop) => of(noop, shop, many)),
    },
    rounds,
    say,
  );
  await shop.check();
  await twin.shop.check();
  const hundred = figures['shop, 100 products'];
  const report = new Report(`Queue: orders as single jobs, ${many} a round (twin: ${few})`, servers.about);
  report.addFigures('orders/s', figures);
  report.addRatio('queue: shop to twin, one at a time', {
    of: hundred,
    to: figures['twin, one at a time'],
    atLeast: 30,
  });
  report.addRatio('queue: shop to BullMQ, nothing done', {
    of: hundred,
    to: quickest(figures, noops),
    atLeast: 0.55,
  });
  report.addRatio('queue: 1 product to 100 products', {
    of: figures['shop, 1 product'],
    to: hundred,
    atLeast: 0.95,
  });
  return report;
}

/** Opens the shop's own queue and worker. */
async function openShop(scope, source, shop) {
  const { Producer, QUEUE_NAME, keyPrefix, openRedis } = source;
  const redis = await openRedis(shop.redisUrl);
  scope.add(() => redis.disconnect());
  const producer = new Producer(redis, shop.prefix);
  scope.add(() => producer.close());
  const seen = openQueue(scope, QUEUE_NAME, { redisUrl: shop.redisUrl, prefix: keyPrefix(shop.prefix) });
  await shop.startWorker();
  const fill = (orders) =>
    recordOrders(source, shop.sql, orders, (requests) =>
      // one call per job, as commands do, because a single call would put all requests into one job
      Promise.all(requests.map(({ id }) => producer.enqueue([id]))),
    );
  return (orders) => timeQueue(seen, orders, fill);
}
