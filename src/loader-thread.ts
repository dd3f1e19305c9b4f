import { join } from 'node:path';
import { load } from './loader.ts';

// Where the thread of a lane begins: see `src/jobs/lane-thread.ts`.
load(join(__dirname, 'lane.cjs'));
