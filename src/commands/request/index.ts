import type { Group } from '../../cli/command.ts';
import { cancel } from './cancel.ts';
import { list } from './list.ts';
import { show } from './show.ts';

/** `shop request` */
export const request: Group = {
  examples: ['shop request show payment-2041', 'shop request list --status pending'],
  commands: [show, list, cancel],
};
