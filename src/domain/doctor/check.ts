import { Phrase, phrase } from '../phrase.ts';

/** The checks, in the order of the answer. */
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

/** Stands for what a server does not tell this account; it is no fault. */
export const UNKNOWN = 'unknown';

/** What was looked at, by name; null where there is no such thing. */
export type Seen = Readonly<Record<string, string | Phrase | number | boolean | Date | null>>;

/** What is wrong, and what to do about it: a sentence each. */
export interface Fault {
  readonly fault: Phrase;
  readonly hint: Phrase;
}

/** The fault of a check that could not be made, because a server is down or the schema is not this program's. */
export class NotChecked extends Phrase {
  readonly why: Phrase;

  constructor(why: Phrase) {
    const { template, values } = phrase`Not checked: ${why}`;
    super(template, values);
    this.why = why;
  }
}

/** What a check has found. */
export interface Finding {
  readonly seen: Seen;
  readonly faults: readonly Fault[];
}

/** What became of one check. */
export interface CheckResult extends Finding {
  readonly name: CheckName;
  readonly ok: boolean;
  /** How many things it has looked at. */
  readonly checked: number;
  /** How many faults there are. */
  readonly found: number;
}

/** A finding as it is answered. */
export function checkResult(name: CheckName, { seen, faults }: Finding): CheckResult {
  const checked = Object.values(seen).filter((value) => value !== UNKNOWN).length;
  return { name, ok: faults.length === 0, checked, found: faults.length, faults, seen };
}

/** The faults among these. */
export function faultsOf(...faults: readonly (Fault | null)[]): readonly Fault[] {
  return faults.filter((fault) => fault !== null);
}
