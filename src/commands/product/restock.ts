import { command } from '../../cli/command.ts';
import { grouped, named } from '../../cli/output/numbers.ts';
import { answer } from '../../cli/output/view.ts';
import { parseQuantity } from '../../domain/input.ts';
import { phrase } from '../../domain/phrase.ts';
import { REASON_OPTION, REQUEST_OPTIONS, submitRequest } from '../request/submit.ts';
import { PRODUCT_ARGUMENT } from './arguments.ts';
import { restocked } from './view.ts';

/** `shop product restock` */
export const restock = command({
  name: 'restock',
  summary: "Add units to a product's stock",
  arguments: [
    PRODUCT_ARGUMENT,
    {
      name: 'quantity',
      description: 'number of units, 1 to 1,000,000',
      parse: (text) =>
        parseQuantity(
          text,
          phrase('To subtract units, run `shop product adjust <product> --by -<units> --reason <reason>`.'),
        ),
    },
  ],
  options: { ...REASON_OPTION, ...REQUEST_OPTIONS },
  examples: ['shop product restock 1 500', 'shop product restock @71053 500 --key delivery-88'],
  run: async (context, [product, quantity], { reason, ...options }) =>
    submitRequest(context, { kind: 'restock', payload: { product, quantity }, reason }, options, {
      confirm: async () => {
        const { findProduct } = await import('../../domain/shop/products.ts');
        const { id, name, stock } = await findProduct(await context.orm(), product);
        return context.confirm(
          phrase`Add ${grouped(quantity)} to the stock of ${named(name, id)} (${grouped(stock)} → ${grouped(stock + quantity)})?`,
        );
      },
      show: async (outcome, request) => answer({ ...outcome, ...request }, restocked(quantity)),
    }),
});
