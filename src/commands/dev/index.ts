import type { Group } from '../../cli/command.ts';
import { down } from './down.ts';
import { logs } from './logs.ts';
import { reset } from './reset.ts';
import { status } from './status.ts';
import { up } from './up.ts';

/** `shop dev` */
export const dev: Group = {
  examples: ['shop dev up', 'shop dev logs worker', 'shop dev down'],
  commands: [up, down, status, reset, logs],
};
