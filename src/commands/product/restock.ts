import type { Runner } from '../../cli/command.ts';
import { answer, fields, recordView } from '../../cli/output/view.ts';
import { addCommand, type Command } from '../../cli/registration.ts';
import { parseQuantity, parseRef } from '../../domain/input.ts';
import type { Product } from '../../domain/shop/products.ts';
import { REQUEST_OPTIONS, type RequestFlags } from '../request/options.ts';
import { submitRequest } from '../request/submit.ts';
import type { RequestFields } from '../request/view.ts';
import { PRODUCT_ARGUMENT } from './arguments.ts';

type Restocked = Product & RequestFields;

const RESTOCKED = recordView<Restocked>(
  ...fields<Restocked>('id', 'reference', 'name', 'price', 'stock', 'requestId', 'key', 'replayed', 'attempts'),
);

/** `shop product restock` */
export function addRestock(group: Command, runner: Runner): void {
  addCommand<RequestFlags>(
    group,
    {
      name: 'restock',
      summary: "Add units to a product's stock",
      arguments: [PRODUCT_ARGUMENT, { name: 'quantity', description: 'units, 1 to 1,000,000', parse: parseQuantity }],
      options: REQUEST_OPTIONS,
      examples: ['shop product restock 1 500', 'shop product restock @71053 500 --key delivery-88'],
      run: async (context, [product = '', quantity = ''], flags) => {
        const payload = { product: parseRef('product', product), quantity: parseQuantity(quantity) };
        return submitRequest(context, { kind: 'restock', payload }, flags, async (outcome, request) => {
          const { id, reference, name, price, stock } = outcome as unknown as Product;
          return answer<Restocked, Restocked>({ id, reference, name, price, stock, ...request }, RESTOCKED);
        });
      },
    },
    runner,
  );
}
