import type { Runner } from '../../cli/command.ts';
import { answer } from '../../cli/output/view.ts';
import { addCommand, type Command } from '../../cli/registration.ts';
import { parseItems, parseRef } from '../../domain/input.ts';
import { ITEMS_ARGUMENT } from '../order/arguments.ts';
import { USER_ARGUMENT } from '../user/arguments.ts';
import { CART } from './view.ts';

/** `shop cart add` */
export function addAdd(group: Command, runner: Runner): void {
  addCommand(
    group,
    {
      name: 'add',
      summary: "Put products into a user's cart",
      arguments: [USER_ARGUMENT, ITEMS_ARGUMENT],
      examples: ['shop cart add 1 1:2 3', 'shop cart add @17850 @85123A:6 --json'],
      run: async (context, [user = '', ...texts]) => {
        const [ref, items] = [parseRef('user', user), parseItems(texts)];
        const { addToCart } = await import('../../domain/shop/carts.ts');
        return answer(await addToCart(await context.session(), ref, items), CART);
      },
    },
    runner,
  );
}
