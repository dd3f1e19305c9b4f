import { command } from '../../cli/command.ts';
import { phrase } from '../../domain/phrase.ts';
import { ITEMS_ARGUMENT } from '../order/arguments.ts';
import { USER_ARGUMENT } from '../user/arguments.ts';
import { answerChange } from './view.ts';

/** `shop cart remove` */
export const remove = command({
  name: 'remove',
  summary: "Remove products from a user's cart",
  arguments: [
    USER_ARGUMENT,
    {
      ...ITEMS_ARGUMENT,
      values: { items: 'product' },
      ask: async (context, before) => (await import('../order/pick-items.ts')).pickCartItems(context, before),
    },
  ],
  examples: ['shop cart remove 1 1:2', 'shop cart remove @17850 @85123A --json'],
  run: async (context, [user, items]) => {
    const { removeFromCart } = await import('../../domain/shop/carts.ts');
    const session = await context.session();
    return answerChange(
      await removeFromCart(session, user, items, await context.origin()),
      session,
      (products, name, total) => phrase`Removed ${products} from the cart of ${name}. Cart total: ${total}.`,
    );
  },
});
