import type { Runner } from '../../cli/command.ts';
import { answer } from '../../cli/output/view.ts';
import { addCommand, type Command } from '../../cli/registration.ts';
import { parseId } from '../../domain/input.ts';
import { ORDER_ARGUMENT } from './arguments.ts';
import { ORDER } from './view.ts';

/** `shop order show` */
export function addShow(group: Command, runner: Runner): void {
  addCommand(
    group,
    {
      name: 'show',
      summary: 'Show an order with its lines',
      arguments: [ORDER_ARGUMENT],
      examples: ['shop order show 1', 'shop order show 1 --json'],
      run: async (context, [order = '']) => {
        const id = parseId('order', order);
        const { findOrder } = await import('../../domain/shop/orders.ts');
        return answer(await findOrder(await context.session(), id), ORDER);
      },
    },
    runner,
  );
}
