import type { Runner } from '../../cli/command.ts';
import { type Command, defineGroup } from '../../cli/registration.ts';
import { addCreate } from './create.ts';
import { addImport } from './import.ts';
import { addList } from './list.ts';
import { addReprice } from './reprice.ts';
import { addRestock } from './restock.ts';
import { addShow } from './show.ts';
import { addTop } from './top.ts';

/** `shop product` */
export function defineProduct(group: Command, runner: Runner): void {
  defineGroup(group, {
    examples: [
      'shop product create "Notebook A5" --price 900 --stock 1200',
      'shop product restock 1 500',
      'shop product top',
    ],
  });
  addCreate(group, runner);
  addShow(group, runner);
  addList(group, runner);
  addRestock(group, runner);
  addReprice(group, runner);
  addImport(group, runner);
  addTop(group, runner);
}
