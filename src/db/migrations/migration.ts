import type { MigrationInterface } from 'typeorm';

/** A migration, with the objects by which `db revert` recognizes how far it was reverted. */
export interface Migration extends MigrationInterface {
  readonly name: string;
  /** Tables that it creates, each after the tables that it refers to. */
  readonly tables: readonly string[];
  /** Columns that it adds to earlier tables, as `table.column`. */
  readonly columns: readonly string[];
  /** Indexes that it adds to earlier tables, as `table.index`. */
  readonly indexes?: readonly string[];
}
