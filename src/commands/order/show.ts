import { command } from '../../cli/command.ts';
import { answer } from '../../cli/output/view.ts';
import { ORDER_ARGUMENT } from './arguments.ts';
import { ORDER } from './view.ts';

/** `shop order show` */
export const show = command({
  name: 'show',
  summary: 'Show an order with its lines',
  arguments: [ORDER_ARGUMENT],
  examples: ['shop order show 1', 'shop order show 1 --json'],
  run: async (context, [order]) => {
    const { findOrder } = await import('../../domain/shop/orders.ts');
    return answer(await findOrder(await context.session(), order), ORDER);
  },
});
