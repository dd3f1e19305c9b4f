import { command } from '../../cli/command.ts';
import { phrase } from '../../domain/phrase.ts';
import { ITEMS_ARGUMENT } from '../order/arguments.ts';
import { USER_ARGUMENT } from '../user/arguments.ts';
import { answerChange } from './view.ts';

/** `shop cart add` */
export const add = command({
  name: 'add',
  summary: "Add products to a user's cart",
  arguments: [USER_ARGUMENT, ITEMS_ARGUMENT],
  examples: ['shop cart add 1 1:2 3', 'shop cart add @17850 @85123A:6 --json'],
  run: async (context, [user, items]) => {
    const { addToCart } = await import('../../domain/shop/carts.ts');
    const session = await context.session();
    return answerChange(
      await addToCart(session, user, items, await context.origin()),
      session,
      (products, name, total) => phrase`Added ${products} to the cart of ${name}. Cart total: ${total}.`,
    );
  },
});
