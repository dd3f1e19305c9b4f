import type { EntitySchemaColumnOptions } from 'typeorm';

/** An auto-increment primary key. */
export const id = {
  type: 'bigint',
  primary: true,
  generated: 'increment',
} as const satisfies EntitySchemaColumnOptions;

/** A whole number of up to 2^53 - 1; the driver gives it as a number. */
export function bigint(name: string, options: { nullable?: boolean; primary?: boolean } = {}) {
  return { type: 'bigint', name, ...options } as const satisfies EntitySchemaColumnOptions;
}

/** A short text that only this program writes: case matters, one byte a character. */
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

/** Text that people write. */
export function text(name: string, length: number, options: { nullable?: boolean } = {}) {
  return { type: 'varchar', name, length, ...options } as const satisfies EntitySchemaColumnOptions;
}

/** A time in UTC with milliseconds. */
export function time(name: string) {
  return { type: 'datetime', name, precision: 3 } as const satisfies EntitySchemaColumnOptions;
}

/** A foreign key on the `id` of another table; a row that is referred to can't be deleted. */
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
