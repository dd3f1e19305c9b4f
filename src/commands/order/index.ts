import type { Command } from 'commander';
import type { ArgumentSpec, Runner } from '../../cli/command.ts';
import { LIST_OPTIONS, type ListFlags, optional, parseChoice, parsePage, parseTime } from '../../cli/options.ts';
import { answer, field, fields, listView } from '../../cli/output/view.ts';
import { addCommand, defineGroup } from '../../cli/registration.ts';
import { parseId, parseItems, parseRef } from '../../domain/input.ts';
import { ORDER_STATUSES, type Order } from '../../domain/order.ts';
import { phrase } from '../../domain/phrase.ts';
import { makeRequest, REQUEST_OPTIONS, type RequestFlags } from '../request/submit.ts';
import { USER_ARGUMENT } from '../user/arguments.ts';
import { answerCancelled, answerPlaced, ITEMS_ARGUMENT, ORDER } from './view.ts';

const ORDERS = listView<Order>(
  phrase('No orders.'),
  ...fields<Order>('orderId', 'userId', 'status', 'total'),
  { name: 'products', value: ({ lines }) => lines.length },
  field<Order>('createdAt'),
);

const ORDER_ARGUMENT: ArgumentSpec = {
  name: 'order',
  description: "the order's id",
  values: 'order',
  parse: (text: string) => parseId('order', text),
  ask: async (context) => (await import('../request/pick.ts')).pickOrder(context),
};

/** `shop order` */
export function defineOrder(group: Command, runner: Runner): void {
  defineGroup(group, { examples: ['shop order place 1 1:2 3:1', 'shop order list --since 1d', 'shop order cancel 7'] });
  addPlace(group, runner);
  addShow(group, runner);
  addList(group, runner);
  addCancel(group, runner);
}

function addPlace(group: Command, runner: Runner): void {
  addCommand<RequestFlags>(
    group,
    {
      name: 'place',
      summary: 'Place an order, paid with points',
      arguments: [USER_ARGUMENT, ITEMS_ARGUMENT],
      options: REQUEST_OPTIONS,
      examples: ['shop order place 1 1:2 3:1', 'shop order place @17850 @85123A:6 --key 536365 --json'],
      run: async (context, [user = '', ...items], flags) => {
        const payload = { user: parseRef('user', user), items: parseItems(items) };
        return makeRequest(context, { kind: 'order', payload }, flags, answerPlaced);
      },
    },
    runner,
  );
}

function addShow(group: Command, runner: Runner): void {
  addCommand(
    group,
    {
      name: 'show',
      summary: 'Show an order with its lines',
      arguments: [ORDER_ARGUMENT],
      examples: ['shop order show 1', 'shop order show 1 --json'],
      run: async (context, [order = '']) => {
        const id = parseId('order', order);
        const { findOrder } = await import('../../domain/order.ts');
        return answer(await findOrder(await context.session(), id), ORDER);
      },
    },
    runner,
  );
}

interface OrderListFlags extends ListFlags {
  readonly user?: string;
  readonly status?: string;
  readonly since?: string;
  readonly until?: string;
}

function addList(group: Command, runner: Runner): void {
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
        const { listOrders } = await import('../../domain/order.ts');
        return answer(await context.read(async (server) => listOrders(await server.session(), filter)), ORDERS);
      },
    },
    runner,
  );
}

function addCancel(group: Command, runner: Runner): void {
  addCommand<RequestFlags>(
    group,
    {
      name: 'cancel',
      summary: 'Cancel an order: its points and its stock go back',
      arguments: [ORDER_ARGUMENT],
      options: REQUEST_OPTIONS,
      examples: ['shop order cancel 1', 'shop order cancel 1 --key return-88 --json'],
      run: async (context, [order = ''], flags) => {
        const payload = { order: parseId('order', order) };
        return makeRequest(context, { kind: 'cancel', payload }, flags, answerCancelled);
      },
    },
    runner,
  );
}
