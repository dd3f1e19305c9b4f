import type { ArgumentSpec } from '../../cli/command.ts';
import type { Context } from '../../cli/context.ts';
import { named } from '../../cli/output/numbers.ts';
import { columns } from '../../cli/output/view.ts';
import { parseItems, parseOrderId } from '../../domain/input.ts';
import { phrase } from '../../domain/phrase.ts';
import { RETURNABLE } from '../../domain/requests/kinds/refund.ts';
import type { Order, OrderStatus } from '../../domain/shop/orders.ts';

/** The maximum length of the list of products in the prompt for an order. */
const MAX_PRODUCTS_LENGTH = 40;

/**
 * The argument for an order. The prompt offers the newest orders, accepts the id of any order, and finds orders by the user's
 * name or @reference.
 */
export const ORDER_ARGUMENT = {
  name: 'order',
  description: "the order's id",
  values: 'order',
  parse: (text) => parseOrderId(text),
  ask: (context) => askOrder(context),
} satisfies ArgumentSpec;

/**
 * The argument for an order to return or cancel. Completion and the prompt offer only orders that can be returned or
 * cancelled.
 */
export const RETURNABLE_ORDER_ARGUMENT = {
  ...ORDER_ARGUMENT,
  values: 'returnable-order',
  ask: (context) => askOrder(context, RETURNABLE),
} satisfies ArgumentSpec;

/** Prompts for an order. Without `status`, offers orders of any status. @throws Interrupted */
async function askOrder(context: Context, status?: readonly OrderStatus[]): Promise<readonly string[]> {
  const [{ chooseNewest, NEWEST, onlyMatch }, { pauseForTyping }, { findOrder, listOrders, searchOrders }] =
    await Promise.all([
      import('../../cli/prompts/newest.ts'),
      import('../../cli/prompts/search.ts'),
      import('../../domain/shop/orders.ts'),
    ]);
  const session = await context.session();
  return chooseNewest<Order>(context, {
    name: 'order',
    message: phrase("order (one of the newest, an id, or part of the user's name)"),
    columns: [
      { name: 'id', value: ({ orderId }) => orderId, kind: 'identifier' },
      ...columns<Order>({ total: 'amount', status: 'status', createdAt: 'time' }),
      { name: 'products', value: ({ lines }) => namesOf(lines).slice(0, MAX_PRODUCTS_LENGTH) },
      { name: 'user', value: ({ userName, userId }) => named(userName, userId) },
    ],
    newest: () => listOrders(session, { ...NEWEST, status }),
    find: async (text, signal) => {
      if (/^\d+$/.test(text.trim())) return onlyMatch(await findOrder(session, parseOrderId(text)));
      await pauseForTyping(text, signal);
      return searchOrders(session, text, { ...NEWEST, status, signal });
    },
    word: ({ orderId }) => String(orderId),
  });
}

function namesOf(lines: Order['lines']): string {
  return lines.map(({ name }) => name).join(', ');
}

/** The argument for products with quantities, in orders and carts. */
export const ITEMS_ARGUMENT = {
  name: 'items',
  description: '<product>:<quantity>, or <product> for one unit',
  variadic: true,
  values: { items: 'product-on-sale' },
  parse: parseItems,
  ask: async (context) => (await import('./pick-items.ts')).pickItems(context),
} satisfies ArgumentSpec;

/** The argument for the units of an order to return. */
export const RETURNED_ITEMS_ARGUMENT = {
  ...ITEMS_ARGUMENT,
  values: { items: 'product', order: ([order]) => order },
  ask: async (context, before) => (await import('./pick-items.ts')).pickReturnedItems(context, before),
} satisfies ArgumentSpec;
