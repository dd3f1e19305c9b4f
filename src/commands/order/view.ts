import { done, title } from '../../cli/output/marks.ts';
import { grouped } from '../../cli/output/numbers.ts';
import { type Answer, answer, type Column, columns, forPeople, type View } from '../../cli/output/view.ts';
import { type Phrase, phrase } from '../../domain/phrase.ts';
import type { Outcome } from '../../domain/requests/kinds/index.ts';
import type { Session } from '../../domain/servers/connections.ts';
import type { Order, OrderStatus } from '../../domain/shop/orders.ts';
import { REQUEST_COLUMNS, REQUEST_FIELDS, type RequestFields, requestFoot } from '../request/view.ts';
import { readUserName } from '../user/view.ts';

type RequestedOrder = Order & RequestFields & { readonly balance: number };

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

/** A line together with its order or cart. It is one row of a flat format. */
type Row<Whole extends Lined> = Whole & { readonly line: Whole['lines'][number] };

/** Columns of the lines of an order or a cart. */
export const LINE_COLUMNS = columns<Line>({
  productId: 'identifier',
  name: 'text',
  quantity: 'count',
  unitPrice: 'amount',
  amount: 'amount',
});

/**
 * Creates the view of an order or a cart. Its columns are its own, followed by those of its lines. A table shows it as a
 * receipt.
 */
export function linesView<Whole extends Lined>(
  lineColumns: readonly Column<Whole['lines'][number]>[],
  ...own: Column<Whole>[]
): View<Whole, Row<Whole>> {
  return {
    kind: 'record',
    columns: own,
    rows: (whole) => whole.lines.map((line) => ({ ...whole, line })),
    lines: {
      columns: lineColumns.map(({ name, value, kind }) => ({ name, value: ({ line }) => value(line), kind })),
      empty: phrase('No products.'),
      sums: ['total', 'balance'],
    },
  };
}

/** Columns of an order, with its lines. */
const ORDER = linesView<Order>(
  LINE_COLUMNS,
  ...columns<Order>({
    orderId: 'identifier',
    userId: 'identifier',
    status: 'status',
    total: 'amount',
    createdAt: 'time',
  }),
);

/** Shows an order as it is now. Only people see the name of its user. */
export function answerOrder(order: Order, session: Session): Answer {
  const view = forPeople(ORDER, {
    headline: async ({ orderId, userId }) => title(phrase`Order ${orderId} of ${await readUserName(session, userId)}`),
    hidden: ['orderId', 'userId'],
  });
  return answer(order, view);
}

const REQUESTED_ORDER = linesView<RequestedOrder>(
  LINE_COLUMNS,
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
  return showOrder(
    outcome,
    request,
    session,
    'placed',
    (order, user, total, balance) => phrase`Order ${order} placed for ${user}: ${total} points, balance ${balance}.`,
  );
}

/** Shows an applied cancel request: the cancelled order. */
export function showCancelled(outcome: Outcome<'cancel'>, request: RequestFields, session: Session) {
  return showOrder(
    outcome,
    request,
    session,
    'cancelled',
    (order, user, total, balance) =>
      phrase`Order ${order} cancelled: ${total} points returned to ${user}, balance ${balance}.`,
  );
}

async function showOrder(
  { orderId, balance, names }: Outcome<'order' | 'cancel'>,
  request: RequestFields,
  session: Session,
  status: OrderStatus,
  sentence: (orderId: number, user: string, total: string, balance: string) => Phrase,
): Promise<Answer> {
  const { findOrder } = await import('../../domain/shop/orders.ts');
  const { lines, createdAt, ...order } = await findOrder(session, orderId);
  // products may have been renamed since the order was placed
  const lasting = lines.map((line, index) => ({ ...line, name: names?.[index] ?? line.name }));
  const view = forPeople(REQUESTED_ORDER, {
    headline: async ({ userId, total }) =>
      done(sentence(orderId, await readUserName(session, userId), grouped(total), grouped(balance))),
    hidden: [...REQUEST_FIELDS, 'orderId', 'userId', 'status', 'createdAt'],
    foot: requestFoot,
  });
  return answer({ ...request, ...order, status, balance, lines: lasting, createdAt }, view);
}
