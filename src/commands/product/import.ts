import { importCommand } from '../import.ts';

/** `shop product import` */
export const importProducts = importCommand({
  kind: 'product',
  summary: 'Create, rename and reprice products by the rows of a file, matched by reference',
  columns: 'reference, name, price, and stock, which only new products get',
  examples: [
    'shop product import products.csv',
    'shop product import products.csv --dry-run --json',
    'zcat products.jsonl.gz | shop product import -',
  ],
});
