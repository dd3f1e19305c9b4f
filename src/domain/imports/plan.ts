import { ShopError } from '../errors.ts';
import { invalid } from '../input.ts';
import { type Phrase, phrase, sentences } from '../phrase.ts';
import { trimmed } from '../trim.ts';
import {
  type ImportKind,
  type ImportRow,
  isRefused,
  KEPT_COLUMNS,
  type KeptColumn,
  type ReadableRow,
  type RefusedRow,
  refusedRow,
} from './row.ts';

/** Numbers of rows by result. */
export interface ImportCounts {
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly refused: number;
  /** Number of rows whose stock differs from the existing product's stock. An import does not change that stock. */
  readonly stockIgnored: number;
}

export const NO_ROWS: ImportCounts = { created: 0, updated: 0, unchanged: 0, refused: 0, stockIgnored: 0 };

/** Adds up the numbers of rows. */
export function addCounts(a: ImportCounts, b: ImportCounts): ImportCounts {
  return {
    created: a.created + b.created,
    updated: a.updated + b.updated,
    unchanged: a.unchanged + b.unchanged,
    refused: a.refused + b.refused,
    stockIgnored: a.stockIgnored + b.stockIgnored,
  };
}

/** The state of a user or product. */
export interface StoredEntry {
  /** The id; null if the user or product is not stored yet. */
  readonly id: number | null;
  readonly reference: string | null;
  readonly name: string;
  /** The price; null for a user. */
  readonly price: number | null;
  /** The stock; null for a user. */
  readonly stock: number | null;
  /** The balance; null for a product. */
  readonly balance: number | null;
  /** `true` or `false`; null for a product. */
  readonly blocked: string | null;
  /** `true` or `false`; null for a user. */
  readonly retired: string | null;
}

/** The stored users or products to which rows refer, by id and by reference. */
export type StoredEntries = ReadonlyMap<string | number, StoredEntry>;

/** Returns a map with these entries by id and by reference. If an entry occurs more than once, the last one is kept. */
export function byName(entries: Iterable<StoredEntry>): Map<string | number, StoredEntry> {
  const names = [...entries].flatMap((entry) => [[entry.id, entry] as const, [entry.reference, entry] as const]);
  return new Map(names.flatMap(([name, entry]) => (name === null ? [] : [[name, entry]])));
}

/** The new name and price of an entry. Null stands for a value that the import does not change. */
interface EntryChange {
  readonly id: number | null;
  readonly name: string | null;
  readonly price: number | null;
}

/** The result of a row. */
export interface ImportResult {
  readonly line: number;
  readonly reference: string | null;
  readonly action: 'created' | 'updated' | 'unchanged' | 'refused';
  /** The id of the user or product; null if it is not stored. */
  readonly id: number | null;
  /** The reason why the row was refused; null if it was not. */
  readonly reason: Phrase | null;
  /** The values that the row has replaced, and those from which its ignored values differ; null if there are none. */
  readonly note: Phrase | null;
}

/** The changes that the rows of one chunk make. */
export interface ImportPlan {
  /** New entries, in file order. A new product has its initial stock. */
  readonly created: readonly StoredEntry[];
  /** Entries that get a new name or price, in ascending order of their ids. */
  readonly changed: readonly StoredEntry[];
  /** The values that are written to the changed entries. */
  readonly changes: readonly EntryChange[];
  readonly counts: ImportCounts;
  /** The result of each row, in file order. */
  readonly results: readonly ImportResult[];
  /** The column of each ignored value that differs from the stored value. */
  readonly ignored: readonly KeptColumn[];
}

/**
 * Decides what each row does. Each row sees the results of the rows before it, so a second row with the same reference is
 * compared with the first.
 *
 * @param stored the stored state before the first row.
 */
export function planImport(kind: ImportKind, rows: readonly ImportRow[], stored: StoredEntries): ImportPlan {
  const latest = new Map(stored);
  const ignored: KeptColumn[] = [];
  const results = rows.map((row): ImportResult => {
    if (isRefused(row)) return refusedResult(row);
    const before = latest.get(row.entry);
    const after = before === undefined ? newEntry(kind, row, latest) : entryAfter(row, before);
    if (isRefused(after)) return refusedResult(after);
    for (const [name, entry] of byName([after])) latest.set(name, entry);
    const { id, reference } = after;
    const action = before === undefined ? 'created' : after === before ? 'unchanged' : 'updated';
    const differing = KEPT_COLUMNS.filter((column) => row[column] !== null && row[column] !== after[column]);
    ignored.push(...differing);
    const note = joinedNotes(changedNote(before, after), keptNote(differing, after));
    return { line: row.line, reference, action, id, reason: null, note };
  });
  const entries = [...new Set(latest.values())];
  const changed = entries.filter((entry) => stored.has(nameOf(entry)) && stored.get(nameOf(entry)) !== entry);
  return {
    created: entries.filter((entry) => !stored.has(nameOf(entry))),
    changed: changed.sort((a, b) => (a.id ?? 0) - (b.id ?? 0)),
    changes: changed.map((entry) => changeOf(entry, stored.get(nameOf(entry)))),
    counts: countsOf(results, ignored),
    results,
    ignored,
  };
}

function refusedResult({ line, entry, reason }: RefusedRow): ImportResult {
  const reference = typeof entry === 'string' ? entry : null;
  return { line, reference, action: 'refused', id: null, reason, note: null };
}

function joinedNotes(...notes: readonly (Phrase | null)[]): Phrase | null {
  return notes.every((note) => note === null) ? null : sentences(...notes);
}

function keptNote(differing: readonly KeptColumn[], stored: StoredEntry): Phrase | null {
  if (differing.length === 0) return null;
  const values = differing.map((column) => `${column} ${stored[column]}`);
  return phrase`An import does not change these stored values: ${values.join(', ')}.`;
}

/** Returns the values that a row replaces, because nothing else records them. */
function changedNote(before: StoredEntry | undefined, after: StoredEntry): Phrase | null {
  if (before === undefined) return null;
  const values = (['name', 'price'] as const)
    .filter((column) => before[column] !== after[column])
    .map((column) => `${column} ${before[column]}`);
  return values.length === 0 ? null : phrase`Previous values: ${values.join(', ')}.`;
}

function countsOf(results: readonly ImportResult[], ignored: readonly KeptColumn[]): ImportCounts {
  const counts = { ...NO_ROWS };
  for (const { action } of results) counts[action]++;
  counts.stockIgnored = ignored.filter((column) => column === 'stock').length;
  return counts;
}

/** Returns only the values that differ, so that an import does not undo a change that another command makes meanwhile. */
function changeOf({ id, name, price }: StoredEntry, before: StoredEntry | undefined): EntryChange {
  return { id, name: name === before?.name ? null : name, price: price === before?.price ? null : price };
}

function nameOf({ id, reference }: StoredEntry): string | number {
  return id ?? reference ?? '';
}

/**
 * Returns the entry after a row: the same object if the row changes nothing. A missing field keeps its value. Cells are
 * trimmed, so a name that differs from the stored name only by spaces at its ends counts as the same.
 */
function entryAfter(row: ReadableRow, before: StoredEntry): StoredEntry {
  const name = row.name === null || row.name === trimmed(before.name) ? before.name : row.name;
  const price = row.price ?? before.price;
  return name === before.name && price === before.price ? before : { ...before, name, price };
}

/**
 * Creates the entry for a row that matches no stored entry. Refuses the row if it lacks a field, if it has no reference, or if
 * it has a new reference but the id and the name of a stored entry.
 */
function newEntry(kind: ImportKind, row: ReadableRow, stored: StoredEntries): StoredEntry | RefusedRow {
  const { entry, name, price, stock } = row;
  if (typeof entry === 'number')
    return refusedRow(row, invalid('id', phrase`${entry} is unknown, so a reference is required`));
  const listed = row.listedId === null ? undefined : stored.get(row.listedId);
  if (listed !== undefined && isSameEntry(listed, row)) return refusedRow(row, referenceChanged(kind, listed, entry));
  if (name === null) return refusedRow(row, invalid('name', phrase('is missing')));
  if (kind === 'product' && price === null) return refusedRow(row, invalid('price', phrase('is missing')));
  if (kind === 'product' && stock === null)
    return refusedRow(row, invalid('stock', phrase('is required for a new product')));
  if (stock instanceof ShopError) return refusedRow(row, stock);
  return { id: null, reference: entry, name, price, stock, balance: 0, blocked: 'false', retired: 'false' };
}

/**
 * Returns true if the entry with the row's id also has the row's name. In that case the row is from a printed list, and someone
 * has edited its reference. An equal id alone does not show this, because the list of another shop has the same ids for other
 * entries.
 */
function isSameEntry(listed: StoredEntry, { name }: ReadableRow): boolean {
  return name === trimmed(listed.name);
}

function referenceChanged(kind: ImportKind, { id, reference }: StoredEntry, wanted: string): ShopError {
  const reason =
    reference === null
      ? phrase`${id} has no reference yet; set it with \`shop ${kind} edit ${id} --reference '${wanted}'\`, or leave id empty to create another one`
      : phrase`${id} has the reference ${reference}, which can't be changed; leave id empty to create another one`;
  return invalid('id', reason);
}
