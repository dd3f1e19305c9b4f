/** The commands that change something without a request, by their words. */
export const ACTIVITY_ACTIONS = [
  'user create',
  'user edit',
  'user block',
  'user unblock',
  'user import',
  'product create',
  'product edit',
  'product reprice',
  'product retire',
  'product restore',
  'product import',
  'cart add',
  'cart remove',
  'batch run',
  'batch cancel',
  'request cancel',
  'queue pause',
  'queue resume',
  'queue retry',
  'db migrate',
  'db revert',
  'db seed',
] as const;

/** The words of a command that changes something without a request. */
export type ActivityAction = (typeof ACTIVITY_ACTIONS)[number];
