import type { Context } from '../../cli/context.ts';
import { type Column, fields } from '../../cli/output/view.ts';
import { chooseNewest, NEWEST } from '../../cli/prompts/newest.ts';
import { parseId } from '../../domain/input.ts';
import { phrase } from '../../domain/phrase.ts';
import { findOrder, listOrders, type Order } from '../../domain/shop/orders.ts';

/** Asks for an order: one of the newest, or an id. @throws Interrupted */
export async function pickOrder(context: Context): Promise<readonly string[]> {
  const session = await context.session();
  const columns: readonly Column<Order>[] = [
    { name: 'id', value: ({ orderId }) => orderId, kind: 'identifier' },
    { name: 'user', value: ({ userId }) => userId, kind: 'identifier' },
    ...fields<Order>('total', 'status', 'createdAt'),
    {
      name: 'products',
      value: ({ lines }) =>
        lines
          .map(({ name }) => name)
          .join(', ')
          .slice(0, LONGEST_PRODUCTS),
    },
  ];
  return chooseNewest(context, {
    name: 'order',
    message: phrase('order (one of the newest, or an id)'),
    columns,
    newest: () => listOrders(session, NEWEST),
    find: (text) => findOrder(session, parseId('order', text)),
    word: ({ orderId }) => String(orderId),
  });
}

const LONGEST_PRODUCTS = 40;
