import { type Answer, answer, type Column, columns, listView, type View } from '../../cli/output/view.ts';
import { phrase } from '../../domain/phrase.ts';
import type { Outcome } from '../../domain/requests/kinds/index.ts';
import type { Session } from '../../domain/servers/connections.ts';
import type { Order, OrderStatus } from '../../domain/shop/orders.ts';
import type { OrderPreview } from '../../domain/shop/preview.ts';
import { REQUEST_COLUMNS, type RequestFields } from '../request/view.ts';

type RequestedOrder = Order & RequestFields & { readonly balance: number };

/** What has lines: an order, or a cart. */
interface Lined {
  readonly lines: readonly Line[];
}

interface Line {
  readonly productId: number;
  readonly name: string;
  readonly quantity: number;
  readonly unitPrice: number;
  readonly amount: number | string;
}

/** A line together with what it belongs to: one row of a flat format. */
type Row<Whole extends Lined> = Whole & { readonly line: Line };

const LINE_COLUMNS = columns<Line>({
  productId: 'identifier',
  name: 'text',
  quantity: 'count',
  unitPrice: 'amount',
  amount: 'amount',
});

/** A view of an order or a cart: these columns, then those of its lines; a receipt, as a table. */
export function linesView<Whole extends Lined>(...own: Column<Whole>[]): View<Whole, Row<Whole>> {
  return {
    kind: 'record',
    columns: own,
    rows: (whole) => whole.lines.map((line) => ({ ...whole, line })),
    lines: {
      columns: LINE_COLUMNS.map(({ name, value, kind }) => ({ name, value: ({ line }) => value(line), kind })),
      empty: phrase('No products.'),
      sums: ['total', 'balance'],
      foot: ['requestId', 'key', 'replayed', 'attempts'],
    },
  };
}

/** Columns of an order, with its lines. */
export const ORDER = linesView<Order>(
  ...columns<Order>({
    orderId: 'identifier',
    userId: 'identifier',
    status: 'status',
    total: 'amount',
    createdAt: 'time',
  }),
);

/** Columns of a list of orders. */
export const ORDERS = listView<Order>(
  phrase('No orders.'),
  ...columns<Order>({ orderId: 'identifier', userId: 'identifier', status: 'status', total: 'amount' }),
  { name: 'products', value: ({ lines }) => lines.length, kind: 'count' },
  ...columns<Order>({ createdAt: 'time' }),
);

/** Columns of an order that has not been sent. */
export const PREVIEW = linesView<OrderPreview>(
  ...columns<OrderPreview>({ userId: 'identifier', user: 'text', total: 'amount', balance: 'amount' }),
);

const REQUESTED_ORDER = linesView<RequestedOrder>(
  ...REQUEST_COLUMNS,
  ...columns<RequestedOrder>({
    orderId: 'identifier',
    userId: 'identifier',
    status: 'status',
    total: 'amount',
    balance: 'amount',
    createdAt: 'time',
  }),
);

/** Shows an applied order request: the order as it was placed, even if it was changed later. */
export function showPlaced(outcome: Outcome<'order'>, request: RequestFields, session: Session) {
  return showOrder(outcome, request, session, 'placed');
}

/** Shows an applied cancel request: the order, cancelled. */
export function showCancelled(outcome: Outcome<'cancel'>, request: RequestFields, session: Session) {
  return showOrder(outcome, request, session, 'cancelled');
}

async function showOrder(
  { orderId, balance, names }: Outcome<'order' | 'cancel'>,
  request: RequestFields,
  session: Session,
  status: OrderStatus,
): Promise<Answer> {
  const { findOrder } = await import('../../domain/shop/orders.ts');
  const { lines, createdAt, ...order } = await findOrder(session, orderId);
  // products may have been renamed since
  const named = lines.map((line, index) => ({ ...line, name: names?.[index] ?? line.name }));
  return answer({ ...request, ...order, status, balance, lines: named, createdAt }, REQUESTED_ORDER);
}
