import type { Runner } from '../../cli/command.ts';
import { addCommand, type Command } from '../../cli/registration.ts';
import { parseId } from '../../domain/input.ts';
import { REQUEST_OPTIONS, type RequestFlags } from '../request/options.ts';
import { submitRequest } from '../request/submit.ts';
import { ORDER_ARGUMENT } from './arguments.ts';
import { CANCEL } from './dialogs.ts';

/** `shop order cancel` */
export function addCancel(group: Command, runner: Runner): void {
  addCommand<RequestFlags>(
    group,
    {
      name: 'cancel',
      summary: 'Cancel an order: its points and its stock go back',
      arguments: [ORDER_ARGUMENT],
      options: REQUEST_OPTIONS,
      examples: ['shop order cancel 1', 'shop order cancel 1 --key return-88 --json'],
      run: async (context, [order = ''], flags) => {
        const payload = { order: parseId('order', order) };
        return submitRequest(context, { kind: 'cancel', payload }, flags, CANCEL);
      },
    },
    runner,
  );
}
