import { importCommand } from '../import.ts';

/** `shop product import` */
export const importProducts = importCommand({
  kind: 'product',
  summary: 'Create, rename or reprice products from a file, matched by reference or id',
  columns: 'reference, name, price and, for new products, stock',
  examples: [
    'shop product import products.csv',
    'shop product import products.csv --dry-run --json',
    'shop product import products.csv --results imported.csv',
    'zcat products.jsonl.gz | shop product import -',
  ],
});
