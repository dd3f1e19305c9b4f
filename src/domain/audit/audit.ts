import { isMariaDb, type Session } from '../../db/mysql/connection.ts';
import { inSnapshot } from '../../db/mysql/transaction.ts';
import type { Phrase } from '../phrase.ts';
import { CHAINS } from './chains.ts';
import { type AuditCheckName, CHECK_NAMES, type FaultRow, type Met, type Pass, type Rows, type Rule } from './check.ts';
import { HOURLY_SALES } from './hourly-sales.ts';
import { REFERENCE_PASSES } from './references.ts';
import { REFUND_PASSES } from './refunds.ts';
import { REQUEST_PASSES } from './requests.ts';

/** The maximum number of faults that are listed for one check. */
const MAX_FAULTS = 100;
const MEGABYTE = 1_048_576;

const PASSES: readonly Pass[] = [...CHAINS, ...REQUEST_PASSES, ...REFUND_PASSES, HOURLY_SALES, ...REFERENCE_PASSES];

/** A fault: the row's ids, the figures that differ, and a sentence that describes the fault. */
type AuditFault = Readonly<Record<string, FaultRow[string] | Phrase>> & { readonly fault: Phrase };

/** The result of one check. */
export interface AuditCheck {
  readonly name: AuditCheckName;
  readonly ok: boolean;
  /** Number of rows that were checked. */
  readonly checked: number;
  /** Number of faults. */
  readonly found: number;
  /** The first 100 faults. */
  readonly faults: readonly AuditFault[];
}

/** The result of `audit`. */
export interface Audit {
  readonly ok: boolean;
  readonly checks: readonly AuditCheck[];
}

/** The report that `audit` makes after each pass. */
export interface PassReport {
  readonly checks: readonly AuditCheckName[];
  readonly seconds: number;
  readonly checked: number;
}

/**
 * Proves from the rows alone that nothing was lost and nothing was applied twice. Each balance and each stock must equal the
 * sum of its recorded changes. Each change must continue the one before it, so none can be missing. Each applied request must
 * have exactly its effects. No other request may have any effects. The audit writes and locks nothing. A worker may run
 * meanwhile, because each pass reads a snapshot, and the rules hold in every snapshot.
 *
 * @param sessions the sessions among which the passes are divided. A server uses one core for each session. The snapshots of
 *   all sessions are taken milliseconds apart, before the first pass.
 * @param report is called after each pass over the tables.
 * @throws DatabaseError
 */
export async function audit(sessions: readonly Session[], report: (pass: PassReport) => Promise<void>): Promise<Audit> {
  for (const session of sessions) await prepare(session);
  const remaining = [...PASSES.entries()];
  const findings: (readonly PassFindings[])[] = [];
  const runPasses = async (session: Session): Promise<void> => {
    for (let next = remaining.shift(); next !== undefined; next = remaining.shift()) {
      const [index, pass] = next;
      const start = performance.now();
      const found = await runPass(session, pass);
      findings[index] = found;
      const checked = found.reduce((sum, part) => sum + part.checked, 0);
      const checks = new Set(found.flatMap((part) => [...part.checks]));
      await report({ checks: [...checks], checked, seconds: (performance.now() - start) / 1_000 });
    }
  };
  await inSnapshots(sessions, async () => {
    // all sessions are awaited even if one fails, so that no statement is running when the snapshots end
    const ends = await Promise.allSettled(sessions.map(runPasses));
    const failure = ends.find((end) => end.status === 'rejected');
    if (failure !== undefined) throw failure.reason;
  });
  const checks = CHECK_NAMES.map((name) => summarize(name, findings.flat()));
  return { ok: checks.every(({ ok }) => ok), checks };
}

/** Runs `work` while each session reads from its own snapshot. */
async function inSnapshots(sessions: readonly Session[], work: () => Promise<void>): Promise<void> {
  const [first, ...others] = sessions;
  if (first === undefined) return work();
  return inSnapshot(first, () => inSnapshots(others, work));
}

/**
 * Raises the memory limits of the session. The passes join, sort and group whole tables in memory. With the usual settings, a
 * server would use its disk instead. MariaDB needs a setting to use hash joins, and has a separate limit for their memory.
 */
async function prepare(session: Session): Promise<void> {
  await session.execute(
    'SET SESSION tmp_table_size = ?, max_heap_table_size = ?, join_buffer_size = ?, sort_buffer_size = ?',
    [256 * MEGABYTE, 256 * MEGABYTE, 128 * MEGABYTE, 32 * MEGABYTE],
  );
  if (await isMariaDb(session)) {
    await session.execute('SET SESSION join_cache_level = 4, join_buffer_space_limit = ?', [1_024 * MEGABYTE]);
  }
}

/** The rows that break one rule. */
interface RuleFaults {
  readonly check: AuditCheckName;
  readonly found: number;
  readonly first: readonly AuditFault[];
}

interface PassFindings {
  /** The checks that the rules of the pass belong to. */
  readonly checks: ReadonlySet<AuditCheckName>;
  readonly checked: number;
  readonly faults: readonly RuleFaults[];
}

/** The findings of one scan. */
interface RowFindings extends PassFindings {
  /** For each entry of `Pass.met`, the number of rows of its table that the joins of the pass have found. */
  readonly met: readonly number[];
}

/** Runs a pass, and then reads each table in `Pass.met`, unless the joins of the pass have found all rows of that table. */
async function runPass(session: Session, pass: Pass): Promise<PassFindings[]> {
  const met = pass.met ?? [];
  const own = (await prove(session, pass)) ?? (await readRows(session, pass, met));
  const parts: PassFindings[] = [own];
  for (const [index, { of, others }] of met.entries()) {
    const [all] = await session.query<{ count: number }>(`SELECT COUNT(*) AS count FROM ${of}`);
    const count = all?.count ?? 0;
    const allMet = count === own.met[index];
    parts.push(allMet ? { checks: checksOf(others), checked: count, faults: [] } : await readRows(session, others));
  }
  return parts;
}

/**
 * Runs the faster query of a pass, `Pass.proof`. Returns null if the pass itself must be run: there is no such query, or a row
 * may be at fault.
 */
async function prove(session: Session, pass: Pass): Promise<RowFindings | null> {
  if (pass.proof === undefined) return null;
  const { from, when } = pass.proof;
  const [counts] = await session.query<{ checked: number; doubts: number }>(
    `SELECT COUNT(*) AS checked, COUNT(CASE WHEN ${when} THEN 1 END) AS doubts FROM ${from}`,
  );
  if (counts === undefined || counts.doubts > 0) return null;
  return { checks: checksOf(pass), checked: counts.checked, faults: [], met: [] };
}

async function readRows(session: Session, pass: Rows, met: readonly Met[] = []): Promise<RowFindings> {
  const sums = [
    'COUNT(*) AS checked',
    ...pass.rules.map(({ when }, index) => `COUNT(CASE WHEN ${when} THEN 1 END) AS rule${index}`),
    ...met.map(({ count }, index) => `${count} AS met${index}`),
  ];
  const [counts = {}] = await session.query<Record<string, number>>(`SELECT ${sums.join(', ')} FROM ${pass.from}`);
  const faults: RuleFaults[] = [];
  for (const [index, rule] of pass.rules.entries()) {
    const found = counts[`rule${index}`] ?? 0;
    if (found > 0) faults.push({ check: rule.check, found, first: await nameFaults(session, pass, rule) });
  }
  return {
    checks: checksOf(pass),
    checked: counts.checked ?? 0,
    faults,
    met: met.map((_, index) => counts[`met${index}`] ?? 0),
  };
}

function checksOf({ rules }: Rows): ReadonlySet<AuditCheckName> {
  return new Set(rules.map(({ check }) => check));
}

async function nameFaults(session: Session, { from }: Rows, { when, names, describe }: Rule): Promise<AuditFault[]> {
  const rows = await session.query<FaultRow>(
    `SELECT ${names} FROM ${from} WHERE ${when} ORDER BY 1, 2 LIMIT ${MAX_FAULTS}`,
  );
  return rows.map((row) => {
    const exact = Object.fromEntries(Object.entries(row).map(([name, value]) => [name, exactNumber(value)]));
    return { fault: describe(exact), ...exact };
  });
}

/** Converts a sum, which is a string of digits, to a number if a double holds it exactly. */
function exactNumber(value: FaultRow[string]): FaultRow[string] {
  const isSafe = typeof value === 'string' && /^-?\d{1,16}$/.test(value) && Number.isSafeInteger(Number(value));
  return isSafe ? Number(value) : value;
}

/** Combines the findings of all passes for one check. */
function summarize(name: AuditCheckName, findings: readonly PassFindings[]): AuditCheck {
  const passes = findings.filter(({ checks }) => checks.has(name));
  const faults = passes.flatMap((pass) => pass.faults.filter(({ check }) => check === name));
  const found = faults.reduce((sum, fault) => sum + fault.found, 0);
  const checked = passes.reduce((sum, pass) => sum + pass.checked, 0);
  return { name, ok: found === 0, checked, found, faults: faults.flatMap(({ first }) => first).slice(0, MAX_FAULTS) };
}
