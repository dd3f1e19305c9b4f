import type { Group } from '../../cli/command.ts';
import { migrate } from './migrate.ts';
import { revert } from './revert.ts';
import { seed } from './seed.ts';
import { status } from './status.ts';

/** `shop db` */
export const db: Group = { examples: ['shop db migrate', 'shop db status'], commands: [migrate, status, revert, seed] };
