import type { Runner } from '../../cli/command.ts';
import { answer, fields, recordView } from '../../cli/output/view.ts';
import { type Command, defineCommand } from '../../cli/registration.ts';
import { parseRef } from '../../domain/input.ts';
import type { Balance } from '../../domain/shop/points.ts';
import { USER_ARGUMENT } from '../user/arguments.ts';
import { addHistory } from './history.ts';

const BALANCE = recordView<Balance>(...fields<Balance>('userId', 'name', 'balance'));

/** `shop balance` */
export function defineBalance(command: Command, runner: Runner): void {
  defineCommand(
    command,
    {
      arguments: [USER_ARGUMENT],
      examples: ['shop balance 1', 'shop balance @HB-17 --json', 'shop balance history 1'],
      run: async (context, [user = '']) => {
        const ref = parseRef('user', user);
        const { readBalance } = await import('../../domain/shop/points.ts');
        return answer(await readBalance(await context.session(), ref), BALANCE);
      },
    },
    runner,
  );
  addHistory(command, runner);
}
