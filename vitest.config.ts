import { defineConfig } from 'vitest/config';

/** Tests that run against real servers, which this setup starts or finds. */
const onServers = { globalSetup: 'test/support/global-setup.ts' };

export default defineConfig({
  test: {
    // limits are against hangs alone: machines are shared, and slow at times
    testTimeout: 180_000,
    hookTimeout: 240_000,
    // each file has processes of its own and waits for them half of the time; two cores are busy with three of them
    maxWorkers: 3,
    // files have no state but their own; loading all again for each of them is a tenth of the whole
    isolate: false,
    // enough for the diff of a golden file to reach the head of the section
    diff: { contextLines: 20 },
    projects: [
      { extends: true, test: { name: 'unit', include: ['src/**/*.test.ts', 'scripts/**/*.test.ts'] } },
      {
        extends: true,
        test: { name: 'integration', include: ['test/{integration,acceptance}/**/*.test.ts'], ...onServers },
      },
      {
        extends: true,
        // after the others: these stop, freeze and fill servers, and some look at the clock
        test: { name: 'faults', include: ['test/faults/**/*.test.ts'], sequence: { groupOrder: 1 }, ...onServers },
      },
    ],
  },
});
