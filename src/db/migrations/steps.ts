import type { QueryRunner } from 'typeorm';

/**
 * Steps of migrations. DDL commits by itself, so that a migration which was killed half way begins anew: each step does
 * nothing where it has been done.
 */

/** Behind each CREATE TABLE. */
export const TABLE_OPTIONS = 'ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin';

export async function addColumn(runner: QueryRunner, table: string, column: string, definition: string): Promise<void> {
  if (await hasColumn(runner, table, column)) return;
  await runner.query(`ALTER TABLE ${table} ADD COLUMN ${column} ${definition}`);
}

export async function dropColumn(runner: QueryRunner, table: string, column: string): Promise<void> {
  if (await hasColumn(runner, table, column)) await runner.query(`ALTER TABLE ${table} DROP COLUMN ${column}`);
}

export async function addIndex(
  runner: QueryRunner,
  table: string,
  name: string,
  columns: string,
  kind: 'INDEX' | 'UNIQUE' = 'INDEX',
): Promise<void> {
  if (await hasIndex(runner, table, name)) return;
  await runner.query(`ALTER TABLE ${table} ADD ${kind} ${name} (${columns})`);
}

export async function dropIndex(runner: QueryRunner, table: string, name: string): Promise<void> {
  if (await hasIndex(runner, table, name)) await runner.query(`ALTER TABLE ${table} DROP INDEX ${name}`);
}

/** Builds the table anew in the order of another key. */
export async function changePrimaryKey(runner: QueryRunner, table: string, columns: readonly string[]): Promise<void> {
  const key: { name: string }[] = await runner.query(
    `SELECT COLUMN_NAME AS name FROM information_schema.STATISTICS
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? AND INDEX_NAME = 'PRIMARY' ORDER BY SEQ_IN_INDEX`,
    [table],
  );
  if (key.map(({ name }) => name).join() === columns.join()) return;
  await runner.query(`ALTER TABLE ${table} DROP PRIMARY KEY, ADD PRIMARY KEY (${columns.join(', ')})`);
}

/** @param definition what follows the name, such as `CHECK (...)` or `FOREIGN KEY (...) REFERENCES ...` */
export async function addConstraint(
  runner: QueryRunner,
  table: string,
  name: string,
  definition: string,
): Promise<void> {
  if (await hasConstraint(runner, table, name)) return;
  await runner.query(`ALTER TABLE ${table} ADD CONSTRAINT ${name} ${definition}`);
}

export async function dropConstraint(runner: QueryRunner, table: string, name: string): Promise<void> {
  if (await hasConstraint(runner, table, name)) await runner.query(`ALTER TABLE ${table} DROP CONSTRAINT ${name}`);
}

/** Puts another CHECK in the place of the one of that name; the rows that there are must keep it. */
export async function changeCheck(runner: QueryRunner, table: string, name: string, expression: string): Promise<void> {
  await dropConstraint(runner, table, name);
  await addConstraint(runner, table, name, `CHECK (${expression})`);
}

async function hasColumn(runner: QueryRunner, table: string, column: string): Promise<boolean> {
  return exists(runner, 'COLUMNS', 'TABLE_SCHEMA', 'COLUMN_NAME', table, column);
}

async function hasIndex(runner: QueryRunner, table: string, name: string): Promise<boolean> {
  return exists(runner, 'STATISTICS', 'TABLE_SCHEMA', 'INDEX_NAME', table, name);
}

async function hasConstraint(runner: QueryRunner, table: string, name: string): Promise<boolean> {
  return exists(runner, 'TABLE_CONSTRAINTS', 'CONSTRAINT_SCHEMA', 'CONSTRAINT_NAME', table, name);
}

async function exists(
  runner: QueryRunner,
  view: string,
  schemaColumn: string,
  nameColumn: string,
  table: string,
  name: string,
): Promise<boolean> {
  const rows: unknown[] = await runner.query(
    `SELECT 1 FROM information_schema.${view}
     WHERE ${schemaColumn} = DATABASE() AND TABLE_NAME = ? AND ${nameColumn} = ? LIMIT 1`,
    [table, name],
  );
  return rows.length > 0;
}
