import type { Group } from '../../cli/command.ts';
import { show } from './show.ts';

/** `shop config` */
export const config: Group = { examples: ['shop config show'], commands: [show] };
