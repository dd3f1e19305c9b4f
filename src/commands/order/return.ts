import { command } from '../../cli/command.ts';
import { REASON_OPTION, REQUEST_OPTIONS, submitRequest } from '../request/submit.ts';
import { RETURNABLE_ORDER_ARGUMENT, RETURNED_ITEMS_ARGUMENT } from './arguments.ts';
import { showReturned } from './view.ts';

/** `shop order return` */
export const returnUnits = command({
  name: 'return',
  summary: 'Return units of an order: refund the points paid and restock the units',
  arguments: [RETURNABLE_ORDER_ARGUMENT, RETURNED_ITEMS_ARGUMENT],
  options: {
    restock: { flags: '--no-restock', description: 'refund the points without adding the units to the stock' },
    ...REASON_OPTION,
    ...REQUEST_OPTIONS,
  },
  examples: ['shop order return 1 1:2 3', "shop order return 1 @85123A --no-restock --reason 'arrived broken' --json"],
  run: async (context, [order, items], { restock, reason, ...options }) => {
    const payload = { order, items, restock };
    return submitRequest(context, { kind: 'return', payload, reason }, options, {
      alwaysConfirm: true,
      confirm: async (session) => {
        const { confirmReturn } = await import('./preview.ts');
        return confirmReturn(context, session, payload);
      },
      show: showReturned,
    });
  },
});
