import { command } from '../../cli/command.ts';
import { printList } from '../../cli/list.ts';
import { choiceOption, LIST_OPTIONS, timeOption } from '../../cli/options.ts';
import { columns, listView, withSpareColumns } from '../../cli/output/view.ts';
import { parseRef } from '../../domain/input.ts';
import { phrase } from '../../domain/phrase.ts';
import { listOrders, ORDER_STATUSES, type Order } from '../../domain/shop/orders.ts';

const ORDERS = withSpareColumns(
  listView<Order>(
    phrase('No orders.'),
    ...columns<Order>({
      orderId: 'identifier',
      userId: 'identifier',
      status: 'status',
      total: 'amount',
      refunded: 'amount',
    }),
    { name: 'products', value: ({ lines }) => lines.length, kind: 'count' },
    ...columns<Order>({ createdAt: 'time' }),
  ),
  'refunded',
);

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
    status: choiceOption('--status <status>', ORDER_STATUSES, 'placed, partially_returned, returned or cancelled'),
    since: timeOption('--since <time>', 'placed at or after: ISO 8601, or an age such as 2h'),
    until: timeOption('--until <time>', 'placed before: ISO 8601, or an age such as 2h'),
    ...LIST_OPTIONS,
  },
  examples: ['shop order list --user 1', 'shop order list --since 3d --status placed --all --json'],
  run: async (context, _args, filter) =>
    printList(context, filter, ORDERS, {
      read: async (server, page) => listOrders(await server.session(), { ...filter, ...page }),
      positionOf: ({ orderId }) => orderId,
    }),
});
