import type { DataSource } from 'typeorm';

/**
 * Compares the database with the entities. TypeORM lists the statements that would bring tables, columns, keys and indexes in
 * line with the entities. This function compares CHECK constraints itself, because TypeORM ignores them on MySQL.
 *
 * @returns one line per difference; null if the account can't read the constraints.
 */
export async function findDrift(dataSource: DataSource): Promise<readonly string[] | null> {
  if (!(await seesConstraints(dataSource))) return null;
  const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
  return [...upQueries.map(({ query }) => query), ...(await checkDrift(dataSource))];
}

/** Checks whether the account can see constraints. MariaDB hides constraints, even primary keys, from read-only accounts. */
async function seesConstraints(dataSource: DataSource): Promise<boolean> {
  const [row]: { hidden: number }[] = await dataSource.query(
    `SELECT COUNT(*) AS hidden FROM information_schema.COLUMNS c
     LEFT JOIN information_schema.TABLE_CONSTRAINTS t
       ON t.TABLE_SCHEMA = c.TABLE_SCHEMA AND t.TABLE_NAME = c.TABLE_NAME AND t.CONSTRAINT_TYPE = 'PRIMARY KEY'
     WHERE c.TABLE_SCHEMA = DATABASE() AND c.COLUMN_KEY = 'PRI' AND t.TABLE_NAME IS NULL`,
  );
  return row?.hidden === 0;
}

async function checkDrift(dataSource: DataSource): Promise<string[]> {
  const expected = new Map<string, string>();
  for (const { tableName, checks } of dataSource.entityMetadatas) {
    for (const { name, expression } of checks) expected.set(`${tableName}.${name}`, expression);
  }
  const rows: { name: string; clause: string }[] = await dataSource.query(
    `SELECT CONCAT(t.TABLE_NAME, '.', t.CONSTRAINT_NAME) AS name, c.CHECK_CLAUSE AS clause
     FROM information_schema.TABLE_CONSTRAINTS t
     JOIN information_schema.CHECK_CONSTRAINTS c
       ON c.CONSTRAINT_SCHEMA = t.CONSTRAINT_SCHEMA AND c.CONSTRAINT_NAME = t.CONSTRAINT_NAME
     WHERE t.CONSTRAINT_SCHEMA = DATABASE() AND t.CONSTRAINT_TYPE = 'CHECK'`,
  );
  const found = new Map(rows.map(({ name, clause }) => [name, clause]));
  const missing = [...expected.keys()].filter((name) => !found.has(name)).map((name) => `CHECK ${name} is missing`);
  const extra = [...found.keys()].filter((name) => !expected.has(name)).map((name) => `CHECK ${name} is unknown`);
  const changed = [...expected]
    .filter(([name, expression]) => found.has(name) && plain(found.get(name) ?? '') !== plain(expression))
    .map(([name]) => `CHECK ${name} has the expression ${found.get(name)}`);
  return [...missing, ...extra, ...changed];
}

/** Normalizes an expression, because servers change the quotes, parentheses, letter case and character set prefixes. */
function plain(expression: string): string {
  return expression
    .toLowerCase()
    .replace(/\\'/g, "'")
    .replace(/_[a-z0-9]+'/g, "'")
    .replace(/[\s`()]/g, '');
}
