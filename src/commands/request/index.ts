import type { Runner } from '../../cli/command.ts';
import { type Command, defineGroup } from '../../cli/registration.ts';
import { addList } from './list.ts';
import { addShow } from './show.ts';

/** `shop request` */
export function defineRequest(group: Command, runner: Runner): void {
  defineGroup(group, { examples: ['shop request show payment-2041', 'shop request list --status pending'] });
  addShow(group, runner);
  addList(group, runner);
}
