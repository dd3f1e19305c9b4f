import type { Runner } from '../../cli/command.ts';
import { LIST_OPTIONS, type ListFlags, parsePage } from '../../cli/options.ts';
import { answer } from '../../cli/output/view.ts';
import { addCommand, type Command } from '../../cli/registration.ts';
import { PRODUCTS } from './view.ts';

/** `shop product list` */
export function addList(group: Command, runner: Runner): void {
  addCommand<ListFlags>(
    group,
    {
      name: 'list',
      summary: 'List products, newest first',
      options: LIST_OPTIONS,
      examples: ['shop product list', 'shop product list --limit 1000 -o csv'],
      run: async (context, _args, flags) => {
        const page = parsePage(flags);
        const { listProducts } = await import('../../domain/shop/products.ts');
        return answer(await context.read(async (server) => listProducts(await server.orm(), page)), PRODUCTS);
      },
    },
    runner,
  );
}
