import type { LaneState } from '../worker/lane-handle.ts';

/** What tells whether a worker is well. */
export interface WorkerState {
  readonly draining: boolean;
  readonly lane: LaneState;
  /** For how many milliseconds MySQL has been of no use to the lane, and Redis has not answered. */
  readonly mysqlSilentMs: number;
  readonly redisSilentMs: number;
}

/** Whether a worker does what it is for, as `/healthz` answers it. */
export interface Health {
  readonly status: 'ok' | 'unavailable' | 'draining';
  /** Why it does not; null where it does. */
  readonly reason: string | null;
  readonly lane: LaneState;
  readonly mysqlSilentSeconds: number;
  readonly redisSilentSeconds: number;
}

/** A server that comes back sooner has not been away; a lane that says nothing for so long hangs. */
const PATIENCE_MS = 10_000;

/** One that stands by is as well as the one that holds the lane, and so is one that waits for `queue resume`. */
export function judgeHealth(state: WorkerState): Health {
  const { draining, lane, mysqlSilentMs, redisSilentMs } = state;
  const [mysqlSilentSeconds, redisSilentSeconds] = [seconds(mysqlSilentMs), seconds(redisSilentMs)];
  const reasons: string[] = [];
  if (mysqlSilentMs > PATIENCE_MS) {
    reasons.push(
      lane === 'connecting'
        ? `the lane has had no connection to MySQL for ${mysqlSilentSeconds} s`
        : `the lane has had no answer of MySQL for ${mysqlSilentSeconds} s: one of them hangs`,
    );
  }
  if (redisSilentMs > PATIENCE_MS) reasons.push(`Redis has not answered for ${redisSilentSeconds} s`);
  return {
    status: draining ? 'draining' : reasons.length > 0 ? 'unavailable' : 'ok',
    reason: draining ? 'the worker takes no more work' : reasons.length > 0 ? reasons.join('; ') : null,
    lane,
    mysqlSilentSeconds,
    redisSilentSeconds,
  };
}

function seconds(ms: number): number {
  return Math.round(ms / 100) / 10;
}
