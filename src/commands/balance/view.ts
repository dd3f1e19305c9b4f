import { columns, listView, recordView } from '../../cli/output/view.ts';
import { phrase } from '../../domain/phrase.ts';
import type { Balance, PointTransaction } from '../../domain/shop/points.ts';

/** Columns of a user's balance. */
export const BALANCE = recordView<Balance>(
  ...columns<Balance>({ userId: 'identifier', name: 'text', balance: 'amount' }),
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
