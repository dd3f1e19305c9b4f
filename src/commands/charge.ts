import type { Runner } from '../cli/command.ts';
import { answer, fields, recordView } from '../cli/output/view.ts';
import { type Command, defineCommand } from '../cli/registration.ts';
import { parseAmount, parseRef } from '../domain/input.ts';
import { REQUEST_OPTIONS, type RequestFlags } from './request/options.ts';
import { submitRequest } from './request/submit.ts';
import type { RequestFields } from './request/view.ts';
import { USER_ARGUMENT } from './user/arguments.ts';

interface Charged extends RequestFields {
  readonly userId: number;
  readonly amount: number;
  readonly balance: number;
  readonly transactionId: number;
}

const CHARGED = recordView<Charged>(
  ...fields<Charged>('requestId', 'key', 'replayed', 'attempts', 'userId', 'amount', 'balance', 'transactionId'),
);

/** `shop charge` */
export function defineCharge(command: Command, runner: Runner): void {
  defineCommand<RequestFlags>(
    command,
    {
      arguments: [USER_ARGUMENT, { name: 'amount', description: 'points, 1 to 1,000,000,000,000', parse: parseAmount }],
      options: REQUEST_OPTIONS,
      examples: ['shop charge 1 5000', 'shop charge @HB-17 5000 --key payment-2041 --json'],
      run: async (context, [user = '', amount = ''], flags) => {
        const payload = { user: parseRef('user', user), amount: parseAmount(amount) };
        return submitRequest(context, { kind: 'charge', payload }, flags, async (outcome, request) => {
          const { userId, amount: charged, balance, transactionId } = outcome as unknown as Charged;
          return answer<Charged, Charged>({ ...request, userId, amount: charged, balance, transactionId }, CHARGED);
        });
      },
    },
    runner,
  );
}
