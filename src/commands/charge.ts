import { command } from '../cli/command.ts';
import { done } from '../cli/output/marks.ts';
import { grouped, named } from '../cli/output/numbers.ts';
import { answer, columns, forPeople, recordView } from '../cli/output/view.ts';
import { parseAmount } from '../domain/input.ts';
import { phrase } from '../domain/phrase.ts';
import type { ChargeOutcome } from '../domain/requests/kinds/charge.ts';
import type { Session } from '../domain/servers/connections.ts';
import { REASON_OPTION, REQUEST_OPTIONS, submitRequest } from './request/submit.ts';
import { REQUEST_COLUMNS, REQUEST_REASON, type RequestFields, requestFoot } from './request/view.ts';
import { USER_ARGUMENT } from './user/arguments.ts';
import { readUserName } from './user/view.ts';

type Charged = RequestFields & ChargeOutcome;

const COLUMNS = [
  ...REQUEST_COLUMNS,
  ...columns<Charged>({ userId: 'identifier', amount: 'amount', balance: 'amount', transactionId: 'identifier' }),
  ...REQUEST_REASON,
];

/** Creates the view of an applied charge. The user's name appears only in the output for people. */
function charged(session: Session) {
  return forPeople(recordView<Charged>(...COLUMNS), {
    headline: async ({ userId, amount, balance }) => {
      const user = await readUserName(session, userId);
      return done(phrase`Charged ${grouped(amount)} points to ${user}. Balance: ${grouped(balance)}.`);
    },
    hidden: COLUMNS.map((column) => column.name),
    foot: requestFoot,
  });
}

/** `shop charge` */
export const charge = command({
  arguments: [
    USER_ARGUMENT,
    {
      name: 'amount',
      description: 'number of points, 1 to 1,000,000,000,000',
      parse: (text) =>
        parseAmount(
          text,
          phrase('To subtract points, run `shop balance adjust <user> --by -<points> --reason <reason>`.'),
        ),
    },
  ],
  options: { ...REASON_OPTION, ...REQUEST_OPTIONS },
  examples: ['shop charge 1 5000', 'shop charge @HB-17 5000 --key payment-2041 --json'],
  run: async (context, [user, amount], { reason, ...options }) =>
    submitRequest(context, { kind: 'charge', payload: { user, amount }, reason }, options, {
      confirm: async (session) => {
        const { readBalance } = await import('../domain/shop/points.ts');
        const { userId, name, balance } = await readBalance(session, user);
        return context.confirm(
          phrase`Charge ${grouped(amount)} points to ${named(name, userId)} (balance ${grouped(balance)} → ${grouped(balance + amount)})?`,
        );
      },
      show: async (outcome, request, session) => answer({ ...request, ...outcome }, charged(session)),
    }),
});
