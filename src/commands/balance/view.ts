import { localTime } from '../../cli/output/cells.ts';
import { done, title } from '../../cli/output/marks.ts';
import { grouped, named, signed } from '../../cli/output/numbers.ts';
import { columns, forPeople, listView, recordView, type View, withSpareColumns } from '../../cli/output/view.ts';
import { joined, type Phrase, phrase } from '../../domain/phrase.ts';
import type { Outcome } from '../../domain/requests/kinds/index.ts';
import { LEDGER_TYPES, type LedgerType } from '../../domain/requests/kinds/state.ts';
import type { Session } from '../../domain/servers/connections.ts';
import type { LedgerRow } from '../../domain/shop/ledger.ts';
import type { Balance } from '../../domain/shop/points.ts';
import type { Statement } from '../../domain/shop/statement.ts';
import { ENTRY_COLUMNS } from '../ledger/view.ts';
import { REQUEST_COLUMNS, REQUEST_REASON, type RequestFields, requestFoot } from '../request/view.ts';
import { readUserName } from '../user/view.ts';

/** View of a user's balance, with the user's name as the title. */
export const BALANCE = forPeople(
  recordView<Balance>(...columns<Balance>({ userId: 'identifier', name: 'text', balance: 'amount' })),
  { headline: ({ userId, name }) => title(phrase`${named(name, userId)}`), hidden: ['userId', 'name'] },
);

/** Columns of a user's ledger. */
export const HISTORY = withSpareColumns(
  listView<LedgerRow>(phrase('No ledger rows.'), ...columns<LedgerRow>({ id: 'identifier' }), ...ENTRY_COLUMNS),
  'requestId',
  'orderId',
  'reason',
  'id',
);

/** A line of a statement: the opening balance, an entry, or the closing balance. */
interface StatementLine extends Pick<Statement, 'userId' | 'name'>, Pick<LedgerRow, 'balanceAfter' | 'createdAt'> {
  readonly type: LedgerRow['type'] | Phrase;
  readonly entry: LedgerRow | null;
}

/** View of a statement, with the opening balance as the first row and the closing balance as the last one. */
export const STATEMENT: View<Statement, StatementLine> = {
  kind: 'list',
  columns: [
    ...columns<StatementLine>({ userId: 'identifier', name: 'text', createdAt: 'time' }),
    { name: 'id', value: ({ entry }) => entry?.id ?? null, kind: 'identifier' },
    ...columns<StatementLine>({ type: 'word' }),
    { name: 'requestId', value: ({ entry }) => entry?.requestId ?? null, kind: 'identifier' },
    { name: 'orderId', value: ({ entry }) => entry?.orderId ?? null, kind: 'identifier' },
    { name: 'reason', value: ({ entry }) => entry?.reason ?? null },
    { name: 'amount', value: ({ entry }) => entry?.amount ?? null, kind: 'amount' },
    ...columns<StatementLine>({ balanceAfter: 'amount' }),
  ],
  rows: ({ userId, name, from, to, opening, closing, entries }) => [
    { userId, name, createdAt: from, type: phrase('opening'), balanceAfter: opening, entry: null },
    ...entries.map((entry) => ({ ...entry, userId, name, entry })),
    { userId, name, createdAt: to, type: phrase('closing'), balanceAfter: closing, entry: null },
  ],
  empty: phrase('No ledger rows.'),
  headline: ({ userId, name, from, to }) =>
    title(phrase`Statement of ${named(name, userId)} from ${localTime(from)} to ${localTime(to)}`),
  hidden: ['userId', 'name', 'id', 'requestId'],
  spare: ['orderId', 'reason'],
  foot: ({ totals }) => [
    phrase`Totals: ${joined(
      LEDGER_TYPES.map((type) => TOTALS[type](grouped(totals[type]))),
      ', ',
    )}`,
  ],
};

/** How a statement names the total of each type of ledger row. */
const TOTALS: Readonly<Record<LedgerType, (points: string) => Phrase>> = {
  charge: (points) => phrase`charge ${points}`,
  payment: (points) => phrase`payment ${points}`,
  refund: (points) => phrase`refund ${points}`,
  adjustment: (points) => phrase`adjustment ${points}`,
};

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
