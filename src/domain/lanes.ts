import type { Session } from '../db/connection.ts';
import { inTransaction, retryConflicts } from '../db/transaction.ts';
import { ShopError } from './errors.ts';
import { newestRequest, oldestPending } from './pending.ts';
import { phrase } from './phrase.ts';
import { newestRetry } from './retries.ts';

/** The most lanes that a shop can have. */
export const MAX_LANES = 64;

/** How many lanes the shop is to have; null where nobody has decided that yet, and it has one. */
export async function readDecidedLanes(session: Session): Promise<number | null> {
  const [row] = await session.query<{ lanes: number | null }>('SELECT lanes FROM queue_state WHERE id = 1');
  return row?.lanes ?? null;
}

/** How many lanes the shop has. */
export async function readLanes(session: Session): Promise<number> {
  return (await readDecidedLanes(session)) ?? 1;
}

/**
 * How many lanes the shop has, for a worker that starts: the first one that wants a number decides.
 *
 * @param wanted null for whatever it has.
 * @throws ShopError `CONFIG` where it has another number.
 */
export async function decideLanes(session: Session, wanted: number | null): Promise<number> {
  if (wanted !== null && (await readDecidedLanes(session)) === null) {
    await retryConflicts(() =>
      session.execute('UPDATE queue_state SET lanes = ? WHERE id = 1 AND lanes IS NULL', [wanted]),
    );
  }
  const lanes = await readLanes(session);
  if (wanted !== null && lanes !== wanted) throw otherLanes(wanted, lanes);
  return lanes;
}

/** A worker was started for another number of lanes than the shop has. */
export function otherLanes(wanted: number, lanes: number): ShopError {
  return new ShopError(
    'CONFIG',
    { setting: '--lanes', wanted, lanes },
    {
      message:
        lanes === 1
          ? phrase`This shop has one lane, not ${wanted}.`
          : phrase`This shop has ${lanes} lanes, not ${wanted}.`,
      hint: phrase`Start the worker without --lanes, or change the shop with \`shop queue lanes ${wanted}\`.`,
    },
  );
}

/** An id so far below the newest hardly belongs to a request that is still on its way. */
const IN_FLIGHT = 10_000;

/** Looks for a moment in which no request is pending, to change the number of lanes in it. */
export class LanesChange {
  readonly #session: Session;
  readonly #lanes: number;
  /** All requests up to this one have their outcomes, while nothing is retried. */
  #settled = 0;
  #retry = -1;

  constructor(session: Session, lanes: number) {
    this.#session = session;
    this.#lanes = lanes;
  }

  /**
   * Changes the number of lanes, if nothing is pending now. Every lane looks at the number in each of its transactions:
   * when this has returned, none applies anything by another one.
   *
   * @returns the first request that is pending, where nothing was changed for it; null where the number is as it should be.
   */
  async tryOnce(): Promise<number | null> {
    // by far the most of it is looked through before the lanes are held up
    const pending = await this.#firstPending();
    if (pending !== null) return pending;
    return retryConflicts(() =>
      inTransaction(this.#session, async () => {
        await this.#session.query('SELECT lanes FROM queue_state WHERE id = 1 FOR UPDATE');
        const late = await this.#firstPending();
        if (late === null) {
          await this.#session.execute('UPDATE queue_state SET lanes = ? WHERE id = 1', [this.#lanes]);
        }
        return late;
      }),
    );
  }

  async #firstPending(): Promise<number | null> {
    const retry = await newestRetry(this.#session);
    if (retry !== this.#retry) this.#settled = 0;
    this.#retry = retry;
    const newest = await newestRequest(this.#session);
    const first = await oldestPending(this.#session, this.#settled + 1);
    this.#settled = Math.max(this.#settled, first === 0 ? newest - IN_FLIGHT : first - 1);
    return first === 0 ? null : first;
  }
}
