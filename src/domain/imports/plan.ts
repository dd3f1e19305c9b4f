import { ShopError } from '../errors.ts';
import { invalid } from '../input.ts';
import { phrase } from '../phrase.ts';
import { trimmed } from '../trim.ts';
import { type ImportKind, type ImportRow, isRefused, type ReadableRow, type RefusedRow, refusedRow } from './row.ts';

/** Numbers of rows by result. */
export interface ImportCounts {
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly refused: number;
  /** Rows with another stock than that of their existing product, which an import does not change. */
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

/** The stored state of a user or product. */
export interface StoredEntry {
  /** The id; null if the user or product is not stored yet. */
  readonly id: number | null;
  readonly reference: string | null;
  readonly name: string;
  /** The price; null for a user. */
  readonly price: number | null;
  /** The stock; null for a user. */
  readonly stock: number | null;
}

/** The stored entries that rows name, by id and by reference. */
export type StoredEntries = ReadonlyMap<string | number, StoredEntry>;

/** Returns a map with these entries by id and by reference. If an entry occurs more than once, the last one is kept. */
export function byName(entries: Iterable<StoredEntry>): Map<string | number, StoredEntry> {
  const names = [...entries].flatMap((entry) => [[entry.id, entry] as const, [entry.reference, entry] as const]);
  return new Map(names.flatMap(([name, entry]) => (name === null ? [] : [[name, entry]])));
}

/** The new name and price of an entry. Null stands for a value that the import leaves as it is. */
export interface EntryChange {
  readonly id: number | null;
  readonly name: string | null;
  readonly price: number | null;
}

/** The changes that the rows of one chunk make. */
export interface ImportPlan {
  /** New entries, in file order. A new product has its initial stock. */
  readonly created: readonly StoredEntry[];
  /** Entries that get a new name or price, by ascending ids. */
  readonly changed: readonly StoredEntry[];
  /** What is written to these entries. */
  readonly changes: readonly EntryChange[];
  readonly counts: ImportCounts;
  readonly refused: readonly RefusedRow[];
}

/**
 * Decides what each row does. Each row sees the results of the rows before it, so a second row with the same reference is
 * compared with the first.
 *
 * @param stored the stored state before the first row.
 */
export function planImport(kind: ImportKind, rows: readonly ImportRow[], stored: StoredEntries): ImportPlan {
  const latest = new Map(stored);
  const refused: RefusedRow[] = [];
  let [unchanged, stockIgnored] = [0, 0];
  for (const row of rows) {
    const before = isRefused(row) ? undefined : latest.get(row.entry);
    const after = isRefused(row) ? row : entryAfter(kind, row, before);
    if (isRefused(after)) refused.push(after);
    else if (after === before) unchanged++;
    else for (const [name, entry] of byName([after])) latest.set(name, entry);
    if (!isRefused(row) && before !== undefined && row.stock !== null && row.stock !== before.stock) stockIgnored++;
  }
  const entries = [...new Set(latest.values())];
  const created = entries.filter((entry) => !stored.has(nameOf(entry)));
  const changed = entries.filter((entry) => stored.has(nameOf(entry)) && stored.get(nameOf(entry)) !== entry);
  return {
    created,
    changed: changed.sort((a, b) => (a.id ?? 0) - (b.id ?? 0)),
    changes: changed.map((entry) => changeOf(entry, stored.get(nameOf(entry)))),
    counts: {
      created: created.length,
      updated: rows.length - created.length - unchanged - refused.length,
      unchanged,
      refused: refused.length,
      stockIgnored,
    },
    refused,
  };
}

/** Returns only what differs, so that an import does not undo a change that another command makes meanwhile. */
function changeOf({ id, name, price }: StoredEntry, before: StoredEntry | undefined): EntryChange {
  return { id, name: name === before?.name ? null : name, price: price === before?.price ? null : price };
}

function nameOf({ id, reference }: StoredEntry): string | number {
  return id ?? reference ?? '';
}

/**
 * Returns the entry after a row: the same object if the row changes nothing. A missing field keeps its value. Cells are trimmed,
 * so a name that differs from the stored one only in this is the same.
 */
function entryAfter(kind: ImportKind, row: ReadableRow, before: StoredEntry | undefined): StoredEntry | RefusedRow {
  if (before === undefined) return newEntry(kind, row);
  const name = row.name === null || row.name === trimmed(before.name) ? before.name : row.name;
  const price = row.price ?? before.price;
  return name === before.name && price === before.price ? before : { ...before, name, price };
}

/** Creates the entry of a new reference, for which a row needs every field. */
function newEntry(kind: ImportKind, { line, entry, name, price, stock }: ReadableRow): StoredEntry | RefusedRow {
  if (typeof entry === 'number')
    return refusedRow(line, invalid('id', phrase`${entry} is unknown, so a reference is required`));
  if (name === null) return refusedRow(line, invalid('name', phrase('is missing')));
  if (kind === 'product' && price === null) return refusedRow(line, invalid('price', phrase('is missing')));
  if (kind === 'product' && stock === null)
    return refusedRow(line, invalid('stock', phrase('is required for a new product')));
  if (stock instanceof ShopError) return refusedRow(line, stock);
  return { id: null, reference: entry, name, price, stock };
}
