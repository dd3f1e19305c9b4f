import type { Runner } from '../../cli/command.ts';
import { addCommand, type Command } from '../../cli/registration.ts';
import { parseRef } from '../../domain/input.ts';
import { PLACE } from '../order/dialogs.ts';
import { REQUEST_OPTIONS, type RequestFlags } from '../request/options.ts';
import { type Draft, submitRequest } from '../request/submit.ts';
import { USER_ARGUMENT } from '../user/arguments.ts';

/** `shop cart checkout` */
export function addCheckout(group: Command, runner: Runner): void {
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
          import('../../domain/shop/carts.ts'),
          import('../../domain/requests/request.ts'),
        ]);
        const draft: Draft<'order'> = {
          kind: 'order',
          hash: checkoutHash(ref),
          complete: async (session) => ({ kind: 'order', payload: await checkoutContent(session, ref) }),
        };
        return submitRequest(context, draft, flags, PLACE);
      },
    },
    runner,
  );
}
