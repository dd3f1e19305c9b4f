import { type JobsOptions, Queue } from 'bullmq';
import type { QueueHold } from '../../domain/doctor/requests.ts';
import { phrase, sentences } from '../../domain/phrase.ts';
import { awaitReply, type RedisClient } from '../../domain/servers/connections.ts';
import { permitted } from '../../domain/servers/redis-info.ts';
import {
  APPLY_JOB,
  type ApplyData,
  jobId,
  keyPrefix,
  MAX_JOB_REQUESTS,
  parseApplyData,
  QUEUE_NAME,
} from './job-data.ts';

/** Number of jobs by state. */
export interface JobCounts {
  readonly waiting: number;
  readonly active: number;
  readonly delayed: number;
}

/** A worker's connection to the queue. */
export interface QueueWorker {
  /** See `workerName`; null for a worker of an older version. */
  readonly name: string | null;
  /** Host and port, as reported by Redis. */
  readonly address: string | null;
  /** Seconds since the worker connected. */
  readonly seconds: number | null;
}

/**
 * Maximum number of runs of a failing job, and milliseconds before the second run. The lane itself counts the attempts of
 * requests.
 */
const [JOB_RUNS, JOB_BACKOFF_MS] = [3, 500];

/** Queues requests and reads the queue's state. */
export class Producer {
  readonly #redis: RedisClient;
  readonly #queue: Queue<ApplyData>;
  #limitMs = Number.POSITIVE_INFINITY;

  /** @param redis closed by the caller. */
  constructor(redis: RedisClient, prefix: string) {
    this.#redis = redis;
    this.#queue = new Queue<ApplyData>(QUEUE_NAME, {
      connection: redis,
      prefix: keyPrefix(prefix),
      // the worker checks the server's version and settings; the same check would slow down a command
      skipVersionCheck: true,
      skipMetasUpdate: true,
      defaultJobOptions: {
        // outcomes are in MySQL, so finished jobs are not needed
        removeOnComplete: true,
        removeOnFail: true,
        attempts: JOB_RUNS,
        backoff: { type: 'exponential', delay: JOB_BACKOFF_MS },
      },
    });
    // without a listener, the error event would end the process; the call that fails reports the error
    this.#queue.on('error', () => {});
  }

  /** Sets a time limit for queueing, in addition to the client's own limit. Infinity removes the added limit. */
  limitReplies(ms: number): void {
    this.#limitMs = ms;
  }

  /**
   * Queues requests in the given order, in as few jobs as possible. A job that is already queued keeps its position.
   */
  async enqueue(requestIds: readonly number[]): Promise<void> {
    await this.#add(requestIds, (data) => ({ jobId: jobId(data) }));
  }

  /** Queues retried requests under new job ids, because the jobs in which they failed may still be in the queue. */
  async enqueueAgain(requestIds: readonly number[]): Promise<void> {
    await this.#add(requestIds, () => ({}));
  }

  async #add(requestIds: readonly number[], optionsOf: (data: ApplyData) => JobsOptions): Promise<void> {
    const jobs: ApplyData[] = [];
    for (let start = 0; start < requestIds.length; start += MAX_JOB_REQUESTS) {
      jobs.push({ requestIds: requestIds.slice(start, start + MAX_JOB_REQUESTS) });
    }
    // each job is added on its own, because a MULTI transaction would need two more commands even for a single job
    const added = Promise.all(jobs.map((data) => this.#queue.add(APPLY_JOB, data, optionsOf(data))));
    await awaitReply(this.#redis, added, this.#limitMs);
  }

  /**
   * Returns the lowest request id in the next waiting job. Workers have fetched all jobs before it. Returns null if no
   * job waits, or if the next job was not written by this program.
   */
  async firstWaiting(): Promise<number | null> {
    const [next] = await this.#queue.getJobs(['wait'], 0, 0, true);
    // a job that this program has not written does not show which requests workers have fetched
    const data = parseApplyData(next?.data);
    return data === null ? null : Math.min(...data.requestIds);
  }

  /** Counts the jobs that wait, are active, or wait for another run. @throws RedisError */
  async countJobs(): Promise<JobCounts> {
    const { wait = 0, active = 0, delayed = 0 } = await this.#queue.getJobCounts('wait', 'active', 'delayed');
    return { waiting: wait, active, delayed };
  }

  /** Lists the workers connected to the queue. Returns null if Redis does not list them. @throws RedisError */
  async readWorkers(): Promise<QueueWorker[] | null> {
    const clients = await permitted(() => this.#queue.getWorkers());
    const workers: QueueWorker[] = [];
    for (const { rawname, addr, age } of clients ?? []) {
      // if a hosted server has no CLIENT LIST, BullMQ returns a made-up entry without this name
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

  /**
   * Reads whether another program has stopped the queue in Redis, so that workers get no jobs. Returns null if the
   * queue is not stopped.
   *
   * @throws RedisError
   */
  async readHold(): Promise<QueueHold | null> {
    const { paused, concurrency } = await awaitReply(this.#redis, this.#queue.getMeta());
    if (paused !== true && concurrency !== 0) return null;
    const [cause, field] =
      paused === true
        ? [phrase('The queue is paused in Redis.'), 'paused']
        : [phrase("The queue's concurrency is 0 in Redis."), 'concurrency'];
    return {
      held: sentences(
        cause,
        phrase('Workers get no jobs from Redis; they find the requests in MySQL a few seconds later.'),
      ),
      release: `redis-cli HDEL ${this.#queue.toKey('meta')} ${field}`,
    };
  }

  async close(): Promise<void> {
    await this.#queue.close();
  }
}
