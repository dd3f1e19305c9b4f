import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'scripts/**/*.test.ts', 'test/**/*.test.ts'],
    globalSetup: 'test/support/global-setup.ts',
    // limits are against hangs alone: machines are shared, and slow at times
    testTimeout: 180_000,
    hookTimeout: 240_000,
    // each file has processes of its own; more files at once than this would only wait for each other
    maxWorkers: 2,
  },
});
