import type { Runner } from '../../cli/command.ts';
import { type Command, defineGroup } from '../../cli/registration.ts';
import { addAdd } from './add.ts';
import { addCheckout } from './checkout.ts';
import { addRemove } from './remove.ts';
import { addShow } from './show.ts';

/** `shop cart` */
export function defineCart(group: Command, runner: Runner): void {
  defineGroup(group, { examples: ['shop cart add 1 1:2 3', 'shop cart show 1', 'shop cart checkout 1'] });
  addAdd(group, runner);
  addRemove(group, runner);
  addShow(group, runner);
  addCheckout(group, runner);
}
