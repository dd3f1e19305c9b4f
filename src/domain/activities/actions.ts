import { KIND_LIST } from '../requests/kinds/index.ts';

/** The commands that change something without making a request. */
const ACTIVITY_ACTIONS = [
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

/** A command that changes something without making a request, such as `user edit`. */
export type ActivityAction = (typeof ACTIVITY_ACTIONS)[number];

/** The commands that make requests. `when` is an SQL condition for the requests `r` of the command. */
export const REQUEST_ACTIONS: readonly { readonly name: string; readonly when: string }[] = KIND_LIST.flatMap(
  ({ name: kind, activity }) =>
    activity.actions.map(({ name, when }) => ({
      name,
      when: when === undefined ? `r.kind = '${kind}'` : `r.kind = '${kind}' AND ${when}`,
    })),
);

/** All commands that change something. */
export const ACTIONS: readonly string[] = [...REQUEST_ACTIONS.map(({ name }) => name), ...ACTIVITY_ACTIONS];
