import { command } from '../../cli/command.ts';
import { answer } from '../../cli/output/view.ts';
import { PRODUCT_ARGUMENT } from './arguments.ts';
import { PRODUCT } from './view.ts';

/** `shop product show` */
export const show = command({
  name: 'show',
  summary: 'Show a product',
  arguments: [PRODUCT_ARGUMENT],
  examples: ['shop product show 1', 'shop product show @71053 --json'],
  run: async (context, [product]) => {
    const { findProduct } = await import('../../domain/shop/products.ts');
    return answer(await findProduct(await context.orm(), product), PRODUCT);
  },
});
