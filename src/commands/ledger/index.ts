import type { Group } from '../../cli/command.ts';
import { list } from './list.ts';

/** `shop ledger` */
export const ledger: Group = {
  examples: ['shop ledger list --since 1d', 'shop ledger list --type adjustment --since 30d -o csv'],
  commands: [list],
};
