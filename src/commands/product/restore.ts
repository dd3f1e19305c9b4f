import { command } from '../../cli/command.ts';
import { answer } from '../../cli/output/view.ts';
import { RETIRED_PRODUCT_ARGUMENT } from './arguments.ts';
import { RESTORED } from './view.ts';

/** `shop product restore` */
export const restore = command({
  name: 'restore',
  summary: 'Put a retired product back on sale',
  arguments: [RETIRED_PRODUCT_ARGUMENT],
  examples: ['shop product restore 1', 'shop product restore @71053 --json'],
  run: async (context, [product]) => {
    const { restoreProduct } = await import('../../domain/shop/products.ts');
    return answer(await restoreProduct(await context.session(), product, await context.origin()), RESTORED);
  },
});
