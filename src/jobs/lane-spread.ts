import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { LaneClaims } from '../domain/lane-claims.ts';
import type { LanesAddress } from '../domain/lane-session.ts';
import { isOutage } from '../domain/store.ts';
import { shareOfLanes } from './lane-share.ts';

/** Between two looks at who is there: a lane whose worker has died waits for no more than this until it is claimed. */
const LOOK_MS = 500;

/** What a worker does with its share of the lanes. */
export interface LaneHolder {
  /** The lane is this worker's: it begins with it. */
  take(lane: number): void;
  /** The lane is another's from now on; resolves when this worker has ended with it. */
  giveUp(lane: number): Promise<void>;
  /** There are more workers than lanes: this one has none. */
  standingBy(): void;
  /** The shop has another number of lanes by now. */
  lanesChanged(lanes: number): void;
}

/**
 * Keeps a worker's share of the lanes, beside the lanes themselves: claims those that are its share, gives up what is another's
 * since one has joined, and takes over from those that have died.
 *
 * While MySQL does not answer it, all stays as it is: the lanes have locks of their own, and lose them in the same outage.
 */
export class LaneSpread {
  readonly #address: LanesAddress;
  readonly #lanes: number;
  readonly #holder: LaneHolder;
  readonly #log: Logger;
  readonly #stop = new AbortController();
  /** Lanes that the worker has; those that it ends with are in `leaving`. */
  readonly #running = new Set<number>();
  /** Given up, and ended with or not: its claim is released when it is. */
  readonly #leaving = new Map<number, 'ending' | 'ended'>();
  #claims: LaneClaims | null = null;
  #standsBy = false;
  #silentSince = performance.now();

  constructor(address: LanesAddress, lanes: number, holder: LaneHolder, log: Logger) {
    this.#address = address;
    this.#lanes = lanes;
    this.#holder = holder;
    this.#log = log;
  }

  /** For how many milliseconds MySQL has not answered. */
  get silentMs(): number {
    return performance.now() - (this.#claims?.heardAt ?? this.#silentSince);
  }

  /** Whether it knows its share. */
  get connected(): boolean {
    return this.#claims !== null;
  }

  /** Runs until `stop()`, or until there is another number of lanes; throws what is a bug. */
  async run(): Promise<void> {
    const { signal } = this.#stop;
    try {
      while (!signal.aborted) {
        try {
          this.#claims ??= await LaneClaims.open(this.#address);
          if (!(await this.#look(this.#claims))) return;
        } catch (error) {
          if (!isOutage(error)) throw error;
          this.#log.warn({ err: error }, 'the share of the lanes is not known; they stay as they are');
          this.#silentSince = this.#claims?.heardAt ?? this.#silentSince;
          this.#claims?.destroy();
          this.#claims = null;
        }
        await delay(LOOK_MS, undefined, { signal }).catch(() => {});
      }
    } finally {
      // frees seat and claims: whoever takes the lanes over waits for their locks
      await this.#claims?.close();
    }
  }

  /** Ends it; the lanes are the worker's to end. */
  stop(): void {
    this.#stop.abort();
  }

  /** False where the shop has another number of lanes. */
  async #look(claims: LaneClaims): Promise<boolean> {
    for (const [lane, state] of this.#leaving) {
      if (state === 'ending') continue;
      await claims.release(lane);
      this.#leaving.delete(lane);
    }
    const view = await claims.look(this.#lanes);
    if (view.lanes !== this.#lanes) {
      this.#holder.lanesChanged(view.lanes);
      return false;
    }
    const { quota, release, claim } = shareOfLanes(view, this.#running);
    for (const lane of release) this.#giveUp(lane);
    let mine = view.claims.filter((worker) => worker === view.me).length;
    for (const lane of claim) {
      if (mine < quota && !this.#leaving.has(lane) && (await claims.claim(lane))) {
        mine++;
        this.#take(lane);
      }
    }
    // its claim was lost with a connection, and another was faster
    for (const lane of this.#running) {
      const claimant = view.claims[lane];
      if (typeof claimant === 'number' && claimant !== view.me) this.#giveUp(lane);
    }
    this.#tellStandingBy(quota === 0);
    return true;
  }

  #take(lane: number): void {
    // told to stop while it claimed: nobody would end with the lane any more
    if (this.#running.has(lane) || this.#stop.signal.aborted) return;
    this.#running.add(lane);
    this.#holder.take(lane);
  }

  #giveUp(lane: number): void {
    if (!this.#running.delete(lane)) return;
    this.#leaving.set(lane, 'ending');
    this.#holder
      .giveUp(lane)
      .catch((error) => this.#log.warn({ err: error, lane }, 'ending with a lane failed'))
      .finally(() => this.#leaving.set(lane, 'ended'));
  }

  #tellStandingBy(standsBy: boolean): void {
    if (standsBy && !this.#standsBy) this.#holder.standingBy();
    this.#standsBy = standsBy;
  }
}
