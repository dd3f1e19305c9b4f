import type { Command } from 'commander';
import { parseId, parseItem, parseItems, parseRef } from '../domain/input.ts';
import { ORDER_STATUSES, type Order, type OrderLine } from '../domain/order.ts';
import { addCommand, addGroup, type Runner } from './command.ts';
import { LIST_OPTIONS, type ListFlags } from './list-options.ts';
import { optional, parseChoice, parsePage, parseTime } from './options.ts';
import { answer, type Column, field, fields, listView, type View } from './present/view.ts';
import { makeRequest, REQUEST_OPTIONS, type RequestFields, type RequestFlags } from './request-options.ts';
import { USER_ARGUMENT } from './user.ts';

type PlacedOrder = Order & RequestFields & { readonly balance: number };

/** A line together with the order that it belongs to: one row of a flat format. */
type Row<O extends Order> = O & { readonly line: OrderLine };

const LINE_COLUMNS: readonly Column<Row<Order>>[] = [
  { name: 'productId', value: ({ line }) => line.productId, identifier: true },
  { name: 'name', value: ({ line }) => line.name },
  { name: 'quantity', value: ({ line }) => line.quantity },
  { name: 'unitPrice', value: ({ line }) => line.unitPrice },
  { name: 'amount', value: ({ line }) => line.amount },
];

const ORDER = orderView<Order>(...fields<Order>('orderId', 'userId', 'status', 'total', 'createdAt'));
const PLACED_ORDER = orderView<PlacedOrder>(
  ...fields<PlacedOrder>(
    'requestId',
    'key',
    'replayed',
    'attempts',
    'orderId',
    'userId',
    'status',
    'total',
    'balance',
    'createdAt',
  ),
);
const ORDERS = listView<Order>(
  'No orders.',
  ...fields<Order>('orderId', 'userId', 'status', 'total'),
  { name: 'products', value: ({ lines }) => lines.length },
  field<Order>('createdAt'),
);

function orderView<O extends Order>(...columns: Column<O>[]): View<O, Row<O>> {
  return {
    kind: 'record',
    columns: columns as readonly Column<Row<O>>[],
    rows: (order) => order.lines.map((line) => ({ ...order, line })),
    lines: LINE_COLUMNS as readonly Column<Row<O>>[],
  };
}

/** `shop order` */
export function addOrder(program: Command, runner: Runner): void {
  const group = addGroup(program, 'order', 'Place and see orders');
  addPlace(group, runner);
  addShow(group, runner);
  addList(group, runner);
}

function addPlace(group: Command, runner: Runner): void {
  addCommand<RequestFlags>(
    group,
    {
      name: 'place',
      summary: 'Place an order, paid with points',
      arguments: [
        USER_ARGUMENT,
        {
          name: 'items',
          description: '<product>:<quantity>, or a product alone for one',
          variadic: true,
          parse: parseItem,
        },
      ],
      options: REQUEST_OPTIONS,
      examples: ['shop order place 1 1:2 3:1', 'shop order place @17850 @85123A:6 --key 536365 --json'],
      run: async (context, [user = '', ...items], flags) => {
        const payload = { user: parseRef('user', user), items: parseItems(items) };
        return makeRequest(context, { kind: 'order', payload }, flags, async (outcome, request, session) => {
          const { findOrder } = await import('../domain/order.ts');
          const { orderId, balance } = outcome as { orderId: number; balance: number };
          const { lines, createdAt, ...order } = await findOrder(session, orderId);
          return answer({ ...request, ...order, status: 'placed' as const, balance, lines, createdAt }, PLACED_ORDER);
        });
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
      arguments: [{ name: 'order', description: "the order's id", parse: (text: string) => parseId('order', text) }],
      examples: ['shop order show 1', 'shop order show 1 --json'],
      run: async (context, [order = '']) => {
        const id = parseId('order', order);
        const { findOrder } = await import('../domain/order.ts');
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
        { flags: '--user <user>', description: "this user's orders" },
        { flags: '--status <status>', description: ORDER_STATUSES.join(' or ') },
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
        const { listOrders } = await import('../domain/order.ts');
        return answer(await listOrders(await context.session(), filter), ORDERS);
      },
    },
    runner,
  );
}
