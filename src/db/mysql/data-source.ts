import mysql2 from 'mysql2';
import { DataSource, type Logger } from 'typeorm';
import type { MysqlDataSourceOptions } from 'typeorm/driver/mysql/MysqlDataSourceOptions.js';
import { ENTITIES } from '../entities/index.ts';
import { MIGRATIONS } from '../migrations/index.ts';
import { MIGRATIONS_TABLE } from '../migrations/names.ts';
import {
  connect,
  connectionOptions,
  isMariaDb,
  SESSION_ISOLATION,
  SESSION_SETTINGS,
  type Session,
} from './connection.ts';
import { databaseError } from './errors.ts';
import { requireWrites } from './failover.ts';

export type { DataSource } from 'typeorm';

/** A command runs its statements one after another, so it needs only one connection. */
const POOL_SIZE = 1;

/** Data sources whose host was selected from several because it accepted writes. */
const chosen = new WeakSet<DataSource>();

/** Logs nothing. TypeORM would log statements over the time limit as slow, even with logging turned off. */
const SILENT: Logger = {
  logQuery: () => {},
  logQueryError: () => {},
  logQuerySlow: () => {},
  logSchemaBuild: () => {},
  logMigration: () => {},
  log: () => {},
};

/**
 * Opens a TypeORM data source for the database of `url`.
 *
 * @param statementMs milliseconds after which a statement without a response counts as an outage. Migrations have no limit,
 *   because they may take hours.
 * @throws DatabaseError if the server can't be reached or refuses the connection.
 */
export async function openDataSource(url: string, statementMs?: number): Promise<DataSource> {
  const server = await findServer(url);
  const { user, ...connection } = connectionOptions(server.url);
  const options: MysqlDataSourceOptions = {
    type: server.type,
    // otherwise TypeORM would load the driver from node_modules, which the bundle does not have
    driver: mysql2,
    ...connection,
    username: user,
    poolSize: POOL_SIZE,
    entities: ENTITIES,
    migrations: [...MIGRATIONS],
    migrationsTableName: MIGRATIONS_TABLE,
    logger: SILENT,
    ...(statementMs === undefined ? {} : { enableQueryTimeout: true, maxQueryExecutionTime: statementMs }),
  };
  const dataSource = new DataSource(options);
  if (server.chosen) chosen.add(dataSource);
  try {
    await dataSource.initialize();
    await prepare(dataSource);
  } catch (error) {
    if (dataSource.isInitialized) await dataSource.destroy();
    throw databaseError(error);
  }
  return dataSource;
}

/**
 * Applies the session settings to the pool's only connection. The settings apply until that connection is lost.
 *
 * @throws the driver's error, or DatabaseError if the server was selected from several hosts but no longer accepts writes.
 */
export async function prepare(dataSource: DataSource): Promise<void> {
  await dataSource.query(SESSION_SETTINGS);
  await dataSource.query(SESSION_ISOLATION);
  if (chosen.has(dataSource)) await requireWrites({ query: (sql) => dataSource.query(sql) });
}

/** Finds the host to use and its type, because TypeORM reads the schema of MySQL and MariaDB differently. */
async function findServer(
  url: string,
): Promise<Pick<Session, 'url' | 'chosen'> & { readonly type: 'mysql' | 'mariadb' }> {
  const session = await connect(url);
  try {
    const type = (await isMariaDb(session)) ? 'mariadb' : 'mysql';
    return { type, url: session.url, chosen: session.chosen };
  } finally {
    await session.close();
  }
}
