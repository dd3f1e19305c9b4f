import { ShopError } from '../errors.ts';
import { invalid } from '../input.ts';
import { phrase } from '../phrase.ts';
import { type ImportKind, type ImportRow, isRefused, type ReadableRow, type RefusedRow, refusedRow } from './row.ts';

/** Numbers of rows by result. */
export interface ImportCounts {
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly refused: number;
}

export const NO_ROWS: ImportCounts = { created: 0, updated: 0, unchanged: 0, refused: 0 };

/** Adds up the numbers of rows. */
export function addCounts(a: ImportCounts, b: ImportCounts): ImportCounts {
  return {
    created: a.created + b.created,
    updated: a.updated + b.updated,
    unchanged: a.unchanged + b.unchanged,
    refused: a.refused + b.refused,
  };
}

/** The stored state of a user or product, by its reference. */
export interface StoredEntry {
  /** The id; null if the user or product is not stored yet. */
  readonly id: number | null;
  readonly reference: string;
  readonly name: string;
  /** The price; null for a user. */
  readonly price: number | null;
}

/** A new product with its initial stock, or a new user. */
interface NewEntry extends StoredEntry {
  readonly id: null;
  /** The initial stock; null for a user. */
  readonly stock: number | null;
}

/** The changes that the rows of one chunk make. */
export interface ImportPlan {
  /** New entries, in file order. */
  readonly created: readonly NewEntry[];
  /** Entries that get a new name or price, by ascending ids. */
  readonly changed: readonly StoredEntry[];
  readonly counts: ImportCounts;
  readonly refused: readonly RefusedRow[];
}

/**
 * Decides what each row does. Each row sees the results of the rows before it, so a second row with the same reference is
 * compared with the first.
 *
 * @param stored the stored state before the first row, by reference.
 */
export function planImport(
  kind: ImportKind,
  rows: readonly ImportRow[],
  stored: ReadonlyMap<string, StoredEntry>,
): ImportPlan {
  const created = new Map<string, NewEntry>();
  const changed = new Map<string, StoredEntry>();
  const refused: RefusedRow[] = [];
  let unchanged = 0;
  for (const row of rows) {
    if (isRefused(row)) {
      refused.push(row);
      continue;
    }
    const { reference } = row;
    const fresh = created.get(reference);
    const before = fresh ?? changed.get(reference) ?? stored.get(reference);
    if (before === undefined) {
      const entry = newEntry(kind, row);
      if (isRefused(entry)) refused.push(entry);
      else created.set(reference, entry);
      continue;
    }
    const next = changesOf(before, row);
    if (next === null) unchanged++;
    else if (fresh === undefined) changed.set(reference, { ...before, ...next });
    else created.set(reference, { ...fresh, ...next });
  }
  return {
    created: [...created.values()],
    changed: [...changed.values()].sort((a, b) => (a.id ?? 0) - (b.id ?? 0)),
    counts: {
      created: created.size,
      updated: rows.length - created.size - unchanged - refused.length,
      unchanged,
      refused: refused.length,
    },
    refused,
  };
}

/** Returns the name and price after a row, or null if the row changes nothing. A missing field keeps its value. */
function changesOf(before: StoredEntry, row: ReadableRow): Pick<StoredEntry, 'name' | 'price'> | null {
  const name = row.name ?? before.name;
  const price = row.price ?? before.price;
  return name === before.name && price === before.price ? null : { name, price };
}

/** Creates the entry of a new reference, for which a row needs every field. */
function newEntry(kind: ImportKind, { line, reference, name, price, firstStock }: ReadableRow): NewEntry | RefusedRow {
  if (name === null) return refusedRow(line, invalid('name', phrase('is missing')));
  if (kind === 'product' && price === null) return refusedRow(line, invalid('price', phrase('is missing')));
  if (firstStock instanceof ShopError) return refusedRow(line, firstStock);
  return { id: null, reference, name, price, stock: firstStock };
}
