import type { Group } from '../../cli/command.ts';
import { cancel } from './cancel.ts';
import { list } from './list.ts';
import { place } from './place.ts';
import { returnUnits } from './return.ts';
import { show } from './show.ts';

/** `shop order` */
export const order: Group = {
  examples: [
    'shop order place 1 1:2 3:1',
    'shop order list --since 1d',
    'shop order return 7 1:2',
    'shop order cancel 7',
  ],
  commands: [place, show, list, cancel, returnUnits],
};
