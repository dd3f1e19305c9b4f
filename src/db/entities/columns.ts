import type { EntitySchemaColumnOptions } from 'typeorm';

/** Auto-increment primary key. */
export const id = {
  type: 'bigint',
  primary: true,
  generated: 'increment',
} as const satisfies EntitySchemaColumnOptions;

/** Returns a column for integers up to 2^53 - 1, which the driver returns as numbers. */
export function bigint(name: string, options: { nullable?: boolean; primary?: boolean } = {}) {
  return { type: 'bigint', name, ...options } as const satisfies EntitySchemaColumnOptions;
}

/**
 * Returns a column for short ASCII text, such as keys and codes. The text is case-sensitive and uses one byte per
 * character.
 */
export function code(name: string, length: number, options: { nullable?: boolean } = {}) {
  return {
    type: 'varchar',
    name,
    length,
    charset: 'ascii',
    collation: 'ascii_bin',
    ...options,
  } as const satisfies EntitySchemaColumnOptions;
}

/** Returns a column for text with any characters, such as names. */
export function text(name: string, length: number, options: { nullable?: boolean } = {}) {
  return { type: 'varchar', name, length, ...options } as const satisfies EntitySchemaColumnOptions;
}

/** Returns a column for times in UTC with milliseconds. */
export function time(name: string) {
  return { type: 'datetime', name, precision: 3 } as const satisfies EntitySchemaColumnOptions;
}

/** Returns the expression of a CHECK on the column `type`. It allows only the given types, each with its condition on the row. */
export function typeCheck(conditions: Readonly<Record<string, string>>): string {
  return Object.entries(conditions)
    .map(([type, condition]) => `(type = '${type}' AND ${condition})`)
    .join(' OR ');
}

/** Returns a foreign key to the `id` of another table. Referenced rows can't be deleted. */
export function foreignKey(name: string, column: string, target: string) {
  return {
    name,
    target,
    columnNames: [column],
    referencedColumnNames: ['id'],
    onDelete: 'RESTRICT' as const,
    onUpdate: 'RESTRICT' as const,
  };
}
