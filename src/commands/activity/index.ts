import type { Group } from '../../cli/command.ts';
import { list } from './list.ts';

/** `shop activity` */
export const activity: Group = {
  examples: ['shop activity list --since 1d', 'shop activity list --actor night-shift --action "product reprice"'],
  commands: [list],
};
