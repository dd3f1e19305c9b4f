import type { Runner } from '../../cli/command.ts';
import { type Command, defineGroup } from '../../cli/registration.ts';
import { addRefresh } from './refresh.ts';

/** `shop ranking` */
export function defineRanking(group: Command, runner: Runner): void {
  defineGroup(group, { examples: ['shop ranking refresh --quiet'] });
  addRefresh(group, runner);
}
