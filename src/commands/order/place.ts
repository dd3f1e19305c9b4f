import { command } from '../../cli/command.ts';
import { REQUEST_OPTIONS, submitRequest } from '../request/submit.ts';
import { USER_ARGUMENT } from '../user/arguments.ts';
import { ITEMS_ARGUMENT } from './arguments.ts';
import { showPlaced } from './view.ts';

/** `shop order place` */
export const place = command({
  name: 'place',
  summary: 'Place an order paid with points',
  arguments: [USER_ARGUMENT, ITEMS_ARGUMENT],
  options: REQUEST_OPTIONS,
  examples: ['shop order place 1 1:2 3:1', 'shop order place @17850 @85123A:6 --key 536365 --json'],
  run: async (context, [user, items], options) => {
    const payload = { user, items };
    return submitRequest(context, { kind: 'order', payload }, options, {
      confirm: async (session) => {
        const { confirmOrder } = await import('./preview.ts');
        return confirmOrder(context, session, payload);
      },
      show: showPlaced,
    });
  },
});
