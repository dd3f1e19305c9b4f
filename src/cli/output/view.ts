import type { Phrase } from '../../domain/phrase.ts';
import type { MarkedLine } from './marks.ts';
import type { Page } from './page.ts';

/** What a cell may hold before it is put in words. */
export type Cell = string | Phrase | number | boolean | Date | null;

/**
 * What a column holds. An `identifier` names something, so its digits are not grouped. An `amount` is points, which may
 * exceed a number and are text then. A `word` is one of a few and is never cut. A `status` is good news or bad. `prose`
 * is sentences, which are wrapped and never cut.
 */
export type ColumnKind = 'identifier' | 'amount' | 'count' | 'time' | 'word' | 'status' | 'prose';

/** One column of a table or of a CSV or TSV file. */
export interface Column<Row> {
  /** Header of CSV and TSV, and in capitals of a table. */
  readonly name: string;
  readonly value: (row: Row) => Cell;
  /** Text that may be cut, where there is none. */
  readonly kind?: ColumnKind | undefined;
}

/** What only people see, in a table: other formats have all columns and nothing else. */
interface ForPeople<Data> {
  /** First line: what an action did, or the title of a card. Null if there is nothing to say. */
  readonly headline?: (data: Data) => MarkedLine | null;
  /** Columns that a table leaves out, because the headline or the foot has them. */
  readonly hidden?: readonly string[];
  /** Lines of lesser interest at the end. */
  readonly foot?: (data: Data) => readonly Phrase[];
  /** Draws all lines in place of a table. */
  readonly draw?: (data: Data, page: Page) => readonly string[];
}

/**
 * How data is shown. JSON shows the data itself; the other formats show its rows. A table leaves out columns without any
 * value.
 *
 * A `record` is one thing: a table lists its fields one below the other. A `list` has a row for each entry.
 */
export type View<Data, Row> = ForPeople<Data> &
  (
    | {
        readonly kind: 'list';
        readonly columns: readonly Column<Row>[];
        readonly rows: (data: Data) => readonly Row[];
        /** For people, where there is nothing to list. */
        readonly empty: Phrase;
        /** Columns that a terminal which is too narrow can do without, the least important first. */
        readonly spare?: readonly string[];
      }
    | {
        readonly kind: 'record';
        readonly columns: readonly Column<Row>[];
        /** Most records are one row of CSV; an order is one for each line. */
        readonly rows: (data: Data) => readonly Row[];
        readonly lines?: RecordLines<Row>;
      }
  );

/** What a record has several of. */
interface RecordLines<Row> {
  /** Columns that a table shows as a list of its own below the fields. */
  readonly columns: readonly Column<Row>[];
  /** For people, in place of that list, where there are no rows; the fields are then read from the data itself. */
  readonly empty: Phrase;
  /** An amount of each that a table also draws as a bar. */
  readonly bars?: (row: Row) => number;
  /** Fields that a table shows below the last of the columns, as a receipt does. */
  readonly sums?: readonly string[];
}

/** Data together with the way to show it. */
export interface Answer {
  /** The request or the batch that it is about, by which it can be printed again. */
  readonly subject?: { readonly key: string } | { readonly batch: string };
  readonly data: unknown;
  readonly view: View<never, never>;
  /** The exit status where it is not 0: there is an answer, and it tells of something amiss. */
  readonly exit: number;
}

/** Ties data to its view. */
export function answer<Data, Row>(data: Data, view: View<Data, Row>, exit = 0): Answer {
  return { data, view: view as unknown as View<never, never>, exit };
}

/** The fields of a row that a cell can hold. */
type CellField<Row> = {
  [Field in keyof Row]-?: Row[Field] extends Cell | undefined ? Field : never;
}[keyof Row] &
  string;

/** Columns that show fields as they are, in this order: the kind of each, or `text`. */
export function columns<Row>(kinds: { readonly [Field in CellField<Row>]?: ColumnKind | 'text' }): Column<Row>[] {
  // Object.entries forgets the names of the fields
  const entries = Object.entries(kinds) as [CellField<Row>, ColumnKind | 'text'][];
  return entries.map(([name, kind]) => ({
    name,
    // the type of `kinds` lets in no other field
    value: (row) => (row[name] ?? null) as Cell,
    kind: kind === 'text' ? undefined : kind,
  }));
}

/** A view of a list with one row an entry. */
export function listView<Row>(empty: Phrase, ...columns: Column<Row>[]): View<readonly Row[], Row> {
  return { kind: 'list', columns, rows: (data) => data, empty };
}

/** The same list, with columns that a terminal which is too narrow can do without, the least important first. */
export function withSpareColumns<Row>(view: View<readonly Row[], Row>, ...spare: (keyof Row & string)[]) {
  return { ...view, spare };
}

/** A view of one thing. */
export function recordView<Row>(...columns: Column<Row>[]): View<Row, Row> {
  return { kind: 'record', columns, rows: (data) => [data] };
}

/** The same view with what only people see. */
export function forPeople<Data, Row>(view: View<Data, Row>, people: ForPeople<Data>): View<Data, Row> {
  return { ...view, ...people };
}
