import type { Group } from '../../cli/command.ts';
import { create } from './create.ts';
import { importUsers } from './import.ts';
import { list } from './list.ts';
import { show } from './show.ts';

/** `shop user` */
export const user: Group = {
  examples: ['shop user create "Corner Cafe" --reference CC-4', 'shop user list --limit 100'],
  commands: [create, show, list, importUsers],
};
