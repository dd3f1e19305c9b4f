import type { Command } from 'commander';
import type { Runner } from '../../cli/command.ts';
import { optional } from '../../cli/options.ts';
import { answer, fields } from '../../cli/output/view.ts';
import { addCommand, defineGroup } from '../../cli/registration.ts';
import type { Cart } from '../../domain/cart.ts';
import { parseId, parseItems, parseRef } from '../../domain/input.ts';
import { answerPlaced, ITEMS_ARGUMENT, linesView } from '../order/view.ts';
import { type Draft, makeRequest, REQUEST_OPTIONS, type RequestFlags } from '../request/submit.ts';
import { USER_ARGUMENT } from '../user/arguments.ts';

const CART = linesView(...fields<Cart>('cartId', 'userId', 'total'));

/** `shop cart` */
export function defineCart(group: Command, runner: Runner): void {
  defineGroup(group, { examples: ['shop cart add 1 1:2 3', 'shop cart show 1', 'shop cart checkout 1'] });
  addAdd(group, runner);
  addRemove(group, runner);
  addShow(group, runner);
  addCheckout(group, runner);
}

function addAdd(group: Command, runner: Runner): void {
  addCommand(
    group,
    {
      name: 'add',
      summary: "Put products into a user's cart",
      arguments: [USER_ARGUMENT, ITEMS_ARGUMENT],
      examples: ['shop cart add 1 1:2 3', 'shop cart add @17850 @85123A:6 --json'],
      run: async (context, [user = '', ...texts]) => {
        const [ref, items] = [parseRef('user', user), parseItems(texts)];
        const { addToCart } = await import('../../domain/cart.ts');
        return answer(await addToCart(await context.session(), ref, items), CART);
      },
    },
    runner,
  );
}

function addRemove(group: Command, runner: Runner): void {
  addCommand(
    group,
    {
      name: 'remove',
      summary: "Take products out of a user's cart",
      arguments: [
        USER_ARGUMENT,
        {
          ...ITEMS_ARGUMENT,
          ask: async (context, before) => (await import('../order/pick-items.ts')).pickCartItems(context, before),
        },
      ],
      examples: ['shop cart remove 1 1:2', 'shop cart remove @17850 @85123A --json'],
      run: async (context, [user = '', ...texts]) => {
        const [ref, items] = [parseRef('user', user), parseItems(texts)];
        const { removeFromCart } = await import('../../domain/cart.ts');
        return answer(await removeFromCart(await context.session(), ref, items), CART);
      },
    },
    runner,
  );
}

function addShow(group: Command, runner: Runner): void {
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
        const { showCart } = await import('../../domain/cart.ts');
        return answer(await showCart(await context.session(), ref, id), CART);
      },
    },
    runner,
  );
}

function addCheckout(group: Command, runner: Runner): void {
  addCommand<RequestFlags>(
    group,
    {
      name: 'checkout',
      summary: "Order what is in a user's cart",
      arguments: [USER_ARGUMENT],
      options: REQUEST_OPTIONS,
      examples: ['shop cart checkout 1', 'shop cart checkout @17850 --key checkout-88 --json'],
      run: async (context, [user = ''], flags) => {
        const ref = parseRef('user', user);
        const [{ checkoutContent }, { checkoutHash }] = await Promise.all([
          import('../../domain/cart.ts'),
          import('../../domain/request.ts'),
        ]);
        const draft: Draft = {
          hash: checkoutHash(ref),
          complete: async (session) => ({ kind: 'order', payload: await checkoutContent(session, ref) }),
        };
        return makeRequest(context, draft, flags, answerPlaced);
      },
    },
    runner,
  );
}
