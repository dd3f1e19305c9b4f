import { crc32 } from 'node:zlib';
import type { SqlValue } from '../db/connection.ts';

/**
 * Requests are recorded with one of so many slots, which follows from their user and never changes; slots are spread over
 * however many lanes there are. Stored slots depend on this number.
 */
const SLOTS = 4_096;

/** One lane of a shop: its number, from 0, and how many there are. */
export interface LanePlace {
  readonly lane: number;
  readonly lanes: number;
}

/** The lane of a shop that has one. */
export const ONLY_LANE: LanePlace = { lane: 0, lanes: 1 };

/** The slot of all requests of a user. Ids are hashed, for clusters count in steps. */
export function userSlot(id: number): number {
  return slotOf(String(id));
}

/** A slot for what no user is known of. */
export function slotOf(text: string): number {
  // the same as CRC32() of the servers, by which a migration has given slots
  return crc32(text) % SLOTS;
}

/** The lane, from 0, that the requests of a slot are in. */
export function laneOf(slot: number, lanes: number): number {
  return slot % lanes;
}

/** Whether a user's requests are in this lane. */
export function hasUser({ lane, lanes }: LanePlace, user: number): boolean {
  return laneOf(userSlot(user), lanes) === lane;
}

/** What follows a condition on `requests` to restrict it to a lane, and its values. */
export function inLane({ lane, lanes }: LanePlace, slot = 'slot'): readonly [sql: string, values: readonly SqlValue[]] {
  return lanes === 1 ? ['', []] : [` AND MOD(${slot}, ?) = ?`, [lanes, lane]];
}

/** A recorded request and its slot. */
export interface Slotted {
  readonly id: number;
  readonly slot: number;
}
