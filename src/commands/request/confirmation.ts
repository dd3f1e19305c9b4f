import type { Context } from '../../cli/context.ts';
import { writeMessage } from '../../cli/io.ts';
import { present } from '../../cli/output/formats.ts';
import { grouped } from '../../cli/output/numbers.ts';
import { pageOf } from '../../cli/output/page.ts';
import { type Answer, answer, fields } from '../../cli/output/view.ts';
import { phrase, sentences } from '../../domain/phrase.ts';
import type { RequestContent } from '../../domain/requests/request.ts';
import { findOrder } from '../../domain/shop/orders.ts';
import { readBalance } from '../../domain/shop/points.ts';
import { type OrderPreview, previewOrder, previewProduct } from '../../domain/shop/preview.ts';
import { linesView, ORDER } from '../order/view.ts';

const PREVIEW = linesView(...fields<OrderPreview>('userId', 'user', 'total', 'balance'));

/**
 * Shows what is about to be sent, and asks whether it is to be; true under `--yes`.
 *
 * @throws Interrupted; ShopError where it names what is not there
 */
export async function confirmRequest(context: Context, content: RequestContent): Promise<boolean> {
  const session = await context.session();
  switch (content.kind) {
    case 'charge': {
      const { user, amount } = content.payload;
      const { userId, name, balance } = await readBalance(session, user);
      return context.confirm(
        phrase`Charge ${grouped(amount)} points to ${name} (${userId}), who has ${grouped(balance)} now?`,
      );
    }
    case 'restock': {
      const { product, quantity } = content.payload;
      const { id, name, stock } = await previewProduct(session, product);
      return context.confirm(
        phrase`Add ${grouped(quantity)} to the stock of ${name} (${id}), which is ${grouped(stock)} now?`,
      );
    }
    case 'cancel': {
      await show(context, answer(await findOrder(session, content.payload.order), ORDER));
      return context.confirm(phrase('Cancel this order?'));
    }
    case 'order': {
      const { user, items } = content.payload;
      const preview = await previewOrder(session, user, items);
      await show(context, answer(preview, PREVIEW));
      if (preview.obstacle !== null)
        await context.say(sentences(preview.obstacle.text.message, phrase('It would be refused now.')));
      return context.confirm(phrase('Send this order?'));
    }
  }
}

/** Standard output is for the answer. */
async function show({ streams, language }: Context, shown: Answer): Promise<void> {
  await writeMessage(streams.stderr, `\n${await present(shown, 'table', pageOf(streams.stderr, language))}\n`);
}
