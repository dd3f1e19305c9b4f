import type { Phrase } from '../../domain/phrase.ts';

/** What a cell may hold before it is put in words. */
export type Cell = string | Phrase | number | boolean | Date | null;

/**
 * What the text or number of a column is: an `identifier` is a number that names something, and is not grouped like an
 * amount; an `amount` may be too large for a number, and is text then; a `word` is one of a few, told apart by all its
 * letters, and a `status` one that is good news or bad; `prose` is a sentence, or several, to be read whole.
 */
type ColumnKind = 'identifier' | 'amount' | 'word' | 'status' | 'prose';

/** One column of a table or of a CSV or TSV file. */
export interface Column<Row> {
  /** Header of CSV and TSV, and in capitals of a table. */
  readonly name: string;
  readonly value: (row: Row) => Cell;
  /** What a table has in place of `value`, where that is for programs. */
  readonly words?: (row: Row) => Cell;
  readonly kind?: ColumnKind | undefined;
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
    };

/** What a record has several of. */
export interface RecordLines<Row> {
  /** Columns that a table shows as a list of its own below the fields. */
  readonly columns: readonly Column<Row>[];
  /** For people, in place of that list, where there are no rows; the fields are then read from the data itself. */
  readonly empty: Phrase;
  /** An amount of each that a table also draws as a bar. */
  readonly bars?: (row: Row) => number;
  /** Fields that a table shows below the last of the columns, as a receipt does. */
  readonly sums?: readonly string[];
  /** Fields that a table shows at the end. */
  readonly foot?: readonly string[];
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

/** Fields whose numbers name something. */
const IDENTIFIER = /(^id|Id|^pid|^port)$/;
/** Fields with points, which may add up beyond what a number can hold. */
const AMOUNT = /^(amount|total|balance)$/;
/** Fields that hold one of a few words. */
const WORD = /^(kind|type|code)$/;
const STATUS = /^(status|state)$/;
/** Fields that hold sentences. */
const PROSE = /^(reason|payload|redisError)$/;

/** A column that shows a field as it is. */
export function field<Row>(name: keyof Row & string): Column<Row> {
  return { name, value: (row) => (row[name] ?? null) as Cell, kind: kindOf(name) };
}

function kindOf(name: string): ColumnKind | undefined {
  if (IDENTIFIER.test(name)) return 'identifier';
  if (AMOUNT.test(name)) return 'amount';
  if (WORD.test(name)) return 'word';
  if (STATUS.test(name)) return 'status';
  return PROSE.test(name) ? 'prose' : undefined;
}

/** Columns that show fields as they are. */
export function fields<Row>(...names: (keyof Row & string)[]): Column<Row>[] {
  return names.map((name) => field<Row>(name));
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
