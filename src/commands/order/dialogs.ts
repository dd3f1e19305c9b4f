import { type Answer, answer, fields } from '../../cli/output/view.ts';
import type { Outcome } from '../../domain/requests/kinds/index.ts';
import type { Session } from '../../domain/servers/store.ts';
import type { Order, OrderStatus } from '../../domain/shop/orders.ts';
import type { RequestDialog } from '../request/submit.ts';
import type { RequestFields } from '../request/view.ts';
import { linesView } from './view.ts';

type RequestedOrder = Order & RequestFields & { readonly balance: number };

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

/** How an order request is confirmed, and shown: as it was placed, whatever has become of it since. */
export const PLACE: RequestDialog<'order'> = {
  confirm: async (context, content) => (await import('./confirmation.ts')).confirmOrder(context, content),
  show: (outcome, request, session) => answerOrder(outcome, request, session, 'placed'),
};

/** How a cancel request is confirmed, and shown: the order, cancelled. */
export const CANCEL: RequestDialog<'cancel'> = {
  confirm: async (context, content) => (await import('./confirmation.ts')).confirmCancel(context, content),
  show: (outcome, request, session) => answerOrder(outcome, request, session, 'cancelled'),
};

async function answerOrder(
  { orderId, balance, names }: Outcome<'order' | 'cancel'>,
  request: RequestFields,
  session: Session,
  status: OrderStatus,
): Promise<Answer> {
  const { findOrder } = await import('../../domain/shop/orders.ts');
  const { lines, createdAt, ...order } = await findOrder(session, orderId);
  // products may have been renamed since
  const named = lines.map((line, index) => ({ ...line, name: names[index] ?? line.name }));
  return answer({ ...request, ...order, status, balance, lines: named, createdAt }, REQUESTED_ORDER);
}
