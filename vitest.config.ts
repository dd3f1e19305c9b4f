import { defineConfig } from 'vitest/config';

/** Tests that run against real servers, which this setup starts or finds. */
const onServers = { globalSetup: 'test/support/global-setup.ts' };

export default defineConfig({
  test: {
    // these limits only detect hangs, because machines are shared and sometimes slow
    testTimeout: 180_000,
    hookTimeout: 240_000,
    // a test file waits for its own processes half of the time, so three files keep two cores busy
    maxWorkers: 3,
    // files share no state, so modules are loaded only once, which saves a tenth of the time
    isolate: false,
    // long enough for the diff of a golden file to show the heading of the section
    diff: { contextLines: 20 },
    projects: [
      { extends: true, test: { name: 'unit', include: ['src/**/*.test.ts', 'scripts/**/*.test.ts'] } },
      {
        extends: true,
        test: { name: 'integration', include: ['test/{integration,acceptance}/**/*.test.ts'], ...onServers },
      },
      {
        extends: true,
        // these run after the others, because they stop, freeze and fill servers, and some depend on the time; more of
        // them run at once, because they mostly wait
        test: {
          name: 'faults',
          include: ['test/faults/**/*.test.ts'],
          sequence: { groupOrder: 1 },
          maxWorkers: 4,
          ...onServers,
        },
      },
    ],
  },
});
