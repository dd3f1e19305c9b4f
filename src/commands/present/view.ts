/** What a cell may hold before it is put in words. */
export type Cell = string | number | boolean | Date | null;

/** One column of a table or of a CSV or TSV file. */
export interface Column<Row> {
  /** Header of CSV and TSV, and in capitals of a table. */
  readonly name: string;
  readonly value: (row: Row) => Cell;
  /** A number that names something, and is not to be grouped like an amount. */
  readonly identifier?: boolean;
}

/**
 * How data is shown. JSON shows the data itself; the other formats show its rows.
 *
 * A `record` is one thing: a table lists its fields one below the other. A `list` has a row for each entry.
 */
export type View<Data, Row> =
  | {
      readonly kind: 'list';
      readonly columns: readonly Column<Row>[];
      readonly rows: (data: Data) => readonly Row[];
      /** For people, where there is nothing to list. */
      readonly empty: string;
    }
  | {
      readonly kind: 'record';
      readonly columns: readonly Column<Row>[];
      /** Most records are one row of CSV; an order is one for each line. */
      readonly rows: (data: Data) => readonly Row[];
      /** Columns that a table shows as a list of its own below the fields. */
      readonly lines?: readonly Column<Row>[];
      /** For people, in place of that list, where there are no rows; the fields are then read from the data itself. */
      readonly empty?: string;
    };

/** Data together with the way to show it. */
export interface Answer {
  readonly data: unknown;
  readonly view: View<never, never>;
  /** The exit status where it is not 0: there is an answer, and it tells of something amiss. */
  readonly exit: number;
}

/** Ties data to its view. */
export function answer<Data, Row>(data: Data, view: View<Data, Row>, exit = 0): Answer {
  return { data, view: view as unknown as View<never, never>, exit };
}

/** Fields whose numbers name something. */
const IDENTIFIER = /(^id|Id|^pid|^port)$/;

/** A column that shows a field as it is. */
export function field<Row>(name: keyof Row & string): Column<Row> {
  return { name, value: (row) => (row[name] ?? null) as Cell, identifier: IDENTIFIER.test(name) };
}

/** Columns that show fields as they are. */
export function fields<Row>(...names: (keyof Row & string)[]): Column<Row>[] {
  return names.map((name) => field<Row>(name));
}

/** A view of a list with one row an entry. */
export function listView<Row>(empty: string, ...columns: Column<Row>[]): View<readonly Row[], Row> {
  return { kind: 'list', columns, rows: (data) => data, empty };
}

/** A view of one thing. */
export function recordView<Row>(...columns: Column<Row>[]): View<Row, Row> {
  return { kind: 'record', columns, rows: (data) => [data] };
}
