import type { Group } from '../../cli/command.ts';
import { failed } from './failed.ts';
import { pause } from './pause.ts';
import { resume } from './resume.ts';
import { retry } from './retry.ts';
import { status } from './status.ts';

/** `shop queue` */
export const queue: Group = {
  examples: ['shop queue status --watch', 'shop queue failed', 'shop queue retry payment-2041'],
  commands: [status, failed, retry, pause, resume],
};
