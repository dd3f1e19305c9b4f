import type { Runner } from '../cli/command.ts';
import { grouped } from '../cli/output/numbers.ts';
import { answer, fields, recordView } from '../cli/output/view.ts';
import { type Command, defineCommand } from '../cli/registration.ts';
import { parseAmount, parseRef } from '../domain/input.ts';
import { phrase } from '../domain/phrase.ts';
import type { ChargeOutcome } from '../domain/requests/kinds/charge.ts';
import { REQUEST_OPTIONS, type RequestFlags } from './request/options.ts';
import { type RequestDialog, submitRequest } from './request/submit.ts';
import type { RequestFields } from './request/view.ts';
import { USER_ARGUMENT } from './user/arguments.ts';

type Charged = RequestFields & ChargeOutcome;

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
        return submitRequest(context, { kind: 'charge', payload }, flags, { confirm, show });
      },
    },
    runner,
  );
}

const confirm: RequestDialog<'charge'>['confirm'] = async (context, { payload: { user, amount } }) => {
  const { readBalance } = await import('../domain/shop/points.ts');
  const { userId, name, balance } = await readBalance(await context.session(), user);
  return context.confirm(
    phrase`Charge ${grouped(amount)} points to ${name} (${userId}), who has ${grouped(balance)} now?`,
  );
};

const show: RequestDialog<'charge'>['show'] = async ({ userId, amount, balance, transactionId }, request) =>
  answer({ ...request, userId, amount, balance, transactionId }, CHARGED);
