import type { SqlValue } from './connection.ts';

/** Collects the conditions of a WHERE clause, joined by AND, and their values. */
export class Conditions {
  readonly #conditions: string[];
  readonly values: SqlValue[] = [];

  constructor(...conditions: readonly string[]) {
    this.#conditions = [...conditions];
  }

  /** Adds a condition with its values. */
  add(condition: string, ...values: readonly SqlValue[]): void {
    this.#conditions.push(condition);
    this.values.push(...values);
  }

  /** Adds a condition on a value, unless the value is undefined. */
  narrow(condition: string, value: SqlValue | undefined): void {
    if (value !== undefined) this.add(condition, value);
  }

  /** The text of the WHERE clause, or TRUE if there are no conditions. */
  get sql(): string {
    return this.#conditions.length === 0 ? 'TRUE' : this.#conditions.join(' AND ');
  }
}
