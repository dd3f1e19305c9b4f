import type { Group } from '../../cli/command.ts';
import { block } from './block.ts';
import { create } from './create.ts';
import { edit } from './edit.ts';
import { importUsers } from './import.ts';
import { list } from './list.ts';
import { show } from './show.ts';
import { unblock } from './unblock.ts';

/** `shop user` */
export const user: Group = {
  examples: ['shop user create "Corner Cafe" --reference CC-4', 'shop user list --limit 100'],
  commands: [create, show, list, edit, block, unblock, importUsers],
};
