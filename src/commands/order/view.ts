import { done, title } from '../../cli/output/marks.ts';
import { grouped, named } from '../../cli/output/numbers.ts';
import {
  type Answer,
  answer,
  type Column,
  columns,
  dataOnly,
  forPeople,
  listView,
  type View,
  withSpareColumns,
} from '../../cli/output/view.ts';
import { type Phrase, phrase } from '../../domain/phrase.ts';
import type { Outcome } from '../../domain/requests/kinds/index.ts';
import type { Session } from '../../domain/servers/connections.ts';
import type { Order, OrderLine } from '../../domain/shop/orders.ts';
import { REQUEST_COLUMNS, REQUEST_FIELDS, REQUEST_REASON, type RequestFields, requestFoot } from '../request/view.ts';

type RequestedOrder = Omit<Order, 'userReference' | 'actor' | 'userName'> &
  RequestFields & { readonly balance: number; readonly refund?: number };

/** An order or a cart. */
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

/** A line together with its order or cart. It is one row of CSV or TSV output. */
type Row<Whole extends Lined> = Whole & { readonly line: Whole['lines'][number] };

/** Columns of the lines of a cart, or of an order that has not been sent. */
export const LINE_COLUMNS = columns<Line>({
  productId: 'identifier',
  name: 'text',
  quantity: 'count',
  unitPrice: 'amount',
  amount: 'amount',
});

/** Columns of the lines of an order that was placed. */
const ORDER_LINE_COLUMNS = [...LINE_COLUMNS, ...columns<OrderLine>({ returned: 'count' })];

/**
 * Creates the view of an order or a cart. Its columns are those of the order or cart, followed by those of the lines. A
 * table shows it as a receipt.
 *
 * @param last columns of the order or cart that follow those of the lines.
 */
export function linesView<Whole extends Lined>(
  lineColumns: readonly Column<Whole['lines'][number]>[],
  own: readonly Column<Whole>[],
  last: readonly Column<Whole>[] = [],
): View<Whole, Row<Whole>> {
  return {
    kind: 'record',
    columns: own,
    rows: (whole) => whole.lines.map((line) => ({ ...whole, line })),
    lines: {
      columns: [
        ...lineColumns.map(({ name, value, kind }) => ({
          name,
          value: ({ line }: Row<Whole>) => value(line),
          kind,
        })),
        ...last,
      ],
      empty: phrase('No products.'),
      sums: ['total', 'refunded', 'refund', 'balance'],
    },
  };
}

/** The first columns of an order. */
const ORDER_COLUMNS = columns<Pick<Order, 'orderId' | 'userId' | 'status' | 'total' | 'refunded'>>({
  orderId: 'identifier',
  userId: 'identifier',
  status: 'status',
  total: 'amount',
  refunded: 'amount',
});

type Buyer = Pick<Order, 'userId' | 'userName'>;

/** Columns of the user in a list. A table has the name with the id, and wraps it, because a cut name would lose the id. */
const USER_COLUMNS: readonly Column<Buyer>[] = [
  ...dataOnly(columns<Buyer>({ userId: 'identifier' })),
  { name: 'user', value: ({ userName, userId }) => named(userName, userId), kind: 'prose', least: 24, only: 'table' },
];

/** The user's name for programs. It is the last column, so that the columns before it keep their positions. */
const USER_NAME = dataOnly(columns<Buyer>({ userName: 'text' }));

/** Columns of the user's reference, and of the request that placed the order. Tables have no room for them. */
const PLACED_BY = dataOnly(
  columns<Omit<Order, 'lines'>>({ userReference: 'text', requestId: 'identifier', key: 'text', actor: 'text' }),
);

/** Columns of a list of orders. */
export const ORDERS = withSpareColumns(
  listView<Order>(
    phrase('No orders.'),
    ...columns<Order>({ orderId: 'identifier' }),
    ...USER_COLUMNS,
    ...columns<Order>({ status: 'status', total: 'amount', refunded: 'amount' }),
    { name: 'products', value: ({ lines }) => lines.length, kind: 'count' },
    ...columns<Order>({ createdAt: 'time' }),
    ...PLACED_BY,
    ...USER_NAME,
  ),
  'refunded',
  'products',
);

/** A line of an order, with the fields of its order. */
type ListedLine = Omit<Order, 'lines'> & OrderLine;

/** Columns of a list of the lines of orders. */
export const LINES = withSpareColumns(
  listView<ListedLine>(
    phrase('No orders.'),
    ...columns<ListedLine>({ orderId: 'identifier' }),
    ...USER_COLUMNS,
    ...columns<ListedLine>({ status: 'status' }),
    ...dataOnly(columns<ListedLine>({ total: 'amount', refunded: 'amount' })),
    ...columns<ListedLine>({ createdAt: 'time' }),
    ...PLACED_BY,
    ...ORDER_LINE_COLUMNS,
    ...USER_NAME,
  ),
  'createdAt',
  'amount',
  'user',
);

/** Returns the lines of an order, each with the fields of the order. */
export function linesOf({ lines, userName, ...order }: Order): ListedLine[] {
  return lines.map((line) => ({ ...order, ...line, userName }));
}

/** View of an order, with its lines. */
const ORDER = linesView<Order>(
  ORDER_LINE_COLUMNS,
  [...ORDER_COLUMNS, ...columns<Order>({ createdAt: 'time' }), ...PLACED_BY],
  USER_NAME,
);

/** Returns the columns that a table leaves out because nothing was refunded. */
function hiddenReturns({ refunded }: Pick<Order, 'refunded'>): readonly string[] {
  return refunded === 0 ? ['refunded', 'returned'] : [];
}

/** Shows an order as it is now. */
export function answerOrder(order: Order): Answer {
  const view = forPeople(ORDER, {
    headline: ({ orderId, userName, userId }) => title(phrase`Order ${orderId} of ${named(userName, userId)}`),
    hidden: ['orderId', 'userId', ...hiddenReturns(order)],
    foot: ({ key, actor }) => [phrase`Placed by ${actor}, key ${key}`],
  });
  return answer(order, view);
}

/** Columns of an order request, without the lines. */
const REQUESTED_COLUMNS: readonly Column<RequestedOrder>[] = [
  ...REQUEST_COLUMNS,
  ...ORDER_COLUMNS,
  ...columns<RequestedOrder>({ balance: 'amount', createdAt: 'time' }),
];
const PLACED = linesView(ORDER_LINE_COLUMNS, REQUESTED_COLUMNS);
const CANCELLED = linesView(ORDER_LINE_COLUMNS, [...REQUESTED_COLUMNS, ...REQUEST_REASON]);
const RETURNED = linesView(ORDER_LINE_COLUMNS, [
  ...REQUESTED_COLUMNS,
  ...columns<RequestedOrder>({ refund: 'amount' }),
  ...REQUEST_REASON,
]);

/** Shows an applied order request: the order as it was placed, even if it was changed later. */
export function showPlaced(outcome: Outcome<'order'>, request: RequestFields, session: Session) {
  return showOrder(outcome, request, session, {
    view: PLACED,
    returned: () => 0,
    finalStatus: 'placed',
    points: outcome.total,
    sentence: (order, user, points, balance) =>
      phrase`Order ${order} placed for ${user}: ${points} points, balance ${balance}.`,
  });
}

/** Shows an applied cancel request: the cancelled order. */
export function showCancelled(outcome: Outcome<'cancel'>, request: RequestFields, session: Session) {
  return showOrder(outcome, request, session, {
    view: CANCELLED,
    returned: ({ quantity }) => quantity,
    finalStatus: 'cancelled',
    points: outcome.total,
    sentence: (order, user, points, balance) =>
      phrase`Order ${order} cancelled: ${points} points refunded to ${user}, balance ${balance}.`,
  });
}

/** Shows an applied return request: the order after this return, even if more was returned later. */
export function showReturned(outcome: Outcome<'return'>, request: RequestFields, session: Session) {
  return showOrder(outcome, request, session, {
    view: RETURNED,
    returned: (_line, index) => outcome.returned[index] ?? 0,
    refund: outcome.refund,
    finalStatus: 'returned',
    points: outcome.refund,
    sentence: (order, user, points, balance) =>
      phrase`Units of order ${order} returned: ${points} points refunded to ${user}, balance ${balance}.`,
  });
}

/** How to show an order as it was right after a request, even if later requests have changed the order. */
interface OrderAfter {
  readonly view: View<RequestedOrder, Row<RequestedOrder>>;
  /** Returns how many units of a line had been returned right after the request. */
  readonly returned: (line: OrderLine, index: number) => number;
  /** The points that a return has refunded. */
  readonly refund?: number;
  /** The status of the order, unless only some of its units have been returned (`partially_returned`). */
  readonly finalStatus: 'placed' | 'returned' | 'cancelled';
  /** The points that the request paid or refunded. */
  readonly points: number;
  readonly sentence: (orderId: number, user: string, points: string, balance: string) => Phrase;
}

async function showOrder(
  { orderId, balance, names }: Outcome<'order' | 'cancel' | 'return'>,
  request: RequestFields,
  session: Session,
  { view, returned, refund, finalStatus, points, sentence }: OrderAfter,
): Promise<Answer> {
  const { findOrder } = await import('../../domain/shop/orders.ts');
  const { userId, userName, total, lines: current, createdAt } = await findOrder(session, orderId);
  const lines = current.map((line, index) => ({
    ...line,
    // products may have been renamed since the order was placed
    name: names?.[index] ?? line.name,
    returned: returned(line, index),
  }));
  const refunded = lines.reduce((sum, line) => sum + line.returned * line.unitPrice, 0);
  const status = refunded === 0 || refunded === total ? finalStatus : 'partially_returned';
  const after: RequestedOrder = {
    ...request,
    orderId,
    userId,
    status,
    total,
    refunded,
    ...(refund === undefined ? {} : { refund }),
    balance,
    lines,
    createdAt,
  };
  const shown = forPeople(view, {
    headline: () => done(sentence(orderId, named(userName, userId), grouped(points), grouped(balance))),
    hidden: [...REQUEST_FIELDS, 'orderId', 'userId', 'status', 'createdAt', ...hiddenReturns(after)],
    foot: requestFoot,
  });
  return answer(after, shown);
}
