import type { Runner } from '../../cli/command.ts';
import { optional } from '../../cli/options.ts';
import { answer } from '../../cli/output/view.ts';
import { addCommand, type Command } from '../../cli/registration.ts';
import { parseId, parseRef } from '../../domain/input.ts';
import { USER_ARGUMENT } from '../user/arguments.ts';
import { CART } from './view.ts';

/** `shop cart show` */
export function addShow(group: Command, runner: Runner): void {
  addCommand(
    group,
    {
      name: 'show',
      summary: "Show a user's cart",
      arguments: [
        USER_ARGUMENT,
        {
          name: 'cart',
          description: "the cart's id, where it must be the user's",
          optional: true,
          parse: (text: string) => parseId('cart', text),
        },
      ],
      examples: ['shop cart show 1', 'shop cart show @17850 7 --json'],
      run: async (context, [user = '', cart]) => {
        const [ref, id] = [parseRef('user', user), optional(cart, (text) => parseId('cart', text))];
        const { showCart } = await import('../../domain/shop/carts.ts');
        return answer(await showCart(await context.session(), ref, id), CART);
      },
    },
    runner,
  );
}
