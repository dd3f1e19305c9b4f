import type { Group } from '../../cli/command.ts';
import { points } from './points.ts';
import { sales } from './sales.ts';

/** `shop report` */
export const report: Group = {
  examples: ['shop report sales --by day', 'shop report points --by month -o csv'],
  commands: [sales, points],
};
