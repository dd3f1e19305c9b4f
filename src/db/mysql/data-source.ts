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
  type SessionLimits,
} from './connection.ts';
import { databaseError } from './errors.ts';
import { requireWrites } from './failover.ts';
import { READ_ONLY, REPLICA_CONNECT_MS } from './replica.ts';

export type { DataSource, EntitySchema, ObjectLiteral } from 'typeorm';

/** A command does one thing after another, so one connection serves it. */
const POOL_SIZE = 1;

/** Those whose server was chosen among several as the one that takes writes. */
const chosen = new WeakSet<DataSource>();

/** What one opening of TypeORM differs from another in. */
export interface DataSourceSettings {
  /** For a replica: connecting to it is given up sooner, and it refuses whatever would write. */
  readonly readOnly?: boolean;
  /** Milliseconds after which a statement without an answer counts as an outage; none where a migration may take hours. */
  readonly statementMs?: number;
}

/** TypeORM has one time for both: from which on a statement is given up, and is logged as slow, even where logging is off. */
const SILENT: Logger = {
  logQuery: () => {},
  logQueryError: () => {},
  logQuerySlow: () => {},
  logSchemaBuild: () => {},
  logMigration: () => {},
  log: () => {},
};

/**
 * Opens TypeORM on the database that `url` names.
 *
 * @throws DatabaseError where the server can't be reached or refuses.
 */
export async function openDataSource(url: string, settings: DataSourceSettings = {}): Promise<DataSource> {
  const { readOnly = false, statementMs } = settings;
  const limits: SessionLimits = readOnly ? { connectMs: REPLICA_CONNECT_MS, statementMs: REPLICA_CONNECT_MS } : {};
  const server = await lookAtServer(url, limits);
  const { user, ...connection } = connectionOptions(server.url);
  const options: MysqlDataSourceOptions = {
    type: server.type,
    // TypeORM would look for it in node_modules, which the bundle has no need of
    driver: mysql2,
    ...connection,
    connectTimeout: limits.connectMs ?? connection.connectTimeout,
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
    await prepare(dataSource, readOnly);
  } catch (error) {
    if (dataSource.isInitialized) await dataSource.destroy();
    throw databaseError(error);
  }
  return dataSource;
}

/**
 * Gives the pool's connection its settings. It has no more than one, so they hold until that one is lost.
 *
 * @throws the driver's error, or DatabaseError where a server that was chosen takes no writes any more.
 */
export async function prepare(dataSource: DataSource, readOnly: boolean): Promise<void> {
  await dataSource.query(SESSION_SETTINGS);
  await dataSource.query(SESSION_ISOLATION);
  if (readOnly) await dataSource.query(READ_ONLY);
  if (chosen.has(dataSource)) await requireWrites({ query: (sql) => dataSource.query(sql) });
}

/** Which of the hosts it is, and of which kind: the two report their schema in different ways, which TypeORM knows of. */
async function lookAtServer(
  url: string,
  limits: SessionLimits,
): Promise<Pick<Session, 'url' | 'chosen'> & { readonly type: 'mysql' | 'mariadb' }> {
  const session = await connect(url, limits);
  try {
    const type = (await isMariaDb(session)) ? 'mariadb' : 'mysql';
    return { type, url: session.url, chosen: session.chosen };
  } finally {
    await session.close();
  }
}
