import type { Logger } from 'pino';
import type { LanesAddress } from '../domain/lane-session.ts';
import { otherLanes } from '../domain/lanes.ts';
import type { RedisClient } from '../domain/store.ts';
import type { LaneObserver } from './activity.ts';
import type { LaneShare } from './health.ts';
import type { LaneState } from './lane-handle.ts';
import { LaneSpread } from './lane-spread.ts';
import { LaneUnit } from './lane-unit.ts';
import type { Producer } from './producer.ts';

export interface WorkerLanesOptions {
  readonly address: LanesAddress;
  /** How many the shop has. */
  readonly lanes: number;
  /** The worker is for this number and no other; null where it goes along with a change. */
  readonly wantedLanes: number | null;
  readonly redis: RedisClient;
  readonly producer: Producer;
  /** Jobs in hand at once, of each lane. */
  readonly concurrency: number;
  readonly observer: LaneObserver;
  readonly log: Logger;
  readonly lifeCycle: Logger;
}

/**
 * The lanes that a worker has: of a shop with one lane that one, to have or to stand by for; of one with several its share
 * (`LaneSpread`). Where the shop's number of lanes is changed, they end, and it begins anew with those that there are then.
 */
export class WorkerLanes {
  readonly #options: WorkerLanesOptions;
  /** By lane, with the end of each; one that has ended is not there any more. */
  readonly #units = new Map<number, { readonly unit: LaneUnit; readonly ended: Promise<void> }>();
  readonly #over: Promise<void>;
  #end: () => void = () => {};
  #fail: (reason: unknown) => void = () => {};
  #lanes: number;
  #spread: LaneSpread | null = null;
  #spreadEnded: Promise<void> = Promise.resolve();
  /** A change of lanes is under way. */
  #changing: Promise<void> | null = null;
  #stopping = false;

  constructor(options: WorkerLanesOptions) {
    this.#options = options;
    this.#lanes = options.lanes;
    this.#over = new Promise((resolve, reject) => {
      this.#end = resolve;
      this.#fail = reject;
    });
  }

  /** Runs until `stop()`; throws what is a bug, and `CONFIG` where the shop has come to have lanes that are not wanted. */
  async run(): Promise<void> {
    this.#begin();
    await this.#over;
  }

  /** Ends with all lanes; resolves when what is in hand is applied and acknowledged. */
  async stop(): Promise<void> {
    this.#stopping = true;
    // what it fails for has been told
    await this.#changing?.catch(() => {});
    await this.#endAll();
    this.#end();
  }

  /** Ends now, in whatever it does. */
  async destroy(): Promise<void> {
    this.#stopping = true;
    this.#spread?.stop();
    await Promise.all([...this.#units.values()].map(({ unit }) => unit.destroy()));
  }

  /** What the worker is in: holding a lane, if it holds any that it should; see `LaneState`. */
  get state(): LaneState {
    const states = this.#lanesHere.map(({ state }) => state);
    if (states.length === 0) return this.#spread?.connected === true ? 'standing by' : 'connecting';
    return (['connecting', 'catching up', 'held'] as const).find((state) => states.includes(state)) ?? 'standing by';
  }

  /** For how many milliseconds MySQL has been of no use to one of the lanes, or to the worker's share of them. */
  get silentMs(): number {
    return Math.max(this.#spread?.silentMs ?? 0, ...this.#lanesHere.map(({ silentMs }) => silentMs));
  }

  /** How many lanes it holds, and how many there are. */
  get share(): LaneShare {
    const held = this.#lanesHere.filter(({ state }) => state === 'held' || state === 'catching up');
    return { lanesHeld: held.length, lanes: this.#lanes };
  }

  /** See `Lane.decidedUpTo`; of requests that are in the lanes of other workers nothing is known. */
  get decidedUpTo(): number {
    if (this.#units.size < this.#lanes) return 0;
    return Math.min(...this.#lanesHere.map(({ decidedUpTo }) => decidedUpTo));
  }

  get #lanesHere(): LaneUnit['lane'][] {
    return [...this.#units.values()].map(({ unit }) => unit.lane);
  }

  #begin(): void {
    if (this.#lanes === 1) {
      this.#startUnit(0);
      return;
    }
    const { address, log, lifeCycle } = this.#options;
    const spread = new LaneSpread(
      address,
      this.#lanes,
      {
        take: (lane) => this.#startUnit(lane),
        giveUp: (lane) => this.#stopUnit(lane),
        standingBy: () => lifeCycle.info({ lanes: this.#lanes }, 'standing by: other workers have the lanes'),
        lanesChanged: (lanes) => this.#change(lanes),
      },
      log,
    );
    this.#spread = spread;
    this.#spreadEnded = spread.run();
    this.#spreadEnded.catch(this.#fail);
  }

  #startUnit(lane: number): void {
    if (this.#stopping) return;
    const { address, redis, producer, concurrency, observer, log, lifeCycle } = this.#options;
    const lanes = this.#lanes;
    // of the only lane there is no need to tell which one it is
    const which = lanes === 1 ? {} : { lane, lanes };
    const unit = new LaneUnit({
      lane: { ...address, lane, lanes },
      redis,
      producer,
      concurrency,
      events: {
        standingBy: () => lifeCycle.info(which, 'standing by: another worker has the lane'),
        held: () => lifeCycle.info({ concurrency, ...which }, 'worker ready'),
        lost: () => {},
        lanesChanged: (number) => this.#change(number),
        paused: () => lifeCycle.warn(which, 'the queue is paused: nothing is applied until `shop queue resume`'),
        committed: (commit) => observer.committed(commit),
        attemptFailed: () => observer.attemptFailed(),
      },
      log: lanes === 1 ? log : log.child({ lane }),
    });
    const ended = unit.run().finally(() => this.#units.delete(lane));
    this.#units.set(lane, { unit, ended });
    ended.catch(this.#fail);
  }

  async #stopUnit(lane: number): Promise<void> {
    const running = this.#units.get(lane);
    if (running === undefined) return;
    this.#options.lifeCycle.info({ lane, lanes: this.#lanes }, 'giving the lane to another worker');
    running.unit.stop();
    await running.ended;
  }

  /** Once for each change, of which every lane may tell. */
  #change(lanes: number): void {
    if (this.#stopping || this.#changing !== null || lanes === this.#lanes) return;
    const { wantedLanes, lifeCycle } = this.#options;
    this.#changing = (async () => {
      await this.#endAll();
      if (wantedLanes !== null && wantedLanes !== lanes) throw otherLanes(wantedLanes, lanes);
      if (this.#stopping) return;
      lifeCycle.info({ lanes }, 'the number of lanes was changed');
      this.#lanes = lanes;
      this.#begin();
    })().finally(() => {
      this.#changing = null;
    });
    this.#changing.catch(this.#fail);
  }

  async #endAll(): Promise<void> {
    this.#spread?.stop();
    this.#spread = null;
    const running = [...this.#units.values()];
    for (const { unit } of running) unit.stop();
    await this.#spreadEnded;
    await Promise.all(running.map(({ ended }) => ended));
  }
}
