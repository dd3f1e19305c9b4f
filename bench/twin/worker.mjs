// The textbook worker: BullMQ and TypeORM, one transaction per job.
import { Worker } from 'bullmq';
import { DataSource } from 'typeorm';
import { ENTITIES } from './entities.mjs';
import { placeOrder } from './order-transaction.mjs';

const { queue, connection, prefix, concurrency, databaseUrl } = JSON.parse(process.argv[2]);
const dataSource = await new DataSource({
  type: 'mysql',
  url: databaseUrl,
  timezone: 'Z',
  supportBigNumbers: true,
  bigNumberStrings: false,
  poolSize: concurrency,
  entities: ENTITIES,
}).initialize();
const worker = new Worker(queue, (job) => placeOrder(dataSource, job.data, job.attemptsMade + 1), {
  connection,
  prefix,
  concurrency,
});
worker.on('error', (error) => console.error(error));
worker.on('failed', (_job, error) => console.error(error));
await worker.waitUntilReady();
console.log('ready');
process.once('SIGTERM', async () => {
  await worker.close();
  await dataSource.destroy();
});
