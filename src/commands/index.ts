import type { CommandEntry, ProgramSpec } from '../cli/command.ts';

/** All commands and groups. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'user',
    summary: 'Create, import and see users',
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
    summary: "Show a user's points",
    load: async () => (await import('./balance/index.ts')).balance,
  },
  {
    name: 'product',
    summary: 'Create, import, see, restock and reprice products',
    load: async () => (await import('./product/index.ts')).product,
  },
  {
    name: 'cart',
    summary: 'Fill, empty and see carts',
    load: async () => (await import('./cart/index.ts')).cart,
  },
  {
    name: 'order',
    summary: 'Place, see and cancel orders',
    load: async () => (await import('./order/index.ts')).order,
  },
  {
    name: 'batch',
    summary: 'Send files of orders and charges',
    load: async () => (await import('./batch/index.ts')).batch,
  },
  {
    name: 'request',
    summary: 'See what was asked for, by whom, and what became of it',
    load: async () => (await import('./request/index.ts')).request,
  },
  {
    name: 'queue',
    summary: 'See the queue, pause and resume it, retry what has failed',
    load: async () => (await import('./queue/index.ts')).queue,
  },
  {
    name: 'ranking',
    summary: 'Keep the ranking of best sellers up to date',
    load: async () => (await import('./ranking/index.ts')).ranking,
  },
  {
    name: 'worker',
    summary: 'Apply requests until told to stop',
    inShell: false,
    load: async () => (await import('./worker.ts')).worker,
  },
  {
    name: 'shell',
    summary: 'Give commands at a prompt, or from a file, on connections that stay open',
    inShell: false,
    load: async () => (await import('./shell.ts')).shell,
  },
  {
    name: 'audit',
    summary: 'Prove that no point, unit or order is lost or counted twice',
    load: async () => (await import('./audit.ts')).audit,
  },
  {
    name: 'doctor',
    summary: 'Check servers, settings, clocks, schema and workers, and say what to do',
    load: async () => (await import('./doctor.ts')).doctor,
  },
  {
    name: 'db',
    summary: 'Migrate the database and see its state',
    load: async () => (await import('./db/index.ts')).db,
  },
  {
    name: 'dev',
    summary: 'Run a private MySQL, Redis and worker on this machine',
    load: async () => (await import('./dev/index.ts')).dev,
  },
  {
    name: 'completion',
    synopsis: 'completion <shell>',
    summary: 'Print what has a shell complete commands, options and ids',
    inShell: false,
    load: async () => (await import('./completion/index.ts')).completion,
  },
];

/** `shop` itself. */
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
