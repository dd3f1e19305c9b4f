import type { Runner } from '../../cli/command.ts';
import { type Command, defineGroup } from '../../cli/registration.ts';
import { addCancel } from './cancel.ts';
import { addList } from './list.ts';
import { addPlace } from './place.ts';
import { addShow } from './show.ts';

/** `shop order` */
export function defineOrder(group: Command, runner: Runner): void {
  defineGroup(group, { examples: ['shop order place 1 1:2 3:1', 'shop order list --since 1d', 'shop order cancel 7'] });
  addPlace(group, runner);
  addShow(group, runner);
  addList(group, runner);
  addCancel(group, runner);
}
