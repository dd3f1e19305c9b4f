import type { LaneState } from '../worker/lane-handle.ts';

/** State of a worker that determines its health. */
export interface WorkerState {
  readonly draining: boolean;
  readonly lane: LaneState;
  /** How long the lane has had no connection to MySQL, or no response from it, in milliseconds. */
  readonly mysqlSilentMs: number;
  /** Milliseconds since Redis last responded. */
  readonly redisSilentMs: number;
}

/** Health of a worker, as `/healthz` returns it. */
export interface Health {
  readonly status: 'ok' | 'unavailable' | 'draining';
  /** The reason for the status; null if the status is `ok`. */
  readonly reason: string | null;
  readonly lane: LaneState;
  readonly mysqlSilentSeconds: number;
  readonly redisSilentSeconds: number;
}

/** A server or a lane that does not respond for longer than this counts as unavailable. */
const SILENCE_LIMIT_MS = 10_000;

/** Determines the health of a worker. A worker that is on standby, or waits for `queue resume`, is healthy. */
export function healthOf(state: WorkerState): Health {
  const { draining, lane, mysqlSilentMs, redisSilentMs } = state;
  const [mysqlSilentSeconds, redisSilentSeconds] = [seconds(mysqlSilentMs), seconds(redisSilentMs)];
  const reasons: string[] = [];
  if (mysqlSilentMs > SILENCE_LIMIT_MS) {
    reasons.push(
      lane === 'connecting'
        ? `the lane has had no connection to MySQL for ${mysqlSilentSeconds} s`
        : `MySQL or the lane has not responded for ${mysqlSilentSeconds} s`,
    );
  }
  if (redisSilentMs > SILENCE_LIMIT_MS) reasons.push(`Redis has not responded for ${redisSilentSeconds} s`);
  return {
    status: draining ? 'draining' : reasons.length > 0 ? 'unavailable' : 'ok',
    reason: draining ? 'the worker accepts no more work' : reasons.length > 0 ? reasons.join('; ') : null,
    lane,
    mysqlSilentSeconds,
    redisSilentSeconds,
  };
}

function seconds(ms: number): number {
  return Math.round(ms / 100) / 10;
}
