import type { Runner } from '../../cli/command.ts';
import { addCommand, type Command } from '../../cli/registration.ts';
import { parseItems, parseRef } from '../../domain/input.ts';
import { REQUEST_OPTIONS, type RequestFlags } from '../request/options.ts';
import { submitRequest } from '../request/submit.ts';
import { USER_ARGUMENT } from '../user/arguments.ts';
import { ITEMS_ARGUMENT } from './arguments.ts';
import { PLACE } from './dialogs.ts';

/** `shop order place` */
export function addPlace(group: Command, runner: Runner): void {
  addCommand<RequestFlags>(
    group,
    {
      name: 'place',
      summary: 'Place an order, paid with points',
      arguments: [USER_ARGUMENT, ITEMS_ARGUMENT],
      options: REQUEST_OPTIONS,
      examples: ['shop order place 1 1:2 3:1', 'shop order place @17850 @85123A:6 --key 536365 --json'],
      run: async (context, [user = '', ...items], flags) => {
        const payload = { user: parseRef('user', user), items: parseItems(items) };
        return submitRequest(context, { kind: 'order', payload }, flags, PLACE);
      },
    },
    runner,
  );
}
