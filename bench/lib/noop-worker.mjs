// A worker of BullMQ whose processor does nothing: the most that a queue of single jobs can carry.
import { Worker } from 'bullmq';

const { queue, connection, prefix, concurrency } = JSON.parse(process.argv[2]);
const worker = new Worker(queue, async () => {}, { connection, prefix, concurrency });
worker.on('error', (error) => console.error(error));
await worker.waitUntilReady();
console.log('ready');
process.once('SIGTERM', () => worker.close());
