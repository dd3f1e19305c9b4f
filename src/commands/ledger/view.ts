import { columns, listView, withSpareColumns } from '../../cli/output/view.ts';
import { phrase } from '../../domain/phrase.ts';
import type { ListedLedgerRow } from '../../domain/shop/ledger.ts';

/** Columns of the ledger of all users. */
export const LEDGER = withSpareColumns(
  listView<ListedLedgerRow>(
    phrase('No ledger rows.'),
    ...columns<ListedLedgerRow>({
      id: 'identifier',
      userId: 'identifier',
      userReference: 'text',
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
  'userReference',
);
