import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'scripts/**/*.test.ts', 'test/**/*.test.ts'],
    globalSetup: 'test/support/global-setup.ts',
    // limits are against hangs alone: machines are shared, and slow at times
    testTimeout: 180_000,
    hookTimeout: 240_000,
    // each file has processes of its own and waits for them half of the time; two cores are busy with three of them
    maxWorkers: 3,
    // files have no state but their own; loading all anew for each of them is a tenth of the whole
    isolate: false,
  },
});
