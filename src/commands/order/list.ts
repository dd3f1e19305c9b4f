import { command } from '../../cli/command.ts';
import { printList } from '../../cli/list.ts';
import { actorOption, choiceOption, LIST_OPTIONS, timeOption } from '../../cli/options.ts';
import { parseRef } from '../../domain/input.ts';
import type { Session } from '../../domain/servers/connections.ts';
import { listOrders, ORDER_STATUSES, type OrderFilter } from '../../domain/shop/orders.ts';
import { LINES, linesOf, ORDERS } from './view.ts';

/** `shop order list` */
export const list = command({
  name: 'list',
  summary: 'List orders, newest first',
  options: {
    user: {
      flags: '--user <user>',
      description: 'only orders of this user (id or @reference)',
      values: 'user',
      parse: (text) => parseRef('--user', text),
    },
    product: {
      flags: '--product <product>',
      description: 'only orders that contain this product (id or @reference)',
      values: 'product',
      parse: (text) => parseRef('--product', text),
    },
    actor: actorOption('only orders placed by this actor'),
    status: choiceOption('--status <status>', ORDER_STATUSES, 'placed, partially_returned, returned or cancelled'),
    since: timeOption('--since <time>', 'only orders placed at or after this time'),
    until: timeOption('--until <time>', 'only orders placed before this time'),
    lines: {
      flags: '--lines',
      description: 'print one row per order line; --limit and --after still refer to orders',
    },
    ...LIST_OPTIONS,
  },
  examples: [
    'shop order list --user 1',
    'shop order list --since 3d --status placed --json',
    'shop order list --product @85123A --lines --all -o csv',
  ],
  run: async (context, _args, { lines, ...filter }) => {
    const orders = {
      read: (session: Session, page: Pick<OrderFilter, 'limit' | 'after'>) =>
        listOrders(session, { ...filter, ...page }),
      positionOf: ({ orderId }: { readonly orderId: number }) => orderId,
      // few orders are read at a time, because all their lines are in memory, up to 1,000 for each order
      rowsAtOnce: 100,
    };
    if (!lines) return printList(context, filter, ORDERS, orders);
    return printList(context, filter, LINES, {
      ...orders,
      read: async (session, page) => (await orders.read(session, page)).flatMap(linesOf),
    });
  },
});
