import { isMariaDb, type Session } from '../db/connection.ts';
import { inSnapshot } from '../db/transaction.ts';
import { CHAINS } from './audit/chains.ts';
import { CHECK_NAMES, type CheckName, type FaultRow, type Pass, type Rule } from './audit/check.ts';
import { ORDER_PASSES } from './audit/orders.ts';
import { REFERENCE_PASSES } from './audit/references.ts';
import { REQUEST_PASSES } from './audit/requests.ts';

/** The most faults that the answer names of one check. */
const MAX_FAULTS = 100;
const MEGABYTE = 1_048_576;

/** In the order that `quick` counts on: a pass may take for granted what those before it have found to be so. */
const PASSES: readonly Pass[] = [...CHAINS, ...REQUEST_PASSES, ...ORDER_PASSES, ...REFERENCE_PASSES];

/** The rows that are at fault with the figures that differ, and a sentence that tells it all. */
export type Fault = FaultRow & { readonly fault: string };

/** What became of one check. */
export interface CheckResult {
  readonly name: CheckName;
  readonly ok: boolean;
  /** How many rows it has looked at. */
  readonly checked: number;
  /** How many faults there are. */
  readonly found: number;
  /** The first hundred of them. */
  readonly faults: readonly Fault[];
}

/** What `audit` answers. */
export interface Audit {
  readonly ok: boolean;
  readonly checks: readonly CheckResult[];
}

/** A pass that has ended. */
export interface PassReport {
  readonly checks: readonly CheckName[];
  readonly seconds: number;
  readonly checked: number;
}

/**
 * Proves from the rows alone that nothing was lost and nothing done twice: each balance and stock is the sum of its
 * chain, which has no gap; each applied request has left exactly its effects, and no other has left any. All of it is
 * read as of one moment, whatever a worker does meanwhile; nothing is written or locked.
 *
 * @param report is told of each pass over the tables when it has ended.
 * @throws DatabaseError
 */
export async function audit(session: Session, report: (pass: PassReport) => Promise<void>): Promise<Audit> {
  await prepare(session);
  return inSnapshot(session, async () => {
    const results = new Map(CHECK_NAMES.map((name) => [name, new Result(name)]));
    for (const pass of PASSES) {
      const start = performance.now();
      const clean = [...results.values()].every(({ found }) => found === 0);
      const checks = [...new Set(pass.rules.map(({ check }) => check))];
      const { checked, faults } = await runPass(session, pass, clean);
      for (const check of checks) results.get(check)?.addRows(checked);
      for (const { check, found, first } of faults) results.get(check)?.addFaults(found, first);
      await report({ checks, checked, seconds: (performance.now() - start) / 1_000 });
    }
    const checks = [...results.values()].map((result) => result.toJSON());
    return { ok: checks.every(({ ok }) => ok), checks };
  });
}

/**
 * Whole tables are joined and grouped in memory: with the settings that a server has for many small statements this goes
 * by way of its disk. MariaDB joins by hash only where it is told to, and has a further limit on the memory for it.
 */
async function prepare(session: Session): Promise<void> {
  await session.execute('SET SESSION tmp_table_size = ?, max_heap_table_size = ?, join_buffer_size = ?', [
    256 * MEGABYTE,
    256 * MEGABYTE,
    128 * MEGABYTE,
  ]);
  if (await isMariaDb(session)) {
    await session.execute('SET SESSION join_cache_level = 4, join_buffer_space_limit = ?', [1_024 * MEGABYTE]);
  }
}

interface Found {
  readonly check: CheckName;
  readonly found: number;
  readonly first: readonly Fault[];
}

/** @param clean no pass has found anything yet. */
async function runPass(session: Session, pass: Pass, clean: boolean): Promise<{ checked: number; faults: Found[] }> {
  if (clean && pass.quick !== undefined) {
    const [row] = await session.query<{ clean: number; checked: number }>(pass.quick);
    if (row?.clean === 1) return { checked: row.checked, faults: [] };
  }
  const sums = pass.rules.map(({ when }, index) => `COUNT(CASE WHEN ${when} THEN 1 END) AS rule${index}`);
  const [counts = {}] = await session.query<Record<string, number>>(
    `SELECT COUNT(*) AS checked, ${sums.join(', ')} FROM ${pass.from}`,
  );
  const faults: Found[] = [];
  for (const [index, rule] of pass.rules.entries()) {
    const found = counts[`rule${index}`] ?? 0;
    if (found > 0) faults.push({ check: rule.check, found, first: await nameFaults(session, pass, rule) });
  }
  return { checked: counts.checked ?? 0, faults };
}

async function nameFaults(session: Session, { from }: Pass, { when, names, say }: Rule): Promise<Fault[]> {
  const rows = await session.query<FaultRow>(
    `SELECT ${names} FROM ${from} WHERE ${when} ORDER BY 1, 2 LIMIT ${MAX_FAULTS}`,
  );
  return rows.map((row) => {
    const exact = Object.fromEntries(Object.entries(row).map(([name, value]) => [name, exactNumber(value)]));
    return { fault: say(exact), ...exact };
  });
}

/** Sums come as strings of digits; they are numbers where a double holds them. */
function exactNumber(value: FaultRow[string]): FaultRow[string] {
  const isSafe = typeof value === 'string' && /^-?\d{1,16}$/.test(value) && Number.isSafeInteger(Number(value));
  return isSafe ? Number(value) : value;
}

/** One check, gathered from all passes that have rules of it. */
class Result {
  readonly #name: CheckName;
  #checked = 0;
  #found = 0;
  readonly #faults: Fault[] = [];

  constructor(name: CheckName) {
    this.#name = name;
  }

  get found(): number {
    return this.#found;
  }

  addRows(checked: number): void {
    this.#checked += checked;
  }

  addFaults(found: number, first: readonly Fault[]): void {
    this.#found += found;
    this.#faults.push(...first.slice(0, MAX_FAULTS - this.#faults.length));
  }

  toJSON(): CheckResult {
    const [checked, found] = [this.#checked, this.#found];
    return { name: this.#name, ok: found === 0, checked, found, faults: this.#faults };
  }
}
