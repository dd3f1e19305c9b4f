import type { ResultSetHeader } from 'mysql2';
import type { DataSource, EntityManager, EntitySchema, ObjectLiteral, QueryDeepPartialEntity } from 'typeorm';

/** Inserts one row and answers the id that the server gave it. */
export async function insertRow<Row extends ObjectLiteral>(
  orm: DataSource | EntityManager,
  entity: EntitySchema<Row>,
  values: QueryDeepPartialEntity<Row>,
): Promise<number> {
  // the entity is not read back: a row's other columns are the ones that were given
  const result = await orm.createQueryBuilder().insert().into(entity).values(values).updateEntity(false).execute();
  return (result.raw as ResultSetHeader).insertId;
}

/** The time of an insert, by the server's clock. */
export const NOW = () => 'UTC_TIMESTAMP(3)';
