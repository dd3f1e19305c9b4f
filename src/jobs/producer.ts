import { type JobsOptions, Queue } from 'bullmq';
import { permitted } from '../domain/doctor/redis-info.ts';
import { laneOf, type Slotted } from '../domain/lane-place.ts';
import { answered, type RedisClient } from '../domain/store.ts';
import {
  APPLY_JOB,
  type ApplyData,
  jobId,
  keyPrefix,
  MAX_JOB_REQUESTS,
  parseApplyData,
  queueName,
} from './contract.ts';

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

/** Puts requests in the queues of their lanes, and tells of these. */
export class Producer {
  readonly #redis: RedisClient;
  readonly #prefix: string;
  readonly #queues = new Map<number, Queue<ApplyData>>();

  /** @param redis stays the caller's to close. */
  constructor(redis: RedisClient, prefix: string) {
    this.#redis = redis;
    this.#prefix = prefix;
  }

  /**
   * Queues requests in the order given, as few jobs as possible. What is queued already stays where it is.
   *
   * @param lanes how many there are. What is queued for others, for they have been changed, is found by those that are.
   */
  async enqueue(requests: readonly Slotted[], lanes: number): Promise<void> {
    await this.#add(requests, lanes, (data) => ({ jobId: jobId(data) }));
  }

  /** Queues requests whose failure was taken back, in jobs of their own: those that they failed in may still be there. */
  async enqueueAgain(requests: readonly Slotted[], lanes: number): Promise<void> {
    await this.#add(requests, lanes, () => ({}));
  }

  async #add(requests: readonly Slotted[], lanes: number, optionsOf: (data: ApplyData) => JobsOptions): Promise<void> {
    const added = [...byLane(requests, lanes)].map(([lane, requestIds]) => {
      const jobs: ApplyData[] = [];
      for (let start = 0; start < requestIds.length; start += MAX_JOB_REQUESTS) {
        jobs.push({ requestIds: requestIds.slice(start, start + MAX_JOB_REQUESTS) });
      }
      return this.#queue(lane).addBulk(jobs.map((data) => ({ name: APPLY_JOB, data, opts: optionsOf(data) })));
    });
    await answered(this.#redis, Promise.all(added));
  }

  /**
   * The first request of the job that is next in line in a lane, or null where none waits: what was queued before it has
   * been taken by a worker.
   */
  async firstWaiting(lane: number): Promise<number | null> {
    const [next] = await this.#queue(lane).getJobs(['wait'], 0, 0, true);
    // what was forged tells nothing of what came before it
    const data = parseApplyData(next?.data);
    return data === null ? null : Math.min(...data.requestIds);
  }

  /** How many jobs of so many lanes wait, are in the hands of workers, and wait for another attempt. @throws RedisError */
  async countJobs(lanes: number): Promise<JobCounts> {
    const counts = await Promise.all(this.#all(lanes).map((queue) => queue.getJobCounts('wait', 'active', 'delayed')));
    const sum = (state: string) => counts.reduce((total, count) => total + (count[state] ?? 0), 0);
    return { waiting: sum('wait'), active: sum('active'), delayed: sum('delayed') };
  }

  /** The workers, each once; null where Redis does not tell. @throws RedisError */
  async readWorkers(): Promise<QueueWorker[] | null> {
    // all have that connection, whatever lanes they have
    const clients = await permitted(() => this.#queue(0).getWorkers());
    const workers = new Map<string, QueueWorker>();
    for (const { rawname, addr, age } of clients ?? []) {
      // what BullMQ makes up where a hosted server has no CLIENT LIST has no such name
      if (rawname === undefined) return null;
      const name = rawname.split(':w:').slice(1).join(':w:');
      const worker = {
        name: name === '' ? null : name,
        address: addr ?? null,
        seconds: age === undefined ? null : Number(age),
      };
      // the one that has the first lane has another connection of that name, to wait for jobs
      const known = worker.name ?? `${worker.address}`;
      if (!workers.has(known)) workers.set(known, worker);
    }
    return clients === null ? null : [...workers.values()];
  }

  async close(): Promise<void> {
    await Promise.all([...this.#queues.values()].map((queue) => queue.close()));
  }

  #all(lanes: number): Queue<ApplyData>[] {
    return Array.from({ length: lanes }, (_, lane) => this.#queue(lane));
  }

  #queue(lane: number): Queue<ApplyData> {
    const known = this.#queues.get(lane);
    if (known !== undefined) return known;
    const queue = new Queue<ApplyData>(queueName(lane), {
      connection: this.#redis,
      prefix: keyPrefix(this.#prefix),
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
    queue.on('error', () => {});
    this.#queues.set(lane, queue);
    return queue;
  }
}

/** Ids by lane, in their order. */
function byLane(requests: readonly Slotted[], lanes: number): ReadonlyMap<number, number[]> {
  const ids = new Map<number, number[]>();
  for (const { id, slot } of requests) {
    const lane = laneOf(slot, lanes);
    const others = ids.get(lane);
    if (others === undefined) ids.set(lane, [id]);
    else others.push(id);
  }
  return ids;
}
