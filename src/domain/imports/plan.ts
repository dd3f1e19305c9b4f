import { ShopError } from '../errors.ts';
import { type ImportRow, isRefused, type RefusedRow, refusedRow } from './row.ts';

/** How many rows came to what. */
export interface ImportCounts {
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly refused: number;
}

/** A user or product as it stands under its reference. */
export interface Standing {
  /** Null where it is not stored. */
  readonly id: number | null;
  readonly reference: string;
  readonly name: string;
  /** Null for a user. */
  readonly price: number | null;
}

/** A product that is to be stored, with its first stock; or a user. */
interface NewEntry extends Standing {
  readonly id: null;
  /** Null for a user. */
  readonly stock: number | null;
}

/** What the rows of one piece of a file come to. */
export interface ImportPlan {
  /** In the order of the file. */
  readonly created: readonly NewEntry[];
  /** Those that get another name or price, by ascending ids. */
  readonly changed: readonly Standing[];
  readonly counts: ImportCounts;
  readonly refused: readonly RefusedRow[];
}

/**
 * Decides what each row does, one after another, each seeing what those before it leave: the second row of a reference
 * counts against the first.
 *
 * @param standing by reference, before the first row.
 */
export function planImport(rows: readonly ImportRow[], standing: ReadonlyMap<string, Standing>): ImportPlan {
  const created = new Map<string, NewEntry>();
  const changed = new Map<string, Standing>();
  const refused: RefusedRow[] = [];
  let unchanged = 0;
  for (const row of rows) {
    if (isRefused(row)) {
      refused.push(row);
      continue;
    }
    const { line, reference, name, price, firstStock } = row;
    const fresh = created.get(reference);
    const before = fresh ?? changed.get(reference) ?? standing.get(reference);
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
