import { command } from '../../cli/command.ts';
import { printList } from '../../cli/list.ts';
import { choiceOption, LIST_OPTIONS } from '../../cli/options.ts';
import { parseStock } from '../../domain/input.ts';
import { SEARCH_OPTION } from '../search-option.ts';
import { PRODUCTS } from './view.ts';

/** `shop product list` */
export const list = command({
  name: 'list',
  summary: 'List products, newest first',
  options: {
    ...SEARCH_OPTION,
    stockBelow: {
      flags: '--stock-below <n>',
      description: 'only products with fewer units in stock than this number',
      parse: (text) => parseStock(text, '--stock-below'),
    },
    retired: { flags: '--retired', description: 'only retired products' },
    sort: {
      ...choiceOption(
        '--sort <field>',
        ['id', 'name', 'stock', 'price'] as const,
        'sort by id (newest first), or by name, stock or price in ascending order (default: id)',
      ),
      default: 'id',
    },
    ...LIST_OPTIONS,
  },
  examples: [
    'shop product list',
    'shop product list --search pen --stock-below 10 --sort stock',
    'shop product list --all -o csv',
  ],
  run: async (context, _args, filter) => {
    const { listProducts } = await import('../../domain/shop/products.ts');
    return printList(context, filter, PRODUCTS, {
      read: (session, page) => listProducts(session, { ...filter, ...page }),
      // pages are large, because MySQL sorts all products for each page of a list sorted by stock; an index on the stock
      // would slow orders down
      ...(filter.sort === 'id' ? {} : { moving: true, rowsAtOnce: 20_000 }),
    });
  },
});
