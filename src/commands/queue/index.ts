import type { Runner } from '../../cli/command.ts';
import { type Command, defineGroup } from '../../cli/registration.ts';
import { addFailed } from './failed.ts';
import { addPause } from './pause.ts';
import { addResume } from './resume.ts';
import { addRetry } from './retry.ts';
import { addStatus } from './status.ts';

/** `shop queue` */
export function defineQueue(group: Command, runner: Runner): void {
  defineGroup(group, { examples: ['shop queue status --watch', 'shop queue failed', 'shop queue retry payment-2041'] });
  addStatus(group, runner);
  addFailed(group, runner);
  addRetry(group, runner);
  addPause(group, runner);
  addResume(group, runner);
}
