import { isLaneHeld, isLaneHeldBy, type LaneAddress } from '../../domain/apply/lane-lock.ts';
import type { QueueHold } from '../../domain/doctor/requests.ts';
import { ShopError } from '../../domain/errors.ts';
import type { Phrase } from '../../domain/phrase.ts';
import { QueueCounter, type QueueCounts } from '../../domain/requests/counts.ts';
import { readPause } from '../../domain/requests/pause.ts';
import { openRedis, type RedisClient, type Session } from '../../domain/servers/connections.ts';
import { type JobCounts, Producer, type QueueWorker } from './producer.ts';

/** A connected worker. */
export interface WorkerStatus extends QueueWorker {
  /** True for the worker that holds the lane's lock in MySQL. */
  readonly holdsLane: boolean;
}

/** State of the queue, as `queue status` shows it. Fields that come from Redis are null while Redis is unavailable. */
export interface QueueStatus extends QueueCounts {
  /** When the state was read, by the clock of this machine. */
  readonly at: Date;
  readonly paused: boolean;
  readonly pausedBy: string | null;
  readonly pausedHost: string | null;
  readonly pausedAt: Date | null;
  /** Number of waiting jobs. A job carries one request, or up to 1,000 requests of a batch. */
  readonly waiting: number | null;
  readonly active: number | null;
  readonly delayed: number | null;
  /** True if a worker holds the lane. While the queue is paused, that worker applies nothing. */
  readonly laneHeld: boolean;
  /** The connected workers; also null if Redis does not list its clients. */
  readonly workers: readonly WorkerStatus[] | null;
  /** True if a setting in Redis keeps workers from getting jobs; see `hold`. */
  readonly redisPaused: boolean | null;
  readonly hold: QueueHold | null;
  /** The reason why Redis could not be read; null if it could. */
  readonly redisError: Phrase | string | null;
}

/** Part of the status that comes from Redis. */
interface RedisStatus {
  readonly jobs: JobCounts | null;
  readonly hold: QueueHold | null;
  readonly workers: readonly QueueWorker[] | null;
  readonly redisError: Phrase | string | null;
}

/** Time limit for Redis. A slower server counts as unavailable. */
const REDIS_LIMIT_MS = 3_000;

/** Reads the state of the queue repeatedly, on the same connections. */
export class QueueStatusReader {
  readonly #session: Session;
  readonly #redisUrl: string;
  readonly #lane: LaneAddress;
  readonly #counter: QueueCounter;
  #redis: RedisClient | null = null;
  #producer: Producer | null = null;

  /** @param session closed by the caller. */
  constructor(session: Session, redisUrl: string, lane: LaneAddress) {
    this.#session = session;
    this.#redisUrl = redisUrl;
    this.#lane = lane;
    this.#counter = new QueueCounter(session);
  }

  /** Reads the current state. An unavailable Redis is reported in `redisError`. @throws DatabaseError */
  async read(): Promise<QueueStatus> {
    const session = this.#session;
    const pause = await readPause(session);
    const [counts, { jobs, hold, workers, redisError }] = await Promise.all([this.#counter.count(), this.#readRedis()]);
    return {
      at: new Date(),
      paused: pause !== null,
      pausedBy: pause?.pausedBy ?? null,
      pausedHost: pause?.pausedHost ?? null,
      pausedAt: pause?.pausedAt ?? null,
      pending: counts.pending,
      oldestPendingSeconds: counts.oldestPendingSeconds,
      waiting: jobs?.waiting ?? null,
      active: jobs?.active ?? null,
      delayed: jobs?.delayed ?? null,
      applied: counts.applied,
      refused: counts.refused,
      failed: counts.failed,
      laneHeld: await isLaneHeld(session, this.#lane),
      workers: workers === null ? null : await this.#withLane(workers),
      batches: counts.batches,
      redisPaused: jobs === null ? null : hold !== null,
      hold,
      redisError,
    };
  }

  async close(): Promise<void> {
    await this.#producer?.close();
    this.#redis?.disconnect();
    this.#producer = null;
    this.#redis = null;
  }

  async #withLane(workers: readonly QueueWorker[]): Promise<WorkerStatus[]> {
    const all: WorkerStatus[] = [];
    for (const worker of workers) {
      const holdsLane = worker.name !== null && (await isLaneHeldBy(this.#session, this.#lane, worker.name));
      all.push({ ...worker, holdsLane });
    }
    return all;
  }

  async #readRedis(): Promise<RedisStatus> {
    try {
      this.#redis ??= await openRedis(this.#redisUrl, REDIS_LIMIT_MS);
      this.#producer ??= new Producer(this.#redis, this.#lane.prefix);
      const [jobs, hold] = [await this.#producer.countJobs(), await this.#producer.readHold()];
      return { jobs, hold, workers: await this.#producer.readWorkers(), redisError: null };
    } catch (error) {
      // the connection is closed, so that the next read opens a new one
      await this.close();
      return { jobs: null, hold: null, workers: null, redisError: textOf(error) };
    }
  }
}

function textOf(error: unknown): Phrase | string {
  if (error instanceof ShopError) return error.text.message;
  return error instanceof Error ? error.message : String(error);
}
