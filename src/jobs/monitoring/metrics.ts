import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { REFUSAL_CODES } from '../../domain/errors.ts';
import { REQUEST_KINDS } from '../../domain/requests/kinds/index.ts';
import { REQUEST_STATUSES } from '../../domain/requests/status.ts';
import { MAX_GROUP } from '../worker/group-commit.ts';
import type { LaneState } from '../worker/lane-handle.ts';
import type { Commit, LaneObserver } from './commits.ts';
import type { QueueGaugeValues } from './queue-gauges.ts';

const BATCH_BUCKETS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, MAX_GROUP];
/**
 * Histogram buckets in seconds. The smallest is for the commit of one request on a fast disk. The largest is the time limit of the
 * lane's statements.
 */
const COMMIT_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20];
/** Histogram buckets in seconds. The smallest is for a request that is applied at once, the largest for a wait during an outage. */
const DURATION_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];
/**
 * Default metrics of prom-client that are removed. They are gauges, but the ending `_total` is for counters. Gauges such as
 * `nodejs_active_resources` contain the same numbers by type.
 */
const MISNAMED = ['nodejs_active_resources_total', 'nodejs_active_handles_total', 'nodejs_active_requests_total'];

/** Facts about a worker that do not change while it runs. */
export interface WorkerFacts {
  readonly version: string;
  /** Milliseconds between two refreshes of the ranking. */
  readonly rankingPeriodMs: number;
}

/** A worker's metrics in the Prometheus format. */
export class Metrics implements LaneObserver {
  readonly #registry = new Registry();
  readonly #requests = this.#counter(
    'shop_requests_total',
    'Requests that this worker has decided.',
    'kind',
    'outcome',
  );
  readonly #refusals = this.#counter('shop_requests_refused_total', 'Requests that this worker has refused.', 'code');
  readonly #attempts = this.#counter('shop_attempts_failed_total', 'Failed attempts to apply a request.');
  readonly #duration = this.#histogram(
    'shop_request_duration_seconds',
    'Time from the recording of a request until MySQL confirms the COMMIT of its outcome.',
    DURATION_BUCKETS,
  );
  readonly #batch = this.#histogram('shop_batch_requests', 'Requests decided in one transaction.', BATCH_BUCKETS);
  readonly #commit = this.#histogram(
    'shop_commit_seconds',
    'Duration of a transaction, from its first statement until MySQL confirms the COMMIT.',
    COMMIT_BUCKETS,
  );
  readonly #up = this.#gauge('shop_up', '1 if the server responds to the worker, otherwise 0.', 'server');
  readonly #jobs = this.#gauge('shop_queue_jobs', 'Jobs in Redis. A job carries 1 to 1,000 requests.', 'state');
  readonly #pending = this.#gauge('shop_pending_requests', 'Requests without an outcome.');
  readonly #oldest = this.#gauge(
    'shop_oldest_pending_age_seconds',
    'Age of the oldest pending request; 0 if none is pending.',
  );
  readonly #paused = this.#gauge('shop_queue_paused', '1 if the queue is paused, otherwise 0.');
  readonly #held = this.#gauge('shop_lane_held', '1 if this worker holds the lane and applies requests, otherwise 0.');
  readonly #ranking = this.#gauge('shop_ranking_age_seconds', 'Time since the ranking in Redis was refreshed.');
  readonly #period = this.#gauge(
    'shop_ranking_period_seconds',
    'Time between two refreshes of the ranking, as configured for this worker.',
  );
  readonly #build = this.#gauge('shop_build_info', 'Versions of the worker and of Node.js.', 'version', 'node');
  readonly #worker = this.#gauge('shop_worker_info', 'The version of the worker.', 'version');

  constructor({ version, rankingPeriodMs }: WorkerFacts) {
    collectDefaultMetrics({ register: this.#registry });
    for (const name of MISNAMED) this.#registry.removeSingleMetric(name);
    this.#worker.set({ version }, 1);
    this.#build.set({ version, node: process.version }, 1);
    this.#period.set(rankingPeriodMs / 1_000);
    // each series starts at zero, because Prometheus would otherwise not see the first event as an increase
    for (const kind of REQUEST_KINDS) {
      for (const outcome of REQUEST_STATUSES) if (outcome !== 'pending') this.#requests.inc({ kind, outcome }, 0);
    }
    for (const code of REFUSAL_CODES) this.#refusals.inc({ code }, 0);
  }

  committed({ outcomes, waitsMs, ms }: Commit): void {
    for (const { kind, outcome, code, count } of outcomes) {
      this.#requests.inc({ kind, outcome }, count);
      if (outcome === 'refused' && code !== null) this.#refusals.inc({ code }, count);
    }
    for (const wait of waitsMs) this.#duration.observe(wait / 1_000);
    this.#batch.observe(waitsMs.length);
    this.#commit.observe(ms / 1_000);
  }

  attemptFailed(): void {
    this.#attempts.inc();
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** Returns all metrics as text, with the gauges set to the given state. Unknown values are left out. */
  async render(lane: LaneState, { mysql, redis }: QueueGaugeValues): Promise<string> {
    this.#held.set(lane === 'held' || lane === 'catching up' ? 1 : 0);
    this.#up.set({ server: 'mysql' }, mysql === null ? 0 : 1);
    this.#up.set({ server: 'redis' }, redis === null ? 0 : 1);
    this.#jobs.reset();
    for (const [state, count] of Object.entries(redis?.jobs ?? {})) this.#jobs.set({ state }, count);
    setOrRemove(this.#paused, mysql === null ? null : Number(mysql.paused));
    setOrRemove(this.#pending, mysql?.backlog?.pending ?? null);
    setOrRemove(this.#oldest, mysql?.backlog?.oldestSeconds ?? null);
    setOrRemove(this.#ranking, redis?.rankingAgeSeconds ?? null);
    return this.#registry.metrics();
  }

  #counter<Label extends string>(name: string, help: string, ...labelNames: readonly Label[]): Counter<Label> {
    return new Counter({ name, help, labelNames, registers: [this.#registry] });
  }

  #gauge<Label extends string>(name: string, help: string, ...labelNames: readonly Label[]): Gauge<Label> {
    return new Gauge({ name, help, labelNames, registers: [this.#registry] });
  }

  #histogram(name: string, help: string, buckets: readonly number[]): Histogram {
    return new Histogram({ name, help, buckets: [...buckets], registers: [this.#registry] });
  }
}

function setOrRemove(gauge: Gauge, value: number | null): void {
  if (value === null) gauge.remove();
  else gauge.set(value);
}
