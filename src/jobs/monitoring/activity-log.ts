import { createHistogram } from 'node:perf_hooks';
import type { Logger } from 'pino';
import type { LaneState } from '../worker/lane-handle.ts';
import type { Commit, LaneObserver, OutcomeCount } from './commits.ts';
import type { QueueGaugeValues } from './queue-gauges.ts';

/** Functions that return the current state of the lane and of the queue, for the log lines. */
export interface ActivitySources {
  lane(): LaneState;
  readQueue(): Promise<QueueGaugeValues>;
}

/**
 * Logs a summary of the applied requests, one line per period. The first period without activity is logged as idle. No
 * further line follows until there is activity.
 */
export class ActivityLog implements LaneObserver {
  readonly #log: Logger;
  readonly #sources: ActivitySources;
  readonly #timer: NodeJS.Timeout;
  /** Durations of the committed transactions, in microseconds. */
  readonly #commits = createHistogram();
  #counts: Record<OutcomeCount['outcome'], number> = { applied: 0, refused: 0, failed: 0 };
  #failedAttempts = 0;
  #began = performance.now();
  #idle = false;

  /** Starts the first period. */
  constructor(periodMs: number, sources: ActivitySources, log: Logger) {
    this.#log = log;
    this.#sources = sources;
    this.#timer = setInterval(() => {
      this.#logPeriod().catch((error) => log.error({ err: error }, "could not log the worker's activity"));
    }, periodMs).unref();
  }

  committed(commit: Commit): void {
    for (const { outcome, count } of commit.outcomes) this.#counts[outcome] += count;
    this.#commits.record(Math.max(Math.round(commit.ms * 1_000), 1));
  }

  attemptFailed(): void {
    this.#failedAttempts++;
  }

  /** Stops, and logs the activity since the last line. */
  stop(): void {
    clearInterval(this.#timer);
    if (this.#happened) this.#log.info(this.#take(), 'summary');
  }

  get #happened(): boolean {
    return this.#commits.count > 0 || this.#failedAttempts > 0;
  }

  async #logPeriod(): Promise<void> {
    const idle = !this.#happened;
    const stillIdle = idle && this.#idle;
    this.#idle = idle;
    // activity during the queries below counts for the next period
    const taken = this.#take();
    if (stillIdle) return;
    const { mysql, redis } = await this.#sources.readQueue();
    const { pending, oldestSeconds } = mysql?.backlog ?? {};
    const queue = { ...redis?.jobs, pending, oldestPendingSeconds: oldestSeconds };
    if (idle) this.#log.info({ seconds: taken.seconds, lane: taken.lane, ...queue }, 'idle');
    else this.#log.info({ ...taken, ...queue }, 'summary');
  }

  #take() {
    const now = performance.now();
    const commits = this.#commits;
    const taken = {
      seconds: Math.round((now - this.#began) / 100) / 10,
      lane: this.#sources.lane(),
      ...this.#counts,
      failedAttempts: this.#failedAttempts,
      batches: commits.count,
      commitMs: { median: commits.percentile(50) / 1_000, p99: commits.percentile(99) / 1_000 },
    };
    this.#began = now;
    this.#counts = { applied: 0, refused: 0, failed: 0 };
    this.#failedAttempts = 0;
    commits.reset();
    return taken;
  }
}
