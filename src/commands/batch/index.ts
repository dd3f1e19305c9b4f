import type { Runner } from '../../cli/command.ts';
import { type Command, defineGroup } from '../../cli/registration.ts';
import { addList } from './list.ts';
import { addResults } from './results.ts';
import { addRun } from './run.ts';
import { addShow } from './show.ts';

/** `shop batch` */
export function defineBatch(group: Command, runner: Runner): void {
  defineGroup(group, { examples: ['shop batch run orders.csv', 'shop batch results orders-2026-11-22'] });
  addRun(group, runner);
  addList(group, runner);
  addShow(group, runner);
  addResults(group, runner);
}
