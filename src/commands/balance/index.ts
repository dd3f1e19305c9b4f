import { command } from '../../cli/command.ts';
import { answer } from '../../cli/output/view.ts';
import { USER_ARGUMENT } from '../user/arguments.ts';
import { adjust } from './adjust.ts';
import { history } from './history.ts';
import { statement } from './statement.ts';
import { BALANCE } from './view.ts';

/** `shop balance` */
export const balance = command({
  arguments: [USER_ARGUMENT],
  examples: [
    'shop balance 1',
    'shop balance @HB-17 --json',
    'shop balance history 1',
    'shop balance statement 1 --since 30d',
  ],
  commands: [history, statement, adjust],
  run: async (context, [user]) => {
    const { readBalance } = await import('../../domain/shop/points.ts');
    return answer(await readBalance(await context.session(), user), BALANCE);
  },
});
