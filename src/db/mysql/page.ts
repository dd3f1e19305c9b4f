import type { DataSource, EntitySchema, ObjectLiteral } from './data-source.ts';

/** A piece of a list that is ordered newest first. */
export interface Page {
  /** At most this many rows, 1 to 1000. */
  readonly limit: number;
  /** The id of the last row that was seen; the piece begins after it. */
  readonly after?: number | undefined;
}

/** The rows of one table that a page shows. */
export async function listNewest<Row extends ObjectLiteral & { id: number }>(
  orm: DataSource,
  entity: EntitySchema<Row>,
  { limit, after }: Page,
): Promise<Row[]> {
  const query = orm.getRepository(entity).createQueryBuilder('row').orderBy('row.id', 'DESC').take(limit);
  if (after !== undefined) query.where('row.id < :after', { after });
  return query.getMany();
}
