import { command } from '../../cli/command.ts';
import { answer } from '../../cli/output/view.ts';
import { PRODUCT_ON_SALE_ARGUMENT } from './arguments.ts';
import { RETIRED } from './view.ts';

/** `shop product retire` */
export const retire = command({
  name: 'retire',
  summary: 'Take a product off sale',
  arguments: [PRODUCT_ON_SALE_ARGUMENT],
  examples: ['shop product retire 1', 'shop product retire @71053 --json'],
  run: async (context, [product]) => {
    const { retireProduct } = await import('../../domain/shop/products.ts');
    return answer(await retireProduct(await context.session(), product, await context.origin()), RETIRED);
  },
});
