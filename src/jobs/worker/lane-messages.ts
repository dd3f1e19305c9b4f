import type { LaneAddress, LaneRefusal } from '../../domain/apply/lane-lock.ts';
import type { Origin } from '../../domain/requests/origin.ts';
import type { Pause } from '../../domain/requests/pause.ts';
import type { Commit } from '../monitoring/commits.ts';

/** Start parameters of the lane's thread. */
export interface LaneThreadData {
  readonly lane: LaneAddress;
  /** Lowest level that is logged. */
  readonly logLevel: string;
}

/** A message from the worker to the lane's thread. */
export type ToLane =
  /** Requests to apply. Each submission has a unique number. */
  | { readonly type: 'submit'; readonly submissions: readonly (readonly [number: number, ids: readonly number[]])[] }
  | { readonly type: 'stop' };

/** A message from the lane's thread to its worker. */
export type FromLane =
  /** The submissions that are completed, and those that are rejected with `LaneLost`, by their numbers. */
  | { readonly type: 'settled'; readonly done: readonly number[]; readonly lost: readonly number[] }
  | { readonly type: 'standing by' }
  | { readonly type: 'taken' }
  | { readonly type: 'held'; readonly decidedUpTo: number }
  | { readonly type: 'lost' }
  | { readonly type: 'paused'; readonly pause: Pause }
  | { readonly type: 'resumed'; readonly origin: Origin | null }
  | { readonly type: 'committed'; readonly commit: Commit }
  | { readonly type: 'attempt failed' }
  /** MySQL has responded at least once since the last message of this type. The response may be an error. */
  | { readonly type: 'heard' }
  /** The last message of the thread. */
  | { readonly type: 'ended' }
  /**
   * The last message of a thread whose lane can't run: the schema has another version, or the database belongs to another
   * `SHOP_PREFIX`.
   */
  | { readonly type: 'refused'; readonly refusal: LaneRefusal }
  /** A log line as JSON. */
  | { readonly type: 'log'; readonly line: string };
