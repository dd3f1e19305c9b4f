import { command } from '../../cli/command.ts';
import { answer } from '../../cli/output/view.ts';
import { ITEMS_ARGUMENT } from '../order/arguments.ts';
import { USER_ARGUMENT } from '../user/arguments.ts';
import { CART } from './view.ts';

/** `shop cart add` */
export const add = command({
  name: 'add',
  summary: "Add products to a user's cart",
  arguments: [USER_ARGUMENT, ITEMS_ARGUMENT],
  examples: ['shop cart add 1 1:2 3', 'shop cart add @17850 @85123A:6 --json'],
  run: async (context, [user, items]) => {
    const { addToCart } = await import('../../domain/shop/carts.ts');
    return answer(await addToCart(await context.session(), user, items), CART);
  },
});
