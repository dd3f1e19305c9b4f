import { phrase } from '../phrase.ts';
import { type Pass, type Rows, WHOLE } from './check.ts';

/** A column that refers to a row of another table. */
export interface Reference {
  readonly table: string;
  readonly column: string;
  /** The table whose `id` the column refers to. */
  readonly parent: string;
  /** The column that identifies a row at fault. */
  readonly key: string;
}

/**
 * References from many rows to few. An index groups the rows with the same value, so the server can skip from one value to the
 * next and need not read every row.
 */
const FEW: readonly Reference[] = [
  { table: 'point_transactions', column: 'user_id', parent: 'users', key: 'id' },
  { table: 'orders', column: 'user_id', parent: 'users', key: 'id' },
  { table: 'order_lines', column: 'product_id', parent: 'products', key: 'order_id' },
  { table: 'stock_movements', column: 'product_id', parent: 'products', key: 'id' },
  { table: 'hourly_sales', column: 'product_id', parent: 'products', key: 'hour' },
  { table: 'requests', column: 'batch_id', parent: 'batches', key: 'id' },
  { table: 'batch_exceptions', column: 'batch_id', parent: 'batches', key: 'line' },
  { table: 'batch_exceptions', column: 'request_id', parent: 'requests', key: 'line' },
  { table: 'attempts', column: 'request_id', parent: 'requests', key: 'attempt' },
  { table: 'retries', column: 'request_id', parent: 'requests', key: 'id' },
  { table: 'withdrawals', column: 'request_id', parent: 'requests', key: 'request_id' },
  { table: 'activities', column: 'request_id', parent: 'requests', key: 'id' },
  { table: 'carts', column: 'user_id', parent: 'users', key: 'id' },
  { table: 'cart_lines', column: 'cart_id', parent: 'carts', key: 'id' },
  { table: 'cart_lines', column: 'product_id', parent: 'products', key: 'id' },
];

/**
 * Passes that find references to missing rows. Orders, their lines, ledger rows and stock rows have no foreign keys to users
 * and products. Other tables have foreign keys, but these may have been switched off.
 *
 * Some references are checked elsewhere. Other checks prove that the requests of stock rows and the orders of ledger rows
 * exist. If a table has about as many rows as the table that it refers to, the join of another pass checks the reference.
 */
export const REFERENCE_PASSES: readonly Pass[] = FEW.map((reference) => {
  const { table, column, parent, key } = reference;
  const named = `FROM ${table} named WHERE named.${column} = child.${column}`;
  return referring(
    reference,
    `(SELECT DISTINCT ${column} FROM ${table} WHERE ${column} IS NOT NULL) child
     LEFT JOIN ${parent} parent ON parent.id = child.${column}`,
    `(SELECT COUNT(*) ${named}) AS 'rows', (SELECT MIN(named.${key}) ${named}) AS firstRow`,
  );
});

/** Finds each row that refers to a missing row. */
export function references(reference: Reference): Rows {
  const { table, column, parent, key } = reference;
  return referring(
    reference,
    `${table} child ${WHOLE} LEFT JOIN ${parent} parent ${WHOLE} ON parent.id = child.${column}`,
    `1 AS 'rows', child.${key} AS firstRow`,
  );
}

/**
 * Creates a scan with one rule: no row refers to a missing row.
 *
 * @param rows the select list for the number of rows and the key of the first row.
 */
function referring({ table, column, parent, key }: Reference, from: string, rows: string): Rows {
  return {
    from,
    rules: [
      {
        check: 'references',
        when: 'parent.id IS NULL',
        names: `'${table}' AS 'table', child.${column} AS missing, '${column}' AS 'column', ${rows}, '${key}' AS 'key'`,
        describe: (f) =>
          phrase`In the table ${table}, ${column} is ${f.missing} (rows: ${f.rows}, first ${key}: ${text(f.firstRow)}), but the table ${parent} has no row with this id.`,
      },
    ],
  };
}

function text(value: string | number | Date | null | undefined): string {
  return value instanceof Date ? value.toISOString() : String(value);
}
