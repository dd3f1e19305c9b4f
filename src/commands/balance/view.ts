import { title } from '../../cli/output/marks.ts';
import { named } from '../../cli/output/numbers.ts';
import { columns, forPeople, listView, recordView } from '../../cli/output/view.ts';
import { phrase } from '../../domain/phrase.ts';
import type { Balance, PointTransaction } from '../../domain/shop/points.ts';

/** View of a user's balance, as a card. */
export const BALANCE = forPeople(
  recordView<Balance>(...columns<Balance>({ userId: 'identifier', name: 'text', balance: 'amount' })),
  { headline: ({ userId, name }) => title(phrase`${named(name, userId)}`), hidden: ['userId', 'name'] },
);

/** Columns of a user's ledger. */
export const HISTORY = listView<PointTransaction>(
  phrase('No points have been charged or spent.'),
  ...columns<PointTransaction>({
    id: 'identifier',
    type: 'word',
    amount: 'amount',
    balanceAfter: 'amount',
    requestId: 'identifier',
    orderId: 'identifier',
    createdAt: 'time',
  }),
);
