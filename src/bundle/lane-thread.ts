import { join } from 'node:path';
import { load } from './loader.ts';

// The entry point of the lane's thread; see `src/jobs/worker/lane-thread.ts`.
load(join(__dirname, 'lane.cjs'));
