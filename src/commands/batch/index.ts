import type { Group } from '../../cli/command.ts';
import { cancel } from './cancel.ts';
import { list } from './list.ts';
import { results } from './results.ts';
import { run } from './run.ts';
import { show } from './show.ts';

/** `shop batch` */
export const batch: Group = {
  examples: ['shop batch run orders.csv', 'shop batch results orders-2026-11-22'],
  commands: [run, list, show, results, cancel],
};
