import type { Group } from '../../cli/command.ts';
import { adjust } from './adjust.ts';
import { create } from './create.ts';
import { edit } from './edit.ts';
import { history } from './history.ts';
import { importProducts } from './import.ts';
import { list } from './list.ts';
import { reprice } from './reprice.ts';
import { restock } from './restock.ts';
import { restore } from './restore.ts';
import { retire } from './retire.ts';
import { show } from './show.ts';
import { top } from './top.ts';

/** `shop product` */
export const product: Group = {
  examples: [
    'shop product create "Notebook A5" --price 900 --stock 1200',
    'shop product restock 1 500',
    'shop product top',
  ],
  commands: [create, show, list, edit, reprice, retire, restore, restock, adjust, history, importProducts, top],
};
