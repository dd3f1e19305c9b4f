import { command } from '../../cli/command.ts';
import type { Context } from '../../cli/context.ts';
import { ShopError } from '../../domain/errors.ts';
import { invalid, parseKey } from '../../domain/input.ts';
import { phrase } from '../../domain/phrase.ts';
import { ORDER_ARGUMENT } from './arguments.ts';
import { answerOrder } from './view.ts';

/** `shop order show` */
export const show = command({
  name: 'show',
  summary: 'Show an order with its lines',
  arguments: [{ ...ORDER_ARGUMENT, optional: true }],
  options: {
    key: {
      flags: '--key <key>',
      description: 'the key of the request that placed the order (instead of the id)',
      parse: parseKey,
    },
  },
  examples: ['shop order show 1', 'shop order show --key 536365 --json'],
  run: async (context, [id], { key }) => {
    if (id !== undefined && key !== undefined) throw invalid('--key', phrase("can't be combined with an id"));
    const { findOrder, findOrderByKey } = await import('../../domain/shop/orders.ts');
    const wanted = key ?? id ?? (await promptForOrder(context));
    const session = await context.session();
    return answerOrder(
      await (typeof wanted === 'string' ? findOrderByKey(session, wanted) : findOrder(session, wanted)),
    );
  },
});

async function promptForOrder(context: Context): Promise<number> {
  if (!context.prompter.interactive) throw new ShopError('INPUT_REQUIRED', { missing: ['<order> or --key <key>'] });
  const [id = ''] = await ORDER_ARGUMENT.ask(context);
  return ORDER_ARGUMENT.parse(id);
}
