import { command } from '../../cli/command.ts';
import { printList } from '../../cli/list.ts';
import { choiceOption, LIST_OPTIONS, timeOption } from '../../cli/options.ts';
import { readStockHistory, STOCK_MOVEMENT_TYPES } from '../../domain/shop/stock.ts';
import { PRODUCT_ARGUMENT } from './arguments.ts';
import { HISTORY } from './view.ts';

/** `shop product history` */
export const history = command({
  name: 'history',
  summary: "List the changes to a product's stock, newest first",
  arguments: [PRODUCT_ARGUMENT],
  options: {
    type: choiceOption('--type <type>', STOCK_MOVEMENT_TYPES),
    since: timeOption('--since <time>', 'only changes at or after this time'),
    until: timeOption('--until <time>', 'only changes before this time'),
    ...LIST_OPTIONS,
  },
  examples: ['shop product history 1', 'shop product history @71053 --type adjustment --since 30d -o csv'],
  run: async (context, [product], filter) =>
    printList(context, filter, HISTORY, {
      read: (session, page) => readStockHistory(session, product, { ...filter, ...page }),
    }),
});
