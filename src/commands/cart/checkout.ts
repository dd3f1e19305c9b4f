import { command } from '../../cli/command.ts';
import { showPlaced } from '../order/view.ts';
import { type Draft, REQUEST_OPTIONS, submitRequest } from '../request/submit.ts';
import { USER_ARGUMENT } from '../user/arguments.ts';

/** `shop cart checkout` */
export const checkout = command({
  name: 'checkout',
  summary: "Place an order for the contents of a user's cart",
  arguments: [USER_ARGUMENT],
  options: REQUEST_OPTIONS,
  examples: ['shop cart checkout 1', 'shop cart checkout @17850 --key checkout-88 --json'],
  run: async (context, [user], options) => {
    const [{ checkoutContent }, { checkoutHash }] = await Promise.all([
      import('../../domain/shop/carts.ts'),
      import('../../domain/requests/request.ts'),
    ]);
    const draft: Draft<'order'> = {
      kind: 'order',
      hash: checkoutHash(user),
      complete: async (session) => ({ kind: 'order', payload: await checkoutContent(session, user) }),
    };
    return submitRequest(context, draft, options, {
      confirm: async (session, { payload }) => {
        const { confirmOrder } = await import('../order/preview.ts');
        return confirmOrder(context, session, payload);
      },
      show: showPlaced,
    });
  },
});
