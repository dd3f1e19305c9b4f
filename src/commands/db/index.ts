import type { Runner } from '../../cli/command.ts';
import { type Command, defineGroup } from '../../cli/registration.ts';
import { addMigrate } from './migrate.ts';
import { addRevert } from './revert.ts';
import { addSeed } from './seed.ts';
import { addStatus } from './status.ts';

/** `shop db` */
export function defineDb(group: Command, runner: Runner): void {
  defineGroup(group, { examples: ['shop db migrate', 'shop db status'] });
  addMigrate(group, runner);
  addStatus(group, runner);
  addRevert(group, runner);
  addSeed(group, runner);
}
