import { command } from '../../cli/command.ts';
import { answer } from '../../cli/output/view.ts';
import { parseName, parsePrice, parseStock } from '../../domain/input.ts';
import { referenceOption } from '../reference-option.ts';
import { CREATED } from './view.ts';

/** `shop product create` */
export const create = command({
  name: 'create',
  summary: 'Create a product with its initial stock',
  arguments: [{ name: 'name', description: '1 to 200 characters', parse: parseName }],
  options: {
    price: {
      flags: '--price <points>',
      description: 'price of one unit in points, 1 to 1,000,000,000,000 (required)',
      parse: parsePrice,
      required: true,
    },
    stock: {
      flags: '--stock <units>',
      description: 'initial number of units in stock (required)',
      parse: parseStock,
      required: true,
    },
    reference: referenceOption("the product's id in external systems"),
  },
  examples: [
    'shop product create "Notebook A5" --price 900 --stock 1200',
    'shop product create "White lantern" --price 339 --stock 188 --reference 71053',
  ],
  run: async (context, [name], { price, stock, reference = null }) => {
    const { createProduct } = await import('../../domain/shop/products.ts');
    const product = { name, price, stock, reference };
    return answer(await createProduct(await context.session(), product, await context.origin()), CREATED);
  },
});
