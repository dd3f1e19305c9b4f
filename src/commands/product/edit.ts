import { command } from '../../cli/command.ts';
import type { OptionSpecs } from '../../cli/options.ts';
import { answer } from '../../cli/output/view.ts';
import { parseName, parsePrice } from '../../domain/input.ts';
import { referenceOption } from '../reference-option.ts';
import { PRODUCT_ARGUMENT } from './arguments.ts';
import { SAVED, UNCHANGED } from './view.ts';

const OPTIONS = {
  name: { flags: '--name <name>', description: 'new name, 1 to 200 characters', parse: parseName },
  price: {
    flags: '--price <points>',
    description: 'new price of one unit in points, 1 to 1,000,000,000,000',
    parse: parsePrice,
  },
  reference: referenceOption("the product's id in external systems; it can't be changed once it is set"),
} satisfies OptionSpecs;

/** `shop product edit` */
export const edit = command({
  name: 'edit',
  summary: "Change a product's name or price, or set the product's reference",
  arguments: [PRODUCT_ARGUMENT],
  options: OPTIONS,
  examples: ['shop product edit 1 --name "Notebook A5, lined" --price 950', 'shop product edit 2 --reference 71053'],
  run: async (context, [product], options) => {
    const { editProduct, findProduct } = await import('../../domain/shop/products.ts');
    const { requireEdit } = await import('../edit.ts');
    const changes = await requireEdit(context, OPTIONS, options, async (prompts) => {
      const { name, price, reference } = await findProduct(await context.orm(), product);
      return {
        name: await prompts.change('name', parseName, name),
        price: await prompts.change('price', parsePrice, String(price)),
        reference: await prompts.reference(reference),
      };
    });
    const { entry, changed } = await editProduct(await context.session(), product, changes, await context.origin());
    return answer(entry, changed ? SAVED : UNCHANGED);
  },
});
