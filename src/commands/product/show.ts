import type { Runner } from '../../cli/command.ts';
import { answer } from '../../cli/output/view.ts';
import { addCommand, type Command } from '../../cli/registration.ts';
import { parseRef } from '../../domain/input.ts';
import { PRODUCT_ARGUMENT } from './arguments.ts';
import { PRODUCT } from './view.ts';

/** `shop product show` */
export function addShow(group: Command, runner: Runner): void {
  addCommand(
    group,
    {
      name: 'show',
      summary: 'Show a product',
      arguments: [PRODUCT_ARGUMENT],
      examples: ['shop product show 1', 'shop product show @71053 --json'],
      run: async (context, [product = '']) => {
        const ref = parseRef('product', product);
        const { findProduct } = await import('../../domain/shop/products.ts');
        return answer(await findProduct(await context.orm(), ref), PRODUCT);
      },
    },
    runner,
  );
}
