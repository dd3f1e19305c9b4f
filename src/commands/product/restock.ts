import type { Runner } from '../../cli/command.ts';
import { grouped } from '../../cli/output/numbers.ts';
import { answer, fields, recordView } from '../../cli/output/view.ts';
import { addCommand, type Command } from '../../cli/registration.ts';
import { parseQuantity, parseRef } from '../../domain/input.ts';
import { phrase } from '../../domain/phrase.ts';
import type { RestockOutcome } from '../../domain/requests/kinds/restock.ts';
import { REQUEST_OPTIONS, type RequestFlags } from '../request/options.ts';
import { type RequestDialog, submitRequest } from '../request/submit.ts';
import type { RequestFields } from '../request/view.ts';
import { PRODUCT_ARGUMENT } from './arguments.ts';

type Restocked = RestockOutcome & RequestFields;

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
        return submitRequest(context, { kind: 'restock', payload }, flags, { confirm, show });
      },
    },
    runner,
  );
}

const confirm: RequestDialog<'restock'>['confirm'] = async (context, { payload: { product, quantity } }) => {
  const { previewProduct } = await import('../../domain/shop/preview.ts');
  const { id, name, stock } = await previewProduct(await context.session(), product);
  return context.confirm(
    phrase`Add ${grouped(quantity)} to the stock of ${name} (${id}), which is ${grouped(stock)} now?`,
  );
};

const show: RequestDialog<'restock'>['show'] = async ({ id, reference, name, price, stock }, request) =>
  answer({ id, reference, name, price, stock, ...request }, RESTOCKED);
