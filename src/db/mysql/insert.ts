import type { ResultSetHeader } from 'mysql2';
import type { DataSource, EntityManager, EntitySchema, ObjectLiteral, QueryDeepPartialEntity } from 'typeorm';

/** Inserts one row and returns its id. */
export async function insertRow<Row extends ObjectLiteral>(
  orm: DataSource | EntityManager,
  entity: EntitySchema<Row>,
  values: QueryDeepPartialEntity<Row>,
): Promise<number> {
  // the row is not read back, because its other columns are known
  const result = await orm.createQueryBuilder().insert().into(entity).values(values).updateEntity(false).execute();
  return (result.raw as ResultSetHeader).insertId;
}

/** SQL expression for the current time by the server's clock. */
export const NOW = () => 'UTC_TIMESTAMP(3)';
