/**
 * Data goes one way: bin → commands → jobs → domain → db. CI runs this check; it is not to be loosened.
 *
 * @type {import('dependency-cruiser').IConfiguration}
 */
const LAYERS = {
  // layer: what it may import besides itself
  commands: ['jobs', 'domain', 'config', 'dev'],
  jobs: ['domain', 'config'],
  domain: ['db'],
  dev: ['domain', 'config'],
  db: [],
};

/** Packages that belong to one layer. */
const PACKAGES = {
  commands: ['commander', 'inquirer', 'string-width', 'csv-stringify', 'pino-pretty'],
  jobs: ['bullmq', 'prom-client'],
  db: ['typeorm', 'mysql2', 'ioredis'],
};

/** What is read from the surroundings: settings, and the language. */
const CONFIG = '^src/(config|server-urls|locale|environment|small-file)\\.ts$';
const pathOf = (layer) => (layer === 'config' ? CONFIG : `^src/${layer}/`);

module.exports = {
  forbidden: [
    ...Object.entries(LAYERS).map(([layer, allowed]) => ({
      name: `${layer}-imports`,
      comment: `src/${layer} may import ${[...allowed, 'nothing else of src'].join(', ')}`,
      severity: 'error',
      from: { path: pathOf(layer) },
      to: { path: '^(src|bin|test|bench|scripts)/', pathNot: [pathOf(layer), ...allowed.map(pathOf)] },
    })),
    ...Object.entries(PACKAGES).map(([layer, packages]) => ({
      name: `${packages[0]}-and-its-kind-stay-in-${layer}`,
      severity: 'error',
      from: { path: '^src/', pathNot: pathOf(layer) },
      to: { path: `^node_modules/(${packages.join('|')})/` },
    })),
    {
      name: 'config-imports',
      comment: 'config.ts and what is beside it know the errors that they throw and nothing else of src',
      severity: 'error',
      from: { path: pathOf('config') },
      to: { path: '^src/', pathNot: [CONFIG, '^src/domain/(errors|phrase)\\.ts$'] },
    },
    {
      name: 'decide-is-pure',
      comment: 'decide.ts imports types alone',
      severity: 'error',
      from: { path: '^src/domain/decide\\.ts$' },
      to: { dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'bin-imports',
      comment: 'bin/shop.js is a call of main; it reaches the program through the bundle',
      severity: 'error',
      from: { path: '^bin/' },
      to: { path: '^src/', pathNot: '^src/commands/main\\.ts$' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'loader-imports',
      comment: 'loader.ts loads the bundle by its files, and stays outside it',
      severity: 'error',
      from: { path: '^src/loader\\.ts$' },
      to: { path: '^(src|node_modules)/', dependencyTypesNot: ['type-only'] },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: 'specify',
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
