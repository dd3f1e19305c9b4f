import { parentPort, workerData } from 'node:worker_threads';
import { pino } from 'pino';
import { refusalOf } from '../../domain/apply/lane-lock.ts';
import { errorFields } from '../monitoring/error-fields.ts';
import { Lane } from './lane.ts';
import type { FromLane, LaneThreadData, ToLane } from './lane-messages.ts';

// Entry point of the lane's thread. `LaneHandle` starts it.

/** Milliseconds between two reports that MySQL responds. The lane sends MySQL a statement at least as often. */
const HEARD_MS = 1_000;

const port = parentPort;
if (port === null) throw new Error('the lane must run in its own thread');
const { lane: address, logLevel } = workerData as LaneThreadData;
const post = (message: FromLane) => port.postMessage(message);

/** Collects the submissions settled in one turn of the event loop and reports them in one message. */
class SettledSubmissions {
  #done: number[] = [];
  #lost: number[] = [];

  add(number: number, done: boolean): void {
    if (this.#done.length === 0 && this.#lost.length === 0) queueMicrotask(() => this.#flush());
    (done ? this.#done : this.#lost).push(number);
  }

  #flush(): void {
    post({ type: 'settled', done: this.#done, lost: this.#lost });
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
  { write: (line: string) => post({ type: 'log', line }) },
);
const settled = new SettledSubmissions();
const lane = new Lane(
  address,
  {
    standingBy: () => post({ type: 'standing by' }),
    taken: () => post({ type: 'taken' }),
    held: () => post({ type: 'held', decidedUpTo: lane.decidedUpTo }),
    lost: () => post({ type: 'lost' }),
    paused: (pause) => post({ type: 'paused', pause }),
    resumed: (origin) => post({ type: 'resumed', origin }),
    committed: (commit) => post({ type: 'committed', commit }),
    attemptFailed: () => post({ type: 'attempt failed' }),
  },
  log,
);
port.on('message', (message: ToLane) => {
  if (message.type === 'stop') return lane.stop();
  for (const [number, ids] of message.submissions) {
    lane.submit(ids).then(
      () => settled.add(number, true),
      // a submission is rejected only with `LaneLost`
      () => settled.add(number, false),
    );
  }
});
let heardAt = 0;
setInterval(() => {
  if (lane.heardAt > heardAt) post({ type: 'heard' });
  heardAt = Math.max(heardAt, lane.heardAt);
}, HEARD_MS);
lane.run().then(
  () => post({ type: 'ended' }),
  (error) => {
    const refusal = refusalOf(error);
    if (refusal !== null) return post({ type: 'refused', refusal });
    // a bug: the uncaught error ends the thread and is reported to the worker's thread
    process.nextTick(() => {
      throw error;
    });
  },
);
