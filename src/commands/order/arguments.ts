import type { ArgumentSpec } from '../../cli/command.ts';
import { parseId, parseItem } from '../../domain/input.ts';

/** The order that a command is about. */
export const ORDER_ARGUMENT: ArgumentSpec = {
  name: 'order',
  description: "the order's id",
  values: 'order',
  parse: (text: string) => parseId('order', text),
  ask: async (context) => (await import('./pick.ts')).pickOrder(context),
};

/** Products with quantities, as orders and carts take them. */
export const ITEMS_ARGUMENT: ArgumentSpec = {
  name: 'items',
  description: '<product>:<quantity>, or a product alone for one',
  variadic: true,
  values: 'item',
  parse: parseItem,
  ask: async (context) => (await import('./pick-items.ts')).pickItems(context),
};
