import { command } from '../../cli/command.ts';
import { printList } from '../../cli/list.ts';
import { LIST_OPTIONS } from '../../cli/options.ts';
import { PRODUCTS } from './view.ts';

/** `shop product list` */
export const list = command({
  name: 'list',
  summary: 'List products, newest first',
  options: { retired: { flags: '--retired', description: 'only retired products' }, ...LIST_OPTIONS },
  examples: ['shop product list', 'shop product list --retired', 'shop product list --all -o csv'],
  run: async (context, _args, filter) => {
    const { listProducts } = await import('../../domain/shop/products.ts');
    return printList(context, filter, PRODUCTS, {
      read: async (server, page) => listProducts(await server.orm(), { ...filter, ...page }),
      positionOf: ({ id }) => id,
    });
  },
});
