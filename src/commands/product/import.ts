import type { Runner } from '../../cli/command.ts';
import type { Command } from '../../cli/registration.ts';
import { addImportCommand } from '../import.ts';

/** `shop product import` */
export function addImport(group: Command, runner: Runner): void {
  addImportCommand(
    group,
    {
      kind: 'product',
      summary: 'Create, rename and reprice products by the rows of a file, matched by reference',
      columns: 'reference, name, price, and stock, which only new products get',
      examples: [
        'shop product import products.csv',
        'shop product import products.csv --dry-run --json',
        'zcat products.jsonl.gz | shop product import -',
      ],
    },
    runner,
  );
}
