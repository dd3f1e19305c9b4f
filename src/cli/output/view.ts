import type { Phrase } from '../../domain/phrase.ts';
import type { MarkedLine } from './marks.ts';
import type { Page } from './page.ts';

/** Value of a cell before it is formatted. */
export type Cell = string | Phrase | number | boolean | Date | null;

/**
 * Kind of a column's values. The digits of an `identifier` are not grouped. An `amount` is a number of points; above 2^53 − 1
 * it is a string. A `word` is one of a few values and is never cut. A `flag` is true or false; a table leaves false blank. A
 * `status` is coloured. `prose` is wrapped and never cut.
 */
export type ColumnKind = 'identifier' | 'amount' | 'count' | 'time' | 'word' | 'flag' | 'status' | 'prose';

/** One column of a table or of a CSV or TSV file. */
export interface Column<Row> {
  /** Header in CSV and TSV. A table shows its words in capitals, or translated. */
  readonly name: string;
  readonly value: (row: Row) => Cell;
  /** A column without a kind holds text that may be cut. */
  readonly kind?: ColumnKind | undefined;
  /** Minimum width of a column of prose in a table. */
  readonly least?: number;
  /** Set if only a table, or only CSV and TSV, has the column. */
  readonly only?: 'table' | 'data';
}

/** Settings of a view that affect only tables. */
interface ForPeople<Data> {
  /** First line: what an action did, or a title. Null if there is none. */
  readonly headline?: (data: Data) => MarkedLine | null | Promise<MarkedLine>;
  /** Columns that a table leaves out, because the headline or the foot shows them. */
  readonly hidden?: readonly string[];
  /** Less important lines at the end. */
  readonly foot?: (data: Data) => readonly Phrase[];
  /** Draws all lines in place of a table. */
  readonly draw?: (data: Data, page: Page) => readonly string[];
}

/**
 * Describes how data is shown. JSON shows the data itself; the other formats show its rows. A table leaves out columns
 * without any value, and flags that are false in all rows.
 *
 * A `record` is one object. A table lists its fields one below the other. A `list` has a row for each entry.
 */
export type View<Data, Row> = ForPeople<Data> &
  (
    | {
        readonly kind: 'list';
        readonly columns: readonly Column<Row>[];
        readonly rows: (data: Data) => readonly Row[];
        /** The text that people see if the list is empty. */
        readonly empty: Phrase;
        /** Columns that a narrow terminal leaves out, the least important first. */
        readonly spare?: readonly string[];
        /** Returns the amount of a row. A table also draws it as a bar, so it must not be negative. */
        readonly bars?: (row: Row) => number;
      }
    | {
        readonly kind: 'record';
        readonly columns: readonly Column<Row>[];
        /** Returns the rows for CSV and TSV. Most records are one row; an order has a row for each line. */
        readonly rows: (data: Data) => readonly Row[];
        readonly lines?: RecordLines<Row>;
      }
  );

export type ListView<Data, Row> = Extract<View<Data, Row>, { readonly kind: 'list' }>;

/** Lines of a record, such as the lines of an order. */
interface RecordLines<Row> {
  /** Columns of the list that a table shows below the fields. */
  readonly columns: readonly Column<Row>[];
  /** The text that people see if there are no lines. The fields are then computed from `data`, because there is no row. */
  readonly empty: Phrase;
  /** Returns the amount of a line that a table also draws as a bar. */
  readonly bars?: (row: Row) => number;
  /** Fields that a table shows below the last column of amounts, as on a receipt. */
  readonly sums?: readonly string[];
}

/** Data together with the way to show it. */
export interface Answer {
  /**
   * The key of the request, or the name of the batch, that the data is about. If output is lost, an error suggests the
   * command that prints the data again.
   */
  readonly subject?: { readonly key: string } | { readonly batch: string };
  readonly data: unknown;
  readonly view: View<never, never>;
  /** Exit status; not 0 if the data shows a problem. */
  readonly exit: number;
}

/** Combines data with its view. */
export function answer<Data, Row>(data: Data, view: View<Data, Row>, exit = 0): Answer {
  return { data, view: view as unknown as View<never, never>, exit };
}

/** The fields of a row whose values a cell can hold. */
type CellField<Row> = {
  [Field in keyof Row]-?: Row[Field] extends Cell | undefined ? Field : never;
}[keyof Row] &
  string;

/** Creates a column for each key of `kinds`, in the order of the keys. The value is the column's kind, or `text` for plain text. */
export function columns<Row>(kinds: { readonly [Field in CellField<Row>]?: ColumnKind | 'text' }): Column<Row>[] {
  // the type of Object.entries does not keep the names of the fields
  const entries = Object.entries(kinds) as [CellField<Row>, ColumnKind | 'text'][];
  return entries.map(([name, kind]) => ({
    name,
    // `kinds` can name only fields whose values a cell can hold
    value: (row) => (row[name] ?? null) as Cell,
    kind: kind === 'text' ? undefined : kind,
  }));
}

/** Leaves columns out of tables. */
export function dataOnly<Row>(columns: readonly Column<Row>[]): Column<Row>[] {
  return columns.map((column) => ({ ...column, only: 'data' }));
}

/** Returns true if a table shows nothing for this column in any of the rows. */
export function isBlank<Row>({ value, kind }: Column<Row>, rows: readonly Row[]): boolean {
  return rows.every((row) => value(row) === null || (kind === 'flag' && value(row) === false));
}

/** Creates a view of a list with a row for each entry. */
export function listView<Row>(empty: Phrase, ...columns: Column<Row>[]): ListView<readonly Row[], Row> {
  return { kind: 'list', columns, rows: (data) => data, empty };
}

/** Sets the columns that a list leaves out on a narrow terminal, least important first. */
export function withSpareColumns<Row>(view: ListView<readonly Row[], Row>, ...spare: string[]) {
  return { ...view, spare };
}

/** Adds a bar to each row of a list. */
export function withBars<Row>(view: View<readonly Row[], Row>, bars: (row: Row) => number) {
  return { ...view, bars };
}

/** Creates a view of a record. */
export function recordView<Row>(...columns: Column<Row>[]): View<Row, Row> {
  return { kind: 'record', columns, rows: (data) => [data] };
}

/** Adds to a view the parts that only a table shows. */
export function forPeople<Data, Row>(view: ListView<Data, Row>, people: ForPeople<Data>): ListView<Data, Row>;
export function forPeople<Data, Row>(view: View<Data, Row>, people: ForPeople<Data>): View<Data, Row>;
export function forPeople<Data, Row>(view: View<Data, Row>, people: ForPeople<Data>): View<Data, Row> {
  return { ...view, ...people };
}
