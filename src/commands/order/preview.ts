import type { Context } from '../../cli/context.ts';
import { title } from '../../cli/output/marks.ts';
import { grouped, named } from '../../cli/output/numbers.ts';
import { answer, columns, forPeople } from '../../cli/output/view.ts';
import { preview } from '../../cli/prompts/preview.ts';
import { phrase } from '../../domain/phrase.ts';
import type { OrderPayload } from '../../domain/requests/kinds/order.ts';
import type { ReturnPayload } from '../../domain/requests/kinds/return.ts';
import type { Session } from '../../domain/servers/connections.ts';
import {
  type OrderPreview,
  previewCancel,
  previewOrder,
  previewReturn,
  type ReturnPreview,
} from '../../domain/shop/preview.ts';
import { warnOfRefusal } from '../request/warn-of-refusal.ts';
import { answerOrder, LINE_COLUMNS, linesView } from './view.ts';

/** View of an order that has not been sent. */
const PREVIEW = forPeople(
  linesView<OrderPreview>(
    LINE_COLUMNS,
    columns<OrderPreview>({ userId: 'identifier', user: 'text', total: 'amount', balance: 'amount' }),
  ),
  { headline: ({ user, userId }) => title(phrase`Order of ${named(user, userId)}`), hidden: ['userId', 'user'] },
);

/** View of a return that has not been sent. */
const RETURN_PREVIEW = forPeople(
  linesView<ReturnPreview>(
    LINE_COLUMNS,
    columns<ReturnPreview>({ orderId: 'identifier', userId: 'identifier', user: 'text', total: 'amount' }),
  ),
  {
    headline: ({ orderId, user, userId }) => title(phrase`Return from order ${orderId} of ${named(user, userId)}`),
    hidden: ['orderId', 'userId', 'user'],
  },
);

/** Shows a preview of an order and asks whether to send it. @throws Interrupted; ShopError if the user or a product is unknown */
export async function confirmOrder(
  context: Context,
  session: Session,
  { user, items }: OrderPayload,
): Promise<boolean> {
  const order = await previewOrder(session, user, items);
  await preview(context, answer(order, PREVIEW));
  await warnOfRefusal(context, order);
  return context.confirm(phrase('Send this order?'));
}

/** Shows a preview of a return and asks whether to send it. @throws Interrupted; ShopError if the order or a product is unknown */
export async function confirmReturn(context: Context, session: Session, payload: ReturnPayload): Promise<boolean> {
  const units = await previewReturn(session, payload);
  await preview(context, answer(units, RETURN_PREVIEW));
  await warnOfRefusal(context, units);
  const [points, now, then] = refundTexts(units);
  return context.confirm(
    payload.restock
      ? phrase`Return these units and refund ${points} points (balance ${now} → ${then})?`
      : phrase`Return these units without restocking them, and refund ${points} points (balance ${now} → ${then})?`,
  );
}

/** Shows an order and asks whether to cancel it. @throws Interrupted; ShopError if the order is unknown */
export async function confirmCancel(context: Context, session: Session, orderId: number): Promise<boolean> {
  const cancel = await previewCancel(session, orderId);
  await preview(context, answerOrder(cancel.order));
  await warnOfRefusal(context, cancel);
  const [points, now, then] = refundTexts(cancel);
  return context.confirm(phrase`Cancel this order and refund ${points} points (balance ${now} → ${then})?`);
}

/** Formats the points to refund, and the balance before and after the refund. */
function refundTexts({ total, balance }: { readonly total: number; readonly balance: number }) {
  return [grouped(total), grouped(balance), grouped(balance + total)] as const;
}
