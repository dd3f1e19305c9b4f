import { command } from '../../cli/command.ts';
import { phrase } from '../../domain/phrase.ts';
import { REASON_OPTION, REQUEST_OPTIONS, submitRequest } from '../request/submit.ts';
import { RETURNABLE_ORDER_ARGUMENT } from './arguments.ts';
import { answerOrder, showCancelled } from './view.ts';

/** `shop order cancel` */
export const cancel = command({
  name: 'cancel',
  summary: 'Cancel an order, refund its points and return its stock',
  arguments: [RETURNABLE_ORDER_ARGUMENT],
  options: { ...REASON_OPTION, ...REQUEST_OPTIONS },
  examples: ['shop order cancel 1', 'shop order cancel 1 --key return-88 --json'],
  run: async (context, [order], { reason, ...options }) =>
    submitRequest(context, { kind: 'cancel', payload: { order }, reason }, options, {
      confirm: async (session) => {
        const [{ findOrder }, { preview }] = await Promise.all([
          import('../../domain/shop/orders.ts'),
          import('../../cli/prompts/preview.ts'),
        ]);
        await preview(context, answerOrder(await findOrder(session, order), session));
        return context.confirm(phrase('Cancel this order?'));
      },
      show: showCancelled,
    }),
});
