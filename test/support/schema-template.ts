import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { connectionOptions } from '../../src/db/mysql/connection.ts';
import { inheritedEnvironment, PROGRAM } from './environment.ts';
import { createDatabase, withDatabase } from './new-database.ts';

/** A migrated database, as statements that create a copy of it. */
export interface SchemaTemplate {
  /** Version of the server that printed the statements. Another version may print them in another form. */
  readonly version: string;
  readonly statements: readonly string[];
}

/**
 * Migrates a database with the built program and reads the resulting schema. Test files copy this schema instead of
 * running all migrations; other tests check the migrations themselves.
 */
export async function makeSchemaTemplate(rootUrl: string): Promise<SchemaTemplate> {
  const database = `shop_template_${randomBytes(6).toString('hex')}`;
  const root = await createConnection({ ...connectionOptions(rootUrl), dateStrings: true });
  try {
    await createDatabase(root, database);
    migrate(withDatabase(rootUrl, database));
    return { version: await versionOf(root), statements: await statementsOf(root) };
  } finally {
    await root.query(`DROP DATABASE IF EXISTS ${database}`);
    await root.end();
  }
}

/** Copies the template into the current database of a connection. Returns false if the server has another version. */
export async function applySchemaTemplate(root: Connection, template: SchemaTemplate): Promise<boolean> {
  if ((await versionOf(root)) !== template.version) return false;
  for (const statement of template.statements) await root.query(statement);
  return true;
}

function migrate(databaseUrl: string): void {
  const { status, stderr } = spawnSync(process.execPath, [PROGRAM, 'db', 'migrate'], {
    encoding: 'utf8',
    env: { ...inheritedEnvironment(), SHOP_DATABASE_URL: databaseUrl, SHOP_ACTOR: 'tester' },
  });
  if (status !== 0) throw new Error(`the template can't be migrated: ${stderr}`);
}

async function versionOf(root: Connection): Promise<string> {
  const [[row]] = await root.query<RowDataPacket[]>('SELECT VERSION() AS version');
  return String(row?.version);
}

async function statementsOf(root: Connection): Promise<string[]> {
  const [tables] = await root.query<RowDataPacket[]>('SHOW TABLES');
  const [made, filled]: [string[], string[]] = [[], []];
  for (const row of tables) {
    const table = String(Object.values(row)[0]);
    const [[definition]] = await root.query<RowDataPacket[]>(`SHOW CREATE TABLE ${table}`);
    made.push(String(definition?.['Create Table']));
    const [rows] = await root.query<RowDataPacket[]>({ sql: `SELECT * FROM ${table}`, rowsAsArray: true });
    if (rows.length > 0) filled.push(root.format('INSERT INTO ?? VALUES ?', [table, rows]));
  }
  // foreign keys may refer to tables that are created later
  return ['SET SESSION foreign_key_checks = 0', ...made, ...filled, 'SET SESSION foreign_key_checks = 1'];
}
