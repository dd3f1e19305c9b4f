import { type Answer, answer, type Cell, type Column, field, fields, type View } from '../../cli/output/view.ts';
import { phrase } from '../../domain/phrase.ts';
import type { Session } from '../../domain/servers/store.ts';
import type { Order, OrderStatus } from '../../domain/shop/orders.ts';
import type { RequestFields } from '../request/view.ts';

type RequestedOrder = Order & RequestFields & { readonly balance: number };

/** What has lines: an order, or a cart. */
interface Lined {
  readonly lines: readonly Line[];
}

type Line = Readonly<Record<(typeof LINE_FIELDS)[number], Cell>>;

/** A line together with what it belongs to: one row of a flat format. */
type Row<Whole extends Lined> = Whole & { readonly line: Line };

const LINE_FIELDS = ['productId', 'name', 'quantity', 'unitPrice', 'amount'] as const;

/** A view of an order or a cart: these columns, then those of its lines; a receipt, as a table. */
export function linesView<Whole extends Lined>(...columns: Column<Whole>[]): View<Whole, Row<Whole>> {
  return {
    kind: 'record',
    columns,
    rows: (whole) => whole.lines.map((line) => ({ ...whole, line })),
    lines: {
      columns: LINE_FIELDS.map((name) => ({
        name,
        value: ({ line }) => line[name],
        kind: field<Line>(name).kind,
      })),
      empty: phrase('No products.'),
      sums: ['total', 'balance'],
      foot: ['requestId', 'key', 'replayed', 'attempts'],
    },
  };
}

/** An order as it is shown. */
export const ORDER = linesView(...fields<Order>('orderId', 'userId', 'status', 'total', 'createdAt'));

const REQUESTED_ORDER = linesView(
  ...fields<RequestedOrder>(
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

/** Answers an applied order request: the order as it was placed, whatever has become of it since. */
export function answerPlaced(outcome: Record<string, unknown>, request: RequestFields, session: Session) {
  return answerOrder(outcome, request, session, 'placed');
}

/** Answers an applied cancel request: the order, cancelled. */
export function answerCancelled(outcome: Record<string, unknown>, request: RequestFields, session: Session) {
  return answerOrder(outcome, request, session, 'cancelled');
}

async function answerOrder(
  outcome: Record<string, unknown>,
  request: RequestFields,
  session: Session,
  status: OrderStatus,
): Promise<Answer> {
  const { findOrder } = await import('../../domain/shop/orders.ts');
  const { orderId, balance, names } = outcome as { orderId: number; balance: number; names?: readonly string[] };
  const { lines, createdAt, ...order } = await findOrder(session, orderId);
  // products may have been renamed since
  const named = lines.map((line, index) => ({ ...line, name: names?.[index] ?? line.name }));
  return answer({ ...request, ...order, status, balance, lines: named, createdAt }, REQUESTED_ORDER);
}
