import { Phrase, phrase } from '../phrase.ts';

/** The checks, in the order in which they run and are printed. */
export const CHECK_NAMES = [
  'mysql',
  'mysql-durability',
  'mysql-session',
  'mysql-failover',
  'mysql-replica',
  'redis',
  'redis-eviction',
  'redis-persistence',
  'redis-memory',
  'redis-failover',
  'clocks',
  'schema',
  'drift',
  'workers',
  'pending',
  'ranking',
] as const;

export type CheckName = (typeof CHECK_NAMES)[number];

/** Text in place of a value that a server does not show to this account. Such a value is not a fault. */
export const UNKNOWN = 'unknown';

/** Values that a check has read, by name. A value is null if it does not exist. */
export type Seen = Readonly<Record<string, string | Phrase | number | boolean | Date | null>>;

/** A problem, and how to fix it. */
export interface Fault {
  readonly fault: Phrase;
  readonly hint: Phrase;
}

/** Describes why a check could not run, for example because a server is down. */
export class NotChecked extends Phrase {
  readonly why: Phrase;

  constructor(why: Phrase) {
    const { template, values } = phrase`Not checked: ${why}`;
    super(template, values);
    this.why = why;
  }
}

/** Values and faults that a check has found. */
export interface Finding {
  readonly seen: Seen;
  readonly faults: readonly Fault[];
}

/** Result of a check, as it is printed. */
export interface CheckResult extends Finding {
  readonly name: CheckName;
  readonly ok: boolean;
  /** Number of values that were read. */
  readonly checked: number;
  /** Number of faults. */
  readonly found: number;
}

/** Turns a finding into the result of its check. */
export function checkResult(name: CheckName, { seen, faults }: Finding): CheckResult {
  const checked = Object.values(seen).filter((value) => value !== UNKNOWN).length;
  return { name, ok: faults.length === 0, checked, found: faults.length, faults, seen };
}

/** Returns the faults without the nulls. */
export function faultsOf(...faults: readonly (Fault | null)[]): readonly Fault[] {
  return faults.filter((fault) => fault !== null);
}
