import { done, title } from '../../cli/output/marks.ts';
import { grouped, named, signed } from '../../cli/output/numbers.ts';
import { columns, forPeople, listView, recordView, withSpareColumns } from '../../cli/output/view.ts';
import { phrase } from '../../domain/phrase.ts';
import type { Outcome } from '../../domain/requests/kinds/index.ts';
import type { Session } from '../../domain/servers/connections.ts';
import type { Balance, PointTransaction } from '../../domain/shop/points.ts';
import { REQUEST_COLUMNS, REQUEST_REASON, type RequestFields, requestFoot } from '../request/view.ts';
import { readUserName } from '../user/view.ts';

/** View of a user's balance, as a card. */
export const BALANCE = forPeople(
  recordView<Balance>(...columns<Balance>({ userId: 'identifier', name: 'text', balance: 'amount' })),
  { headline: ({ userId, name }) => title(phrase`${named(name, userId)}`), hidden: ['userId', 'name'] },
);

/** Columns of a user's ledger. */
export const HISTORY = withSpareColumns(
  listView<PointTransaction>(
    phrase('No points have been charged or spent.'),
    ...columns<PointTransaction>({
      id: 'identifier',
      type: 'word',
      amount: 'amount',
      balanceAfter: 'amount',
      requestId: 'identifier',
      orderId: 'identifier',
      reason: 'text',
      createdAt: 'time',
    }),
  ),
  'requestId',
  'orderId',
  'reason',
  'id',
);

type Adjusted = RequestFields & Outcome<'points-adjust'>;

const ADJUSTED = [
  ...REQUEST_COLUMNS,
  ...columns<Adjusted>({
    userId: 'identifier',
    amount: 'amount',
    balance: 'amount',
    transactionId: 'identifier',
  }),
  ...REQUEST_REASON,
];

/** Creates the view of an applied adjustment. The user's name appears only in the output for people. */
export function adjusted(session: Session) {
  return forPeople(recordView<Adjusted>(...ADJUSTED), {
    headline: async ({ userId, amount, balance }) => {
      const user = await readUserName(session, userId);
      return done(phrase`Adjusted the balance of ${user} by ${signed(amount)}. Balance: ${grouped(balance)}.`);
    },
    hidden: ADJUSTED.map(({ name }) => name),
    foot: requestFoot,
  });
}
