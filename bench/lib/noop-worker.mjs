// A BullMQ worker with an empty processor: the upper bound for a queue of single jobs.
import { Worker } from 'bullmq';

const { queue, connection, prefix, concurrency } = JSON.parse(process.argv[2]);
const worker = new Worker(queue, async () => {}, { connection, prefix, concurrency });
worker.on('error', (error) => console.error(error));
await worker.waitUntilReady();
console.log('ready');
process.once('SIGTERM', () => worker.close());
