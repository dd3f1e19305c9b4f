import type { SqlValue } from './connection.ts';

/** The conditions of a WHERE, joined by AND, with their values. */
export class Conditions {
  readonly #conditions: string[];
  readonly values: SqlValue[] = [];

  constructor(...conditions: readonly string[]) {
    this.#conditions = [...conditions];
  }

  /** Adds a condition without a value. */
  add(condition: string): void {
    this.#conditions.push(condition);
  }

  /** Adds a condition on a value, unless the value is undefined. */
  narrow(condition: string, value: SqlValue | undefined): void {
    if (value === undefined) return;
    this.#conditions.push(condition);
    this.values.push(value);
  }

  /** The text for a WHERE; TRUE without conditions. */
  get sql(): string {
    return this.#conditions.length === 0 ? 'TRUE' : this.#conditions.join(' AND ');
  }
}
