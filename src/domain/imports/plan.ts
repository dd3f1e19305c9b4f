import { ShopError } from '../errors.ts';
import { type ImportRow, isRefused, type RefusedRow, refusedRow } from './row.ts';

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
export function planImport(rows: readonly ImportRow[], stored: ReadonlyMap<string, StoredEntry>): ImportPlan {
  const created = new Map<string, NewEntry>();
  const changed = new Map<string, StoredEntry>();
  const refused: RefusedRow[] = [];
  let unchanged = 0;
  for (const row of rows) {
    if (isRefused(row)) {
      refused.push(row);
      continue;
    }
    const { line, reference, name, price, firstStock } = row;
    const fresh = created.get(reference);
    const before = fresh ?? changed.get(reference) ?? stored.get(reference);
    if (before?.name === name && before.price === price) unchanged++;
    else if (fresh !== undefined) created.set(reference, { ...fresh, name, price });
    else if (before !== undefined) changed.set(reference, { ...before, name, price });
    else if (firstStock instanceof ShopError) refused.push(refusedRow(line, firstStock));
    else created.set(reference, { id: null, reference, name, price, stock: firstStock });
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
