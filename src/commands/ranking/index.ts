import type { Group } from '../../cli/command.ts';
import { refresh } from './refresh.ts';

/** `shop ranking` */
export const ranking: Group = { examples: ['shop ranking refresh --quiet'], commands: [refresh] };
