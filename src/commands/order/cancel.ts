import { command } from '../../cli/command.ts';
import { REASON_OPTION, REQUEST_OPTIONS, submitRequest } from '../request/submit.ts';
import { RETURNABLE_ORDER_ARGUMENT } from './arguments.ts';
import { showCancelled } from './view.ts';

/** `shop order cancel` */
export const cancel = command({
  name: 'cancel',
  summary: 'Cancel an order: refund the points paid and restock the units',
  arguments: [RETURNABLE_ORDER_ARGUMENT],
  options: { ...REASON_OPTION, ...REQUEST_OPTIONS },
  examples: ['shop order cancel 1', 'shop order cancel 1 --key return-88 --json'],
  run: async (context, [order], { reason, ...options }) =>
    submitRequest(context, { kind: 'cancel', payload: { order }, reason }, options, {
      alwaysConfirm: true,
      confirm: async (session) => {
        const { confirmCancel } = await import('./preview.ts');
        return confirmCancel(context, session, order);
      },
      show: showCancelled,
    }),
});
