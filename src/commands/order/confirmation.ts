import type { Context } from '../../cli/context.ts';
import { writeMessage } from '../../cli/io.ts';
import { present } from '../../cli/output/formats.ts';
import { pageOf } from '../../cli/output/page.ts';
import { type Answer, answer, fields } from '../../cli/output/view.ts';
import { phrase, sentences } from '../../domain/phrase.ts';
import type { RequestContent } from '../../domain/requests/kinds/index.ts';
import { findOrder } from '../../domain/shop/orders.ts';
import { type OrderPreview, previewOrder } from '../../domain/shop/preview.ts';
import { linesView, ORDER } from './view.ts';

const PREVIEW = linesView(...fields<OrderPreview>('userId', 'user', 'total', 'balance'));

/** Shows an order that is about to be sent, and asks for confirmation. @throws Interrupted; ShopError see `previewOrder` */
export async function confirmOrder(context: Context, { payload }: RequestContent<'order'>): Promise<boolean> {
  const preview = await previewOrder(await context.session(), payload.user, payload.items);
  await show(context, answer(preview, PREVIEW));
  if (preview.obstacle !== null)
    await context.say(sentences(preview.obstacle.text.message, phrase('It would be refused now.')));
  return context.confirm(phrase('Send this order?'));
}

/** Shows an order that is about to be cancelled, and asks for confirmation. @throws Interrupted; ShopError `INVALID_ORDER` */
export async function confirmCancel(context: Context, { payload }: RequestContent<'cancel'>): Promise<boolean> {
  await show(context, answer(await findOrder(await context.session(), payload.order), ORDER));
  return context.confirm(phrase('Cancel this order?'));
}

/** Standard output is for the answer. */
async function show({ streams, language }: Context, shown: Answer): Promise<void> {
  await writeMessage(streams.stderr, `\n${await present(shown, 'table', pageOf(streams.stderr, language))}\n`);
}
