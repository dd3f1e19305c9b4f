import type { CommandEntry, ProgramSpec } from '../cli/command.ts';

/** All commands and groups, in the order that help shows. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'user',
    summary: 'Create, edit, block, import and view users',
    load: async () => (await import('./user/index.ts')).user,
  },
  {
    name: 'charge',
    synopsis: 'charge <user> <amount>',
    summary: "Add points to a user's balance",
    load: async () => (await import('./charge.ts')).charge,
  },
  {
    name: 'balance',
    synopsis: 'balance <user>',
    summary: "Show and correct a user's points",
    load: async () => (await import('./balance/index.ts')).balance,
  },
  {
    name: 'ledger',
    summary: 'View the points ledger of all users',
    load: async () => (await import('./ledger/index.ts')).ledger,
  },
  {
    name: 'product',
    summary: 'Create, edit, retire, import and view products; restock products and adjust their stock',
    load: async () => (await import('./product/index.ts')).product,
  },
  {
    name: 'cart',
    summary: 'Fill, view and check out carts',
    load: async () => (await import('./cart/index.ts')).cart,
  },
  {
    name: 'order',
    summary: 'Place, view, cancel and return orders',
    load: async () => (await import('./order/index.ts')).order,
  },
  {
    name: 'batch',
    summary: 'Send orders, charges and other requests from a file',
    load: async () => (await import('./batch/index.ts')).batch,
  },
  {
    name: 'request',
    summary: 'View requests and their outcomes; cancel pending requests',
    load: async () => (await import('./request/index.ts')).request,
  },
  {
    name: 'report',
    summary: 'Report sales and points by day, month, product or user',
    load: async () => (await import('./report/index.ts')).report,
  },
  {
    name: 'activity',
    summary: 'View who changed what',
    load: async () => (await import('./activity/index.ts')).activity,
  },
  {
    name: 'queue',
    summary: 'View, pause and resume the queue; retry failed requests',
    load: async () => (await import('./queue/index.ts')).queue,
  },
  {
    name: 'ranking',
    summary: 'Refresh the ranking of best sellers',
    load: async () => (await import('./ranking/index.ts')).ranking,
  },
  {
    name: 'worker',
    summary: 'Run a worker that applies requests',
    inShell: false,
    load: async () => (await import('./worker.ts')).worker,
  },
  {
    name: 'shell',
    summary: 'Run commands at a prompt or from a file, over connections that stay open',
    inShell: false,
    load: async () => (await import('./shell.ts')).shell,
  },
  {
    name: 'audit',
    summary: 'Verify that no point, unit or order is lost or counted twice',
    load: async () => (await import('./audit.ts')).audit,
  },
  {
    name: 'doctor',
    summary: 'Check the servers, settings, clocks, schema and workers, and suggest fixes',
    load: async () => (await import('./doctor.ts')).doctor,
  },
  {
    name: 'config',
    summary: 'View the settings and their sources',
    load: async () => (await import('./config/index.ts')).config,
  },
  {
    name: 'db',
    summary: 'Migrate the database and view its state',
    load: async () => (await import('./db/index.ts')).db,
  },
  {
    name: 'dev',
    summary: 'Run private MySQL and Redis servers and a worker on this machine',
    load: async () => (await import('./dev/index.ts')).dev,
  },
  {
    name: 'completion',
    synopsis: 'completion <shell>',
    summary: 'Print a shell completion script',
    inShell: false,
    load: async () => (await import('./completion/index.ts')).completion,
  },
];

export const PROGRAM: ProgramSpec = {
  name: 'shop',
  description: "The operator's command line for a shop's back end.",
  commands: COMMANDS,
  examples: [
    'shop dev up',
    'shop db seed',
    'shop user list',
    'shop charge 1 5000',
    'shop order place 1 1:2',
    'shop order place --help',
  ],
  loadFindValues: async () => (await import('./completion/values.ts')).findValues,
};
