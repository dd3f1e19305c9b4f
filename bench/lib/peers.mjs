import { fileURLToPath } from 'node:url';
import { startWorker } from './programs.mjs';
import { addJobs, openQueue, timeQueue } from './queues.mjs';
import { recordOrders } from './requests.mjs';
import { Shop, WORKER_CONCURRENCY } from './shop.mjs';

const TWIN = fileURLToPath(new URL('../twin/worker.mjs', import.meta.url));
const NOOP = fileURLToPath(new URL('noop-worker.mjs', import.meta.url));

/** The textbook's way, on a database of its own: a function that takes orders and answers orders a second. */
export async function openTwin(scope, servers, { source, users, products }) {
  const shop = await Shop.stocked(scope, servers, 'twin', { users, products });
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

/** BullMQ alone: a function that takes orders and answers jobs a second. */
export async function openNoop(scope, { redisUrl }) {
  const queue = openQueue(scope, 'noop', { redisUrl, prefix: 'bench_noop' });
  await startWorker(scope, [NOOP, workerOptions(queue, { concurrency: WORKER_CONCURRENCY })]);
  return (orders) => timeQueue(queue, orders, (all) => addJobs(queue, all, ({ user }) => ({ requestIds: [user] })));
}

function workerOptions({ name, opts: { connection, prefix } }, more) {
  return JSON.stringify({ queue: name, connection: { ...connection, maxRetriesPerRequest: null }, prefix, ...more });
}
