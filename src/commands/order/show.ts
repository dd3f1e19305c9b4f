import { command } from '../../cli/command.ts';
import { ORDER_ARGUMENT } from './arguments.ts';
import { answerOrder } from './view.ts';

/** `shop order show` */
export const show = command({
  name: 'show',
  summary: 'Show an order with its lines',
  arguments: [ORDER_ARGUMENT],
  examples: ['shop order show 1', 'shop order show 1 --json'],
  run: async (context, [order]) => {
    const { findOrder } = await import('../../domain/shop/orders.ts');
    const session = await context.session();
    return answerOrder(await findOrder(session, order), session);
  },
});
