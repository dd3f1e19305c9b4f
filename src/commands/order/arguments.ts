import type { ArgumentSpec } from '../../cli/command.ts';
import { columns } from '../../cli/output/view.ts';
import { parseItems, parseOrderId } from '../../domain/input.ts';
import { phrase } from '../../domain/phrase.ts';
import type { Order } from '../../domain/shop/orders.ts';

/** The maximum length of the list of products in the prompt for an order. */
const MAX_PRODUCTS_LENGTH = 40;

/** The argument for an order. The prompt offers the newest orders, or accepts an id. */
export const ORDER_ARGUMENT = {
  name: 'order',
  description: "the order's id",
  values: 'order',
  parse: (text) => parseOrderId(text),
  ask: async (context) => {
    const [{ chooseNewest, NEWEST }, { findOrder, listOrders }] = await Promise.all([
      import('../../cli/prompts/newest.ts'),
      import('../../domain/shop/orders.ts'),
    ]);
    const session = await context.session();
    return chooseNewest<Order>(context, {
      name: 'order',
      message: phrase('order (one of the newest, or an id)'),
      columns: [
        { name: 'id', value: ({ orderId }) => orderId, kind: 'identifier' },
        { name: 'user', value: ({ userId }) => userId, kind: 'identifier' },
        ...columns<Order>({ total: 'amount', status: 'status', createdAt: 'time' }),
        { name: 'products', value: ({ lines }) => namesOf(lines).slice(0, MAX_PRODUCTS_LENGTH) },
      ],
      newest: () => listOrders(session, NEWEST),
      find: (text) => findOrder(session, parseOrderId(text)),
      word: ({ orderId }) => String(orderId),
    });
  },
} satisfies ArgumentSpec;

function namesOf(lines: Order['lines']): string {
  return lines.map(({ name }) => name).join(', ');
}

/** The argument for products with quantities, in orders and carts. */
export const ITEMS_ARGUMENT = {
  name: 'items',
  description: '<product>:<quantity>, or <product> for one unit',
  variadic: true,
  values: 'item-on-sale',
  parse: parseItems,
  ask: async (context) => (await import('./pick-items.ts')).pickItems(context),
} satisfies ArgumentSpec;
