import { fileURLToPath } from 'node:url';
import { startWorker } from './programs.mjs';
import { addJobs, openQueue, timeQueue } from './queues.mjs';
import { recordOrders } from './requests.mjs';
import { median } from './rounds.mjs';
import { Shop, WORKER_CONCURRENCY } from './shop.mjs';

const TWIN = fileURLToPath(new URL('../twin/worker.mjs', import.meta.url));
const NOOP = fileURLToPath(new URL('noop-worker.mjs', import.meta.url));

/**
 * Opens the twin, which is a textbook worker, on a database of its own. `withConcurrency` starts a worker, and returns a function
 * that takes orders and returns orders per second.
 */
export async function openTwin(scope, servers, { source, users, products }) {
  const shop = await Shop.stocked(scope, servers, 'twin', { users, products });
  // several transactions of the twin write ledger rows at once, so MySQL must number these rows
  await shop.sql.query('ALTER TABLE point_transactions MODIFY id BIGINT NOT NULL AUTO_INCREMENT');
  const withConcurrency = async (concurrency) => {
    const queue = openQueue(scope, `orders-${concurrency}`, shop);
    await startWorker(scope, [TWIN, workerOptions(queue, { concurrency, databaseUrl: shop.url })]);
    const fill = (orders) =>
      recordOrders(source, shop.sql, orders, (requests) =>
        addJobs(queue, requests, ({ id, order: { user, product, quantity } }) => {
          return { requestId: id, userId: user, items: [{ productId: product, quantity }] };
        }),
      );
    return (orders) => timeQueue(queue, orders, fill);
  };
  return { shop, withConcurrency };
}

/**
 * Maximum numbers of active jobs that are measured: 50, because BullMQ is faster with it on some machines, and the number of the
 * shop's worker.
 */
const NOOP_CONCURRENCIES = [50, WORKER_CONCURRENCY];

/** Starts BullMQ workers that do nothing. Returns a function by name for each; it takes orders and returns jobs per second. */
export async function openNoops(scope, { redisUrl }) {
  const noops = {};
  for (const concurrency of NOOP_CONCURRENCIES) {
    const queue = openQueue(scope, `noop-${concurrency}`, { redisUrl, prefix: 'bench_noop' });
    await startWorker(scope, [NOOP, workerOptions(queue, { concurrency })]);
    const fill = (orders) => addJobs(queue, orders, ({ user }) => ({ requestIds: [user] }));
    noops[`BullMQ, nothing done, ${concurrency} at a time`] = (orders) => timeQueue(queue, orders, fill);
  }
  return noops;
}

/** Returns the figures of the fastest peer, with which the shop is compared. */
export function quickest(figures, peers) {
  const [first] = Object.keys(peers)
    .map((name) => figures[name])
    .sort((a, b) => median(b) - median(a));
  return first;
}

function workerOptions({ name, opts: { connection, prefix } }, more) {
  return JSON.stringify({ queue: name, connection: { ...connection, maxRetriesPerRequest: null }, prefix, ...more });
}
