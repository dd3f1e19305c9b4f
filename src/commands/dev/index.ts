import type { Runner } from '../../cli/command.ts';
import { type Command, defineGroup } from '../../cli/registration.ts';
import { addDown } from './down.ts';
import { addLogs } from './logs.ts';
import { addReset } from './reset.ts';
import { addStatus } from './status.ts';
import { addUp } from './up.ts';

/** `shop dev` */
export function defineDev(group: Command, runner: Runner): void {
  defineGroup(group, { examples: ['shop dev up', 'shop dev logs worker', 'shop dev down'] });
  addUp(group, runner);
  addDown(group, runner);
  addStatus(group, runner);
  addReset(group, runner);
  addLogs(group, runner);
}
