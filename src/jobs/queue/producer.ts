import { type JobsOptions, Queue } from 'bullmq';
import type { QueueHold } from '../../domain/doctor/requests.ts';
import { phrase } from '../../domain/phrase.ts';
import { permitted } from '../../domain/servers/redis-info.ts';
import { answered, type RedisClient } from '../../domain/servers/store.ts';
import {
  APPLY_JOB,
  type ApplyData,
  jobId,
  keyPrefix,
  MAX_JOB_REQUESTS,
  parseApplyData,
  QUEUE_NAME,
} from './job-data.ts';

/** Jobs by their state. */
export interface JobCounts {
  readonly waiting: number;
  readonly active: number;
  readonly delayed: number;
}

/** A worker's connection to the queue. */
export interface QueueWorker {
  /** See `workerName`; null for one of an older program. */
  readonly name: string | null;
  /** Host and port, as Redis sees them. */
  readonly address: string | null;
  /** How long it has been connected. */
  readonly seconds: number | null;
}

/** How often BullMQ runs a job that fails, and milliseconds before the second run. Attempts of requests are the lane's. */
const [JOB_RUNS, JOB_BACKOFF_MS] = [3, 500];

/** Puts requests in the queue, and reads the queue's state. */
export class Producer {
  readonly #redis: RedisClient;
  readonly #queue: Queue<ApplyData>;

  /** @param redis stays the caller's to close. */
  constructor(redis: RedisClient, prefix: string) {
    this.#redis = redis;
    this.#queue = new Queue<ApplyData>(QUEUE_NAME, {
      connection: redis,
      prefix: keyPrefix(prefix),
      // the worker checks the server's version and settings; a command has no time for it
      skipVersionCheck: true,
      skipMetasUpdate: true,
      defaultJobOptions: {
        // outcomes are in MySQL; a finished job is of no more use
        removeOnComplete: true,
        removeOnFail: true,
        attempts: JOB_RUNS,
        backoff: { type: 'exponential', delay: JOB_BACKOFF_MS },
      },
    });
    // the failing call reports it; without a listener the same error would end the process
    this.#queue.on('error', () => {});
  }

  /** Queues requests in the order given, in as few jobs as possible. A job that is queued already stays where it is. */
  async enqueue(requestIds: readonly number[]): Promise<void> {
    await this.#add(requestIds, (data) => ({ jobId: jobId(data) }));
  }

  /** Queues retried requests under new job ids, because the jobs that they failed in may still be in the queue. */
  async enqueueAgain(requestIds: readonly number[]): Promise<void> {
    await this.#add(requestIds, () => ({}));
  }

  async #add(requestIds: readonly number[], optionsOf: (data: ApplyData) => JobsOptions): Promise<void> {
    const jobs: ApplyData[] = [];
    for (let start = 0; start < requestIds.length; start += MAX_JOB_REQUESTS) {
      jobs.push({ requestIds: requestIds.slice(start, start + MAX_JOB_REQUESTS) });
    }
    // sent in this order; a transaction of Redis around them would cost a single job two more commands
    const added = Promise.all(jobs.map((data) => this.#queue.add(APPLY_JOB, data, optionsOf(data))));
    await answered(this.#redis, added);
  }

  /**
   * The first request of the job that is next in line, or null if none waits: what was queued before it has been taken
   * by a worker.
   */
  async firstWaiting(): Promise<number | null> {
    const [next] = await this.#queue.getJobs(['wait'], 0, 0, true);
    // what was forged tells nothing of what came before it
    const data = parseApplyData(next?.data);
    return data === null ? null : Math.min(...data.requestIds);
  }

  /** How many jobs wait, are active, and wait for another attempt. @throws RedisError */
  async countJobs(): Promise<JobCounts> {
    const { wait = 0, active = 0, delayed = 0 } = await this.#queue.getJobCounts('wait', 'active', 'delayed');
    return { waiting: wait, active, delayed };
  }

  /** The workers at the queue; null if Redis does not list them. @throws RedisError */
  async readWorkers(): Promise<QueueWorker[] | null> {
    const clients = await permitted(() => this.#queue.getWorkers());
    const workers: QueueWorker[] = [];
    for (const { rawname, addr, age } of clients ?? []) {
      // what BullMQ makes up where a hosted server has no CLIENT LIST has no such name
      if (rawname === undefined) return null;
      const name = rawname.split(':w:').slice(1).join(':w:');
      workers.push({
        name: name === '' ? null : name,
        address: addr ?? null,
        seconds: age === undefined ? null : Number(age),
      });
    }
    return clients === null ? null : workers;
  }

  /** What keeps workers from getting jobs: something that was set in Redis by another program; null where nothing does. @throws RedisError */
  async readHold(): Promise<QueueHold | null> {
    const { paused, concurrency } = await answered(this.#redis, this.#queue.getMeta());
    const release = (field: string) => `redis-cli HDEL ${this.#queue.toKey('meta')} ${field}`;
    if (paused === true) {
      return {
        held: phrase('The queue is paused in Redis: workers get no jobs, and find requests in MySQL seconds later.'),
        release: release('paused'),
      };
    }
    if (concurrency !== 0) return null;
    return {
      held: phrase(
        "The queue's concurrency is 0 in Redis: workers get no jobs, and find requests in MySQL seconds later.",
      ),
      release: release('concurrency'),
    };
  }

  async close(): Promise<void> {
    await this.#queue.close();
  }
}
