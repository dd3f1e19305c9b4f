import { parentPort, workerData } from 'node:worker_threads';
import { pino } from 'pino';
import { refusalOf } from '../../domain/apply/lane-lock.ts';
import { errorFields } from '../monitoring/error-fields.ts';
import { Lane } from './lane.ts';
import type { FromLane, LaneThreadData, ToLane } from './lane-messages.ts';

// The thread of the lane: see `LaneHandle`, which starts it.

/** Between two looks whether MySQL has answered: the lane asks at least as often. */
const HEARD_MS = 1_000;

const port = parentPort;
if (port === null) throw new Error('the lane has a thread of its own');
const { lane: address, logLevel } = workerData as LaneThreadData;
const tell = (message: FromLane) => port.postMessage(message);

/** What has been settled in this turn of the event loop goes out in one message. */
class Settled {
  #done: number[] = [];
  #lost: number[] = [];

  add(number: number, done: boolean): void {
    if (this.#done.length === 0 && this.#lost.length === 0) queueMicrotask(() => this.#tell());
    (done ? this.#done : this.#lost).push(number);
  }

  #tell(): void {
    tell({ type: 'settled', done: this.#done, lost: this.#lost });
    this.#done = [];
    this.#lost = [];
  }
}

const log = pino(
  {
    level: logLevel,
    base: null,
    timestamp: false,
    formatters: { level: (level) => ({ level }) },
    serializers: { err: errorFields },
  },
  { write: (line: string) => tell({ type: 'log', line }) },
);
const settled = new Settled();
const lane = new Lane(
  address,
  {
    standingBy: () => tell({ type: 'standing by' }),
    taken: () => tell({ type: 'taken' }),
    held: () => tell({ type: 'held', decidedUpTo: lane.decidedUpTo }),
    lost: () => tell({ type: 'lost' }),
    paused: () => tell({ type: 'paused' }),
    committed: (commit) => tell({ type: 'committed', commit }),
    attemptFailed: () => tell({ type: 'attempt failed' }),
  },
  log,
);
port.on('message', (message: ToLane) => {
  if (message.type === 'stop') return lane.stop();
  for (const [number, ids] of message.submissions) {
    lane.submit(ids).then(
      () => settled.add(number, true),
      // it is given back for no other reason
      () => settled.add(number, false),
    );
  }
});
let heardAt = 0;
setInterval(() => {
  if (lane.heardAt > heardAt) tell({ type: 'heard' });
  heardAt = Math.max(heardAt, lane.heardAt);
}, HEARD_MS);
lane.run().then(
  () => tell({ type: 'ended' }),
  (error) => {
    const refusal = refusalOf(error);
    if (refusal !== null) return tell({ type: 'refused', refusal });
    // a bug: uncaught here, it ends the thread and is thrown in the worker's
    process.nextTick(() => {
      throw error;
    });
  },
);
