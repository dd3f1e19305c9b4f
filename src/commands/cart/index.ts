import type { Group } from '../../cli/command.ts';
import { add } from './add.ts';
import { checkout } from './checkout.ts';
import { remove } from './remove.ts';
import { show } from './show.ts';

/** `shop cart` */
export const cart: Group = {
  examples: ['shop cart add 1 1:2 3', 'shop cart show 1', 'shop cart checkout 1'],
  commands: [add, remove, show, checkout],
};
