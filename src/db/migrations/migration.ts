import type { MigrationInterface } from 'typeorm';

/** A migration and the objects that it adds. The objects that still exist show how far an interrupted revert got. */
export interface Migration extends MigrationInterface {
  readonly name: string;
  /** Tables that the migration creates. Each table follows the tables that it refers to. */
  readonly tables: readonly string[];
  /** Columns that the migration adds to earlier tables, as `table.column`. */
  readonly columns: readonly string[];
  /** Indexes that the migration adds to earlier tables, as `table.index`. */
  readonly indexes?: readonly string[];
}
