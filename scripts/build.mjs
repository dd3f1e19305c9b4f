// Bundles the program with its packages into dist/, split so that a command loads only what it needs: loading them
// file by file from node_modules takes longer than anything else that a command does.
import { readFile, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const { version } = JSON.parse(await readFile(`${root}/package.json`, 'utf8'));

/** Packages that TypeORM and BullMQ load only for databases and services that shop does not use. */
const NEVER_LOADED = [
  '@google-cloud/*',
  '@sap/*',
  'better-sqlite3',
  'bullmq-otel',
  'hdb-pool',
  'mongodb',
  'mssql',
  'oracledb',
  'pg',
  'pg-*',
  'react-native*',
  'redis',
  '@redis/*',
  'sql.js',
  'sqlite3',
  'typeorm-aurora-data-api-driver',
  'expo-sqlite',
];

await rm(`${root}/dist`, { recursive: true, force: true });
await build({
  absWorkingDir: root,
  entryPoints: { main: 'src/commands/main.ts' },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  platform: 'node',
  target: 'node20.19',
  format: 'esm',
  external: NEVER_LOADED,
  // CommonJS packages in an ES module bundle still call require for Node's own modules
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  sourcemap: 'linked',
  chunkNames: 'chunks/[name]-[hash]',
  define: { SHOP_VERSION: JSON.stringify(version) },
  logLevel: 'warning',
});
