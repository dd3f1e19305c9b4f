/**
 * Imports go one way: main → commands → cli → jobs → domain → db. CI runs this check. Do not loosen it.
 *
 * @type {import('dependency-cruiser').IConfiguration}
 */
const LAYERS = {
  // the layers that each layer may import besides itself
  main: ['commands', 'cli'],
  commands: ['cli', 'jobs', 'domain', 'dev'],
  cli: ['jobs', 'domain', 'config'],
  jobs: ['domain', 'config'],
  domain: ['db'],
  dev: ['domain', 'config'],
  db: [],
};

/** Packages that belong to one layer. */
const PACKAGES = {
  cli: [
    'commander',
    'inquirer',
    'cli-table3',
    'string-width',
    'csv-parse',
    'csv-stringify',
    'pino-pretty',
    'es-hangul',
  ],
  jobs: ['bullmq', 'prom-client'],
  db: ['typeorm', 'mysql2', 'ioredis'],
};

const TESTS = '\\.test\\.ts$';

/** Files that only have pure functions. */
const PURE = [
  '^src/db/entities/row-types\\.ts$',
  '^src/domain/(errors|phrase|input)\\.ts$',
  '^src/domain/audit/(check|kind-proof)\\.ts$',
];

const pathOf = (layer) => (layer === 'main' ? '^src/main\\.ts$' : `^src/${layer}/`);

module.exports = {
  forbidden: [
    ...Object.entries(LAYERS).map(([layer, allowed]) => ({
      name: `${layer}-imports`,
      comment: `${layer} may import ${[...allowed, 'nothing else of src'].join(', ')}`,
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
      comment: 'src/config knows the errors that it throws, the URLs of servers, and nothing else of src',
      severity: 'error',
      from: { path: pathOf('config') },
      to: {
        path: '^src/',
        pathNot: [pathOf('config'), '^src/domain/(errors|phrase)\\.ts$', '^src/db/((mysql|redis)/)?url\\.ts$'],
      },
    },
    {
      name: 'cli-knows-no-rule',
      comment: 'the framework knows how to reach servers and how errors read, and no rule of the shop',
      severity: 'error',
      from: { path: pathOf('cli') },
      to: {
        path: pathOf('domain'),
        pathNot:
          '^src/domain/(errors|phrase|input|trim|servers/(connections|mysql-errors|replica)|shop/(search|prefix-search))\\.ts$',
      },
    },
    {
      name: 'kinds-are-pure',
      comment: 'a kind of request imports types, and files that do nothing but compute',
      severity: 'error',
      from: { path: '^src/domain/(requests/kinds/|apply/decide\\.ts$)', pathNot: TESTS },
      to: {
        pathNot: [...PURE, '^src/domain/requests/kinds/', '^node_modules/zod/'],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'zod-where-payloads-are-parsed',
      comment: 'help names the kinds, and does not load zod for it',
      severity: 'error',
      from: { path: '^src/domain/requests/kinds/', pathNot: [TESTS, '/parse\\.ts$'] },
      to: { path: ['^node_modules/zod/', '/parse\\.ts$'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'pure-files',
      severity: 'error',
      from: { path: PURE },
      to: { pathNot: PURE, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'bin-imports',
      comment: 'bin/shop.js is a call of main; it reaches the program through the bundle',
      severity: 'error',
      from: { path: '^bin/' },
      to: { path: '^src/', pathNot: pathOf('main') },
    },
    {
      name: 'no-cycles',
      comment: 'no file may reach itself, not even by an import of a type',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'bundle-imports',
      comment: 'src/bundle loads the bundle by its files, and stays outside it',
      severity: 'error',
      from: { path: '^src/bundle/' },
      to: { path: '^(src|node_modules)/', pathNot: '^src/bundle/', dependencyTypesNot: ['type-only'] },
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
