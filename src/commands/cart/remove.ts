import { command } from '../../cli/command.ts';
import { answer } from '../../cli/output/view.ts';
import { ITEMS_ARGUMENT } from '../order/arguments.ts';
import { USER_ARGUMENT } from '../user/arguments.ts';
import { CART } from './view.ts';

/** `shop cart remove` */
export const remove = command({
  name: 'remove',
  summary: "Remove products from a user's cart",
  arguments: [
    USER_ARGUMENT,
    {
      ...ITEMS_ARGUMENT,
      ask: async (context, before) => (await import('../order/pick-items.ts')).pickCartItems(context, before),
    },
  ],
  examples: ['shop cart remove 1 1:2', 'shop cart remove @17850 @85123A --json'],
  run: async (context, [user, items]) => {
    const { removeFromCart } = await import('../../domain/shop/carts.ts');
    return answer(await removeFromCart(await context.session(), user, items), CART);
  },
});
