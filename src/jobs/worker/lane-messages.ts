import type { LaneAddress, LaneRefusal } from '../../domain/apply/lane-lock.ts';
import type { Commit } from '../monitoring/activity.ts';

/** Start parameters of the lane's thread. */
export interface LaneThreadData {
  readonly lane: LaneAddress;
  /** The least level that is logged. */
  readonly logLevel: string;
}

/** A message of the worker to the lane's thread. */
export type ToLane =
  /** Requests to be applied; each submission has a number of its own. */
  | { readonly type: 'submit'; readonly submissions: readonly (readonly [number: number, ids: readonly number[]])[] }
  | { readonly type: 'stop' };

/** A message of the lane's thread to its worker. */
export type FromLane =
  /** Submissions whose requests have their outcomes, and those that are given back. */
  | { readonly type: 'settled'; readonly done: readonly number[]; readonly lost: readonly number[] }
  | { readonly type: 'standing by' }
  | { readonly type: 'taken' }
  | { readonly type: 'held'; readonly decidedUpTo: number }
  | { readonly type: 'lost' }
  | { readonly type: 'paused' }
  | { readonly type: 'committed'; readonly commit: Commit }
  | { readonly type: 'attempt failed' }
  /** MySQL has answered since this was last told, be it with an error. */
  | { readonly type: 'heard' }
  /** After these nothing comes any more. */
  | { readonly type: 'ended' }
  | { readonly type: 'refused'; readonly refusal: LaneRefusal }
  /** A line of the log, as JSON. */
  | { readonly type: 'log'; readonly line: string };
