import { command } from '../cli/command.ts';
import { EXIT_DONE, EXIT_FAULT_FOUND } from '../cli/exit-codes.ts';
import { type ChecklistEntry, drawChecklist } from '../cli/output/checklist.ts';
import { done, type MarkedLine } from '../cli/output/marks.ts';
import { grouped } from '../cli/output/numbers.ts';
import { answer, type Column, type View } from '../cli/output/view.ts';
import type { Audit, AuditCheck } from '../domain/audit/audit.ts';
import type { AuditCheckName } from '../domain/audit/check.ts';
import { type Phrase, phrase } from '../domain/phrase.ts';
import { openLongSession } from './long-session.ts';

/** Number of parallel sessions, which limits how many of the server's cores the audit uses. */
const SESSIONS = 2;
/** If a group of checks takes at least this many seconds, a message shows their names and the duration. */
const MESSAGE_SECONDS = 2;

/** A check without faults, or one fault of a check. */
interface AuditRow {
  readonly check: AuditCheck;
  readonly fault: Phrase | null;
}

const COLUMNS: readonly Column<AuditRow>[] = [
  { name: 'name', value: ({ check }) => check.name, kind: 'word' },
  { name: 'ok', value: ({ check }) => check.ok, kind: 'status' },
  { name: 'checked', value: ({ check }) => check.checked, kind: 'count' },
  { name: 'faults', value: ({ check }) => check.found, kind: 'count' },
  { name: 'fault', value: ({ fault }) => fault, kind: 'prose' },
];

const AUDIT: View<Audit, AuditRow> = {
  kind: 'list',
  columns: COLUMNS,
  rows: ({ checks }) =>
    checks.flatMap((check): AuditRow[] =>
      check.ok ? [{ check, fault: null }] : check.faults.map(({ fault }) => ({ check, fault })),
    ),
  empty: phrase('Nothing was checked.'),
  draw: ({ checks }, page) => drawChecklist(checks.map(entryOf), page),
};

/** The sentence for each check that passed. */
const SUMMARIES: Readonly<Record<AuditCheckName, Phrase>> = {
  balances: phrase('Balances are the sums of their ledger rows'),
  'ledger-chain': phrase('Ledgers have no gaps'),
  stocks: phrase('Stocks are the sums of their stock rows'),
  'stock-chain': phrase('Stock rows have no gaps'),
  outcomes: phrase('Outcomes agree with their attempts'),
  effects: phrase('Applied requests have exactly the expected effects'),
  payments: phrase('Orders match the ledger rows that pay for them'),
  'order-totals': phrase('Order totals are the sums of their lines'),
  sales: phrase('Order lines match their stock rows'),
  refunds: phrase('Refunds match their orders'),
  cancels: phrase('Cancelled orders are refunded and restocked exactly once'),
  returns: phrase('Returned units are refunded at the price paid'),
  requests: phrase('Effects match what was requested'),
  'outcome-details': phrase('Outcomes match the effects of their requests'),
  'hourly-sales': phrase('Hourly sales match the order lines'),
  references: phrase('All referenced rows exist'),
};

function entryOf({ name, ok, checked, found, faults }: AuditCheck): ChecklistEntry {
  if (ok) {
    return { result: 'passed', lines: [done(phrase`${SUMMARIES[name]} (rows checked: ${grouped(checked)})`)] };
  }
  const lines = faults.map(({ fault }): MarkedLine => ({ mark: 'failed', text: fault }));
  const others = found - faults.length;
  if (others > 0) lines.push({ mark: 'failed', text: phrase`${name}: ${grouped(others)} more` });
  return { result: 'failed', lines };
}

/** `shop audit` */
export const audit = command({
  examples: ['shop audit', 'shop audit --json', 'shop audit -o tsv | awk \'$2 == "false"\''],
  run: async (context) => {
    const auditing = await import('../domain/audit/audit.ts');
    const result = await context.read(async (server) => {
      const sessions = [];
      for (let count = 0; count < SESSIONS; count++) sessions.push(await openLongSession(context, server));
      return auditing.audit(sessions, async ({ checks, checked, seconds }) => {
        if (seconds < MESSAGE_SECONDS) return;
        await context.say(
          phrase`${checks.join(', ')}: ${checked.toLocaleString('en')} rows in ${seconds.toFixed(1)} s`,
        );
      });
    });
    return answer<Audit, AuditRow>(result, AUDIT, result.ok ? EXIT_DONE : EXIT_FAULT_FOUND);
  },
});
