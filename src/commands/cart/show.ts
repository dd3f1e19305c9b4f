import { command } from '../../cli/command.ts';
import { parseId } from '../../domain/input.ts';
import { USER_ARGUMENT } from '../user/arguments.ts';
import { answerCart } from './view.ts';

/** `shop cart show` */
export const show = command({
  name: 'show',
  summary: "Show a user's cart",
  arguments: [
    USER_ARGUMENT,
    {
      name: 'cart',
      description: "the cart's id, to check that the cart belongs to the user",
      optional: true,
      parse: (text) => parseId('cart', text),
    },
  ],
  examples: ['shop cart show 1', 'shop cart show @17850 7 --json'],
  run: async (context, [user, cart]) => {
    const { showCart } = await import('../../domain/shop/carts.ts');
    const session = await context.session();
    return answerCart(await showCart(session, user, cart), session);
  },
});
