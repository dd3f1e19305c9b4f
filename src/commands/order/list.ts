import type { Runner } from '../../cli/command.ts';
import { LIST_OPTIONS, type ListFlags, optional, parseChoice, parsePage, parseTime } from '../../cli/options.ts';
import { answer, field, fields, listView } from '../../cli/output/view.ts';
import { addCommand, type Command } from '../../cli/registration.ts';
import { parseRef } from '../../domain/input.ts';
import { phrase } from '../../domain/phrase.ts';
import { ORDER_STATUSES, type Order } from '../../domain/shop/orders.ts';

const ORDERS = listView<Order>(
  phrase('No orders.'),
  ...fields<Order>('orderId', 'userId', 'status', 'total'),
  { name: 'products', value: ({ lines }) => lines.length },
  field<Order>('createdAt'),
);

interface OrderListFlags extends ListFlags {
  readonly user?: string;
  readonly status?: string;
  readonly since?: string;
  readonly until?: string;
}

/** `shop order list` */
export function addList(group: Command, runner: Runner): void {
  addCommand<OrderListFlags>(
    group,
    {
      name: 'list',
      summary: 'List orders, newest first',
      options: [
        { flags: '--user <user>', description: "this user's orders", values: 'user' },
        { flags: '--status <status>', description: ORDER_STATUSES.join(' or '), values: ORDER_STATUSES },
        { flags: '--since <time>', description: 'placed at or after: ISO 8601, or an age such as 2h' },
        { flags: '--until <time>', description: 'placed before: ISO 8601, or an age such as 2h' },
        ...LIST_OPTIONS,
      ],
      examples: ['shop order list --user 1', 'shop order list --since 3d --status placed --json'],
      run: async (context, _args, flags) => {
        const filter = {
          ...parsePage(flags),
          user: optional(flags.user, (text) => parseRef('--user', text)),
          status: optional(flags.status, (text) => parseChoice('--status', text, ORDER_STATUSES)),
          since: optional(flags.since, (text) => parseTime('--since', text)),
          until: optional(flags.until, (text) => parseTime('--until', text)),
        };
        const { listOrders } = await import('../../domain/shop/orders.ts');
        return answer(await context.read(async (server) => listOrders(await server.session(), filter)), ORDERS);
      },
    },
    runner,
  );
}
