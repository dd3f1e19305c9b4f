import { columns, listView, withSpareColumns } from '../../cli/output/view.ts';
import { phrase } from '../../domain/phrase.ts';
import type { LedgerRow, ListedLedgerRow } from '../../domain/shop/ledger.ts';

/** Columns of a row of a ledger, apart from its id. */
export const ENTRY_COLUMNS = columns<LedgerRow>({
  type: 'word',
  amount: 'amount',
  balanceAfter: 'amount',
  requestId: 'identifier',
  orderId: 'identifier',
  reason: 'text',
  createdAt: 'time',
});

/** Columns of the ledger of all users. */
export const LEDGER = withSpareColumns(
  listView<ListedLedgerRow>(
    phrase('No ledger rows.'),
    ...columns<ListedLedgerRow>({ id: 'identifier', userId: 'identifier', userReference: 'text' }),
    ...ENTRY_COLUMNS,
  ),
  'requestId',
  'orderId',
  'reason',
  'userReference',
);
