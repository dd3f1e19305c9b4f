import type { DataSource, EntitySchema, ObjectLiteral } from './data-source.ts';

/** A page of a list, newest first. */
export interface Page {
  /** Maximum number of rows. */
  readonly limit: number;
  /** Id of the previous page's last row. */
  readonly after?: number | undefined;
}

/**
 * Reads one page of a table.
 *
 * @param condition a condition on the properties of `row`, in TypeORM's notation.
 */
export async function listNewest<Row extends ObjectLiteral & { id: number }>(
  orm: DataSource,
  entity: EntitySchema<Row>,
  { limit, after }: Page,
  condition?: string,
): Promise<Row[]> {
  const query = orm.getRepository(entity).createQueryBuilder('row').orderBy('row.id', 'DESC').take(limit);
  if (after !== undefined) query.andWhere('row.id < :after', { after });
  if (condition !== undefined) query.andWhere(condition);
  return query.getMany();
}
