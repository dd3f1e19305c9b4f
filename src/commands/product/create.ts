import type { Runner } from '../../cli/command.ts';
import { optional } from '../../cli/options.ts';
import { answer } from '../../cli/output/view.ts';
import { required } from '../../cli/prompts/arguments.ts';
import { addCommand, type Command } from '../../cli/registration.ts';
import { parseName, parsePrice, parseReference, parseStock } from '../../domain/input.ts';
import { PRODUCT } from './view.ts';

/** `shop product create` */
export function addCreate(group: Command, runner: Runner): void {
  addCommand<{ price?: string; stock?: string; reference?: string }>(
    group,
    {
      name: 'create',
      summary: 'Create a product with its first stock',
      arguments: [{ name: 'name', description: '1 to 200 characters', parse: parseName }],
      options: [
        { flags: '--price <points>', description: 'points for one unit, 1 to 1,000,000,000,000 (required)' },
        { flags: '--stock <units>', description: 'units in stock (required)' },
        { flags: '--reference <reference>', description: 'the id by which the outside world knows the product' },
      ],
      examples: [
        'shop product create "Notebook A5" --price 900 --stock 1200',
        'shop product create "White lantern" --price 339 --stock 188 --reference 71053',
      ],
      run: async (context, [name = ''], { price, stock, reference }) => {
        const product = {
          name: parseName(name),
          price: parsePrice(await required(context, '--price <points>', price, parsePrice)),
          stock: parseStock(await required(context, '--stock <units>', stock, parseStock)),
          reference: optional(reference, (text) => parseReference('reference', text)) ?? null,
        };
        const { createProduct } = await import('../../domain/shop/products.ts');
        return answer(await createProduct(await context.orm(), product), PRODUCT);
      },
    },
    runner,
  );
}
