import { connect, databaseName, type Session } from '../db/connection.ts';
import { acquireLock, lockName, readLockHolders, releaseLock } from '../db/lock.ts';
import { onCurrentSchema } from '../db/schema.ts';
import { LANE_IDLE_SECONDS, type LanesAddress, requirePrimary } from './lane-session.ts';
import { readLanes } from './lanes.ts';

/** So many workers share the lanes; more of them stand by. */
const SEATS = 64;
const STATEMENT_MS = 3_000;

/** Which workers are there, and which of them has claimed which lane; each is known by its connection. */
export interface ClaimsView {
  readonly me: number;
  /** How many lanes there are, by the database. */
  readonly lanes: number;
  /** Those that have a seat, by its number. */
  readonly workers: readonly number[];
  /** By lane; null for one that none has claimed. */
  readonly claims: readonly (number | null)[];
}

/**
 * A worker's seat among those that share a shop's lanes, and what it has claimed of them. All of it is locks of one session:
 * when the worker dies they are free at once, and nothing is to be cleaned up.
 *
 * A claim says who is to apply a lane; who does so has the lane's own lock.
 */
export class LaneClaims {
  readonly #session: Session;
  readonly #address: LanesAddress;
  readonly #me: number;
  #seated = false;

  private constructor(session: Session, address: LanesAddress, me: number) {
    this.#session = session;
    this.#address = address;
    this.#me = me;
  }

  /** @throws DatabaseError */
  static async open(address: LanesAddress): Promise<LaneClaims> {
    const session = await onCurrentSchema(
      await connect(address.databaseUrl, { idleSeconds: LANE_IDLE_SECONDS, statementMs: STATEMENT_MS }),
    );
    const [row] = await session.query<{ id: number }>('SELECT CONNECTION_ID() AS id');
    if (row === undefined) throw new Error('a connection without an id');
    return new LaneClaims(session, address, row.id);
  }

  /** When MySQL has last answered, by `performance.now()`. */
  get heardAt(): number {
    return this.#session.answeredAt;
  }

  /**
   * Takes a seat, where there is one and it has none, and looks who is there.
   *
   * @param lanes how many it asks for.
   * @throws DatabaseError
   */
  async look(lanes: number): Promise<ClaimsView> {
    await requirePrimary(this.#session);
    const seats = Array.from({ length: SEATS }, (_, seat) => this.#lock('seat', seat));
    const claims = Array.from({ length: lanes }, (_, lane) => this.#lock('claim', lane));
    if (!this.#seated) {
      const taken = await readLockHolders(this.#session, seats);
      for (let seat = 0; seat < SEATS && !this.#seated; seat++) {
        if (taken[seat] === null) this.#seated = await acquireLock(this.#session, this.#lock('seat', seat), 0);
      }
    }
    const holders = await readLockHolders(this.#session, [...seats, ...claims]);
    return {
      me: this.#me,
      lanes: await readLanes(this.#session),
      workers: holders.slice(0, SEATS).filter((worker) => worker !== null),
      claims: holders.slice(SEATS),
    };
  }

  /** True where the lane is claimed now; false where another was faster. @throws DatabaseError */
  async claim(lane: number): Promise<boolean> {
    return acquireLock(this.#session, this.#lock('claim', lane), 0);
  }

  /** @throws DatabaseError */
  async release(lane: number): Promise<void> {
    await releaseLock(this.#session, this.#lock('claim', lane));
  }

  async close(): Promise<void> {
    await this.#session.close();
  }

  destroy(): void {
    this.#session.destroy();
  }

  #lock(kind: 'seat' | 'claim', number: number): string {
    return lockName(databaseName(this.#address.databaseUrl), this.#address.prefix, kind, String(number));
  }
}
