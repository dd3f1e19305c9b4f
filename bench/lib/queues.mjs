import { setTimeout as delay } from 'node:timers/promises';
import { Queue } from 'bullmq';
import { chunks } from './orders.mjs';

const POLL_MS = 10;
const LIMIT_MS = 300_000;
/** Number of jobs added in one call. */
const CHUNK = 1_000;

/**
 * Measures single jobs through BullMQ in the same way for all peers. Before the clock starts, the queue is paused and
 * filled. The time runs from resuming the queue until no job is waiting, active or delayed.
 *
 * @param fill adds a job for each order.
 * @returns jobs per second.
 */
export async function timeQueue(queue, orders, fill) {
  await queue.pause();
  await fill(orders);
  const { waiting } = await queue.getJobCounts('waiting');
  if (waiting !== orders.length) throw new Error(`${waiting} of ${orders.length} jobs wait in ${queue.name}`);
  const started = performance.now();
  await queue.resume();
  for (let left = waiting; left > 0; ) {
    await delay(POLL_MS);
    const counts = await queue.getJobCounts('waiting', 'active', 'delayed');
    left = Object.values(counts).reduce((sum, count) => sum + count, 0);
    if (performance.now() - started > LIMIT_MS) throw new Error(`${left} jobs are still in ${queue.name}`);
  }
  return (orders.length / (performance.now() - started)) * 1_000;
}

/** Opens a BullMQ queue with the job options of the shop. */
export function openQueue(scope, name, { redisUrl, prefix }) {
  const { hostname, port, password } = new URL(redisUrl);
  const queue = new Queue(name, {
    prefix,
    connection: { host: hostname, port: Number(port), password: decodeURIComponent(password) },
    defaultJobOptions: { removeOnComplete: true, removeOnFail: true, attempts: 3 },
  });
  scope.add(() => queue.close());
  return queue;
}

/** Adds a job for each order. */
export async function addJobs(queue, rows, dataOf) {
  for (const chunk of chunks(rows, CHUNK)) {
    await queue.addBulk(chunk.map((row) => ({ name: 'order', data: dataOf(row) })));
  }
}
