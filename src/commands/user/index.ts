import type { Runner } from '../../cli/command.ts';
import { type Command, defineGroup } from '../../cli/registration.ts';
import { addCreate } from './create.ts';
import { addImport } from './import.ts';
import { addList } from './list.ts';
import { addShow } from './show.ts';

/** `shop user` */
export function defineUser(group: Command, runner: Runner): void {
  defineGroup(group, { examples: ['shop user create "Corner Cafe" --reference CC-4', 'shop user list --limit 100'] });
  addCreate(group, runner);
  addShow(group, runner);
  addList(group, runner);
  addImport(group, runner);
}
