import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const SHOP = join(ROOT, 'bin', 'shop.js');

/** The shop's own code, from its sources: what a benchmark does in its own process it does as the program does. */
export async function loadSource() {
  // packages are found from there
  const outfile = join(ROOT, 'node_modules', `.shop-bench-${process.pid}.mjs`);
  try {
    await build({
      stdin: {
        contents: `
          export { loadConfig } from './src/config.ts';
          export { connect } from './src/db/connection.ts';
          export { reset, startServers } from './src/dev/environment.ts';
          export { computeRanking } from './src/domain/ranking.ts';
          export { rankingKey } from './src/domain/redis-keys.ts';
          export { contentHash, findRequest, recordRequest } from './src/domain/request.ts';
          export { ShopRanking } from './src/domain/shop-ranking.ts';
          export { openRedis, openSession } from './src/domain/store.ts';
          export { keyPrefix, QUEUE_NAME } from './src/jobs/contract.ts';
          export { Producer } from './src/jobs/producer.ts';`,
        resolveDir: ROOT,
      },
      bundle: true,
      platform: 'node',
      format: 'esm',
      packages: 'external',
      outfile,
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(outfile, { force: true });
  }
}
