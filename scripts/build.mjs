// Bundles the program with its packages into dist/, split so that a command loads only what it needs. Loading the packages file
// by file from node_modules would take longer than the rest of a command. The bundle is CommonJS, which Node.js loads faster
// than ES modules; `src/bundle/loader.ts` loads it.
import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';

const root = fileURLToPath(new URL('..', import.meta.url));
const { version } = JSON.parse(await readFile(`${root}/package.json`, 'utf8'));

/** Packages that TypeORM, BullMQ and cli-table3 load only for databases, services and colours that shop does not use. */
const NEVER_LOADED = [
  /^@google-cloud\//,
  /^@sap\//,
  /^@colors\//,
  /^@redis\//,
  '@valkey/valkey-glide',
  'better-sqlite3',
  'bullmq-otel',
  'expo-sqlite',
  'hdb-pool',
  'mongodb',
  'mssql',
  'oracledb',
  /^pg(-|$)/,
  /^react-native/,
  'redis',
  'sql.js',
  'sqlite3',
  'typeorm-aurora-data-api-driver',
];

/**
 * Modules that get a chunk with all their imports: `core` is for every command, `settings` for commands that read
 * settings.
 */
const LOADED_TOGETHER = [
  // the parser of durations is in `core`, because options need it as well as settings
  { name: 'core', test: /\/src\/(main|config\/duration)\.ts$/ },
  { name: 'settings', test: /\/src\/config\/config\.ts$/ },
];

const shared = { cwd: root, platform: 'node', transform: { target: 'node20.19' } };

await build({
  ...shared,
  input: {
    shop: 'src/main.ts',
    lane: 'src/jobs/worker/lane-thread.ts',
    man: 'src/cli/man/pages.ts',
    commands: 'src/commands/index.ts',
  },
  external: NEVER_LOADED,
  // tree shaking removes the Postgres back end from BullMQ, but only from its ES modules; without cron schedules, BullMQ does not
  // need cron-parser
  resolve: { mainFields: ['module', 'main'], alias: { 'cron-parser': false } },
  treeshake: { moduleSideEffects: [{ test: /\/node_modules\/bullmq\//, sideEffects: false }] },
  // completion scripts are imported as text
  moduleTypes: { '.bash': 'text', '.zsh': 'text', '.fish': 'text' },
  transform: { ...shared.transform, define: { SHOP_VERSION: JSON.stringify(version) } },
  output: {
    dir: 'dist',
    cleanDir: true,
    format: 'cjs',
    entryFileNames: '[name].cjs',
    chunkFileNames: 'chunks/[name]-[hash].cjs',
    codeSplitting: { groups: LOADED_TOGETHER },
    postBanner: '(function (exports, require, module, __filename, __dirname) {',
    postFooter: '})',
  },
});
await build({
  ...shared,
  input: { main: 'src/bundle/main.ts', 'lane-thread': 'src/bundle/lane-thread.ts' },
  output: { dir: 'dist', format: 'cjs', entryFileNames: '[name].cjs', chunkFileNames: '[name].cjs' },
});
execFileSync(process.execPath, [`${root}/scripts/code-cache.mjs`], {
  env: { ...process.env, NODE_OPTIONS: '' },
});
