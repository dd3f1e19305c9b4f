import { command } from '../../cli/command.ts';
import { answer } from '../../cli/output/view.ts';
import { parsePrice } from '../../domain/input.ts';
import { PRODUCT_ARGUMENT } from './arguments.ts';
import { REPRICED } from './view.ts';

/** `shop product reprice` */
export const reprice = command({
  name: 'reprice',
  summary: "Change a product's price",
  arguments: [
    PRODUCT_ARGUMENT,
    { name: 'price', description: 'price of one unit in points, 1 to 1,000,000,000,000', parse: parsePrice },
  ],
  examples: ['shop product reprice 1 1250'],
  run: async (context, [product, price]) => {
    const { repriceProduct } = await import('../../domain/shop/products.ts');
    return answer(await repriceProduct(await context.session(), product, price, await context.origin()), REPRICED);
  },
});
