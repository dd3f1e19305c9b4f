import { Queue } from 'bullmq';
import { permitted } from '../domain/doctor/redis-info.ts';
import type { RedisClient } from '../domain/store.ts';
import {
  APPLY_JOB,
  type ApplyData,
  jobId,
  keyPrefix,
  MAX_JOB_REQUESTS,
  parseApplyData,
  QUEUE_NAME,
} from './contract.ts';

/** Puts requests in the queue. */
export class Producer {
  readonly #queue: Queue<ApplyData>;

  /** @param redis stays the caller's to close. */
  constructor(redis: RedisClient, prefix: string) {
    this.#queue = new Queue<ApplyData>(QUEUE_NAME, {
      connection: redis,
      prefix: keyPrefix(prefix),
      // the worker checks the server's version and settings; a command has no time for it
      skipVersionCheck: true,
      skipMetasUpdate: true,
      defaultJobOptions: {
        // what became of a request is in MySQL; a job that has ended is of no more use
        removeOnComplete: true,
        removeOnFail: true,
        attempts: 3,
        backoff: { type: 'exponential', delay: 500 },
      },
    });
    // the failing call reports it; without a listener the same error would end the process
    this.#queue.on('error', () => {});
  }

  /** Queues requests in the order given, as few jobs as possible. What is queued already stays where it is. */
  async enqueue(requestIds: readonly number[]): Promise<void> {
    const jobs: ApplyData[] = [];
    for (let start = 0; start < requestIds.length; start += MAX_JOB_REQUESTS) {
      jobs.push({ requestIds: requestIds.slice(start, start + MAX_JOB_REQUESTS) });
    }
    await this.#queue.addBulk(jobs.map((data) => ({ name: APPLY_JOB, data, opts: { jobId: jobId(data) } })));
  }

  /**
   * The first request of the job that is next in line, or null where none waits: what was queued before it has been
   * taken by a worker.
   */
  async firstWaiting(): Promise<number | null> {
    const [next] = await this.#queue.getJobs(['wait'], 0, 0, true);
    // what was forged tells nothing of what came before it
    const data = parseApplyData(next?.data);
    return data === null ? null : Math.min(...data.requestIds);
  }

  /** How many workers wait at the queue; null where Redis does not tell. @throws RedisError */
  async countWorkers(): Promise<number | null> {
    const workers = await permitted(() => this.#queue.getWorkers());
    // what BullMQ makes up where a hosted server has no CLIENT LIST has no such name
    return workers?.every(({ rawname }) => rawname !== undefined) === true ? workers.length : null;
  }

  async close(): Promise<void> {
    await this.#queue.close();
  }
}
