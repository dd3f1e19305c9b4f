import { setTimeout as delay } from 'node:timers/promises';
import { onOneProduct, ordersFor } from './lib/orders.mjs';
import { startWorker } from './lib/programs.mjs';
import { Report } from './lib/report.mjs';
import { recordOrders } from './lib/requests.mjs';
import { inTurns } from './lib/rounds.mjs';
import { end } from './lib/scope.mjs';
import { openServers } from './lib/servers.mjs';
import { Shop, WORKER_CONCURRENCY } from './lib/shop.mjs';
import { SHOP } from './lib/source.mjs';

const SIZES = {
  full: { many: 40_000, users: 2_000, products: 100 },
  small: { many: 5_000, users: 200, products: 100 },
};
const COUNTS = [1, 2, 4];
/** Between two looks at what is decided. */
const LOOK_MS = 5;
/** Between two looks at who has which lane. */
const SHARES_LOOK_MS = 100;

/** How many requests a second are applied by so many lanes of so many workers: they are recorded and queued before. */
export async function lanes(scope, { source, scale, rounds, say }) {
  const { many, users, products } = SIZES[scale];
  const servers = await openServers(scope, source);
  const shop = await Shop.stocked(scope, servers, 'shop', { users, products });
  const crew = await Crew.open(scope, source, shop);
  const of = ordersFor();
  const peers = {};
  for (const count of COUNTS) {
    for (const workers of COUNTS) {
      const apply = (requests) => crew.time({ lanes: count, workers }, requests);
      peers[nameOf(count, workers, products)] = of(apply, shop, many);
      peers[nameOf(count, workers, 1)] = of(apply, onOneProduct(shop), many);
      // what lanes share nothing of but the server
      const charge = (orders) => apply(orders.map(({ user }) => ({ user, amount: 1 })));
      peers[nameOf(count, workers, 0)] = of(charge, shop, many);
    }
  }
  const figures = await inTurns(peers, rounds, say);
  await shop.check();
  const report = new Report(`Lanes: ${many} orders or charges a round, recorded and queued before`, servers.about);
  report.addFigures('requests/s', figures);
  for (const product of [products, 1, 0]) {
    for (const count of COUNTS) {
      for (const workers of COUNTS) {
        if (count === 1 && workers === 1) continue;
        report.addRatio(`lanes: ${nameOf(count, workers, product)}, to one lane of one worker`, {
          of: figures[nameOf(count, workers, product)],
          to: figures[nameOf(1, 1, product)],
        });
      }
    }
  }
  return report;
}

/** @param products 0 for charges. */
function nameOf(count, workers, products) {
  const of = products === 0 ? 'charges' : `${products} products`;
  return `${count} lanes, ${workers} workers, ${of}`.replaceAll(/\b1 (\w+)s\b/g, '1 $1');
}

/** The workers of a shop. */
class Crew {
  #scope;
  #source;
  #shop;
  #producer;
  #workers = [];

  static async open(scope, source, shop) {
    const redis = await source.openRedis(shop.redisUrl);
    scope.add(() => redis.disconnect());
    const crew = new Crew();
    crew.#scope = scope;
    crew.#source = source;
    crew.#shop = shop;
    crew.#producer = new source.Producer(redis, shop.prefix);
    scope.add(() => crew.#producer.close());
    return crew;
  }

  /** Orders a second, from the first look that finds some of them applied to the one that finds all. */
  async time({ lanes: count, workers }, orders) {
    const shop = this.#shop;
    await this.#have(count, workers);
    await shop.command('queue', 'pause');
    const recorded = [];
    await recordOrders(this.#source, shop.sql, orders, async (requests) => {
      recorded.push(...requests);
      await this.#producer.enqueue(requests, count);
    });
    const byLane = Array.from({ length: count }, (_, lane) =>
      recorded.filter(({ slot }) => this.#source.laneOf(slot, count) === lane).map(({ id }) => id),
    );
    await shop.command('queue', 'resume');
    // each lane applies its requests in their order
    await this.#decided(
      byLane.map(([first]) => first),
      1,
    );
    const started = performance.now();
    const [[{ begun }]] = await shop.sql.query('SELECT COUNT(*) AS begun FROM outcomes WHERE request_id >= ?', [
      recorded[0].id,
    ]);
    const last = byLane.map((ids) => ids.at(-1));
    await this.#decided(last, last.length);
    return ((orders.length - begun) / (performance.now() - started)) * 1_000;
  }

  /** Waits until so many of these requests have their outcomes. */
  async #decided(ids, enough) {
    for (;;) {
      const [[{ count }]] = await this.#shop.sql.query(
        'SELECT COUNT(*) AS count FROM outcomes WHERE request_id IN (?)',
        [ids],
      );
      if (count >= enough) return;
      await delay(LOOK_MS);
    }
  }

  /** Has so many workers share so many lanes evenly. */
  async #have(count, workers) {
    while (this.#workers.length > workers) await end(this.#workers.pop());
    await this.#shop.command('queue', 'lanes', String(count));
    while (this.#workers.length < workers) {
      const args = [SHOP, 'worker', '--concurrency', String(WORKER_CONCURRENCY)];
      // of more workers than lanes some never say that they are ready
      this.#workers.push(
        await startWorker(this.#scope, args, { env: this.#shop.env, until: /worker ready|standing by/ }),
      );
    }
    const busy = Math.min(count, workers);
    const shares = Array.from({ length: workers }, (_, i) => (i < busy ? count / busy : 0));
    for (;;) {
      const status = await this.#shop.command('queue', 'status');
      const held = status.workers.map((worker) => worker.lanes.length).sort((a, b) => b - a);
      if (status.lanes === count && `${held}` === `${shares}`) return;
      await delay(SHARES_LOOK_MS);
    }
  }
}
