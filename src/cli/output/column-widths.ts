import { GAP } from './align.ts';

/** Natural and minimum width of a column. */
export interface ColumnSize {
  readonly name: string;
  /** Width of the column's title or its widest cell. */
  readonly natural: number;
  /** Minimum width; `natural` if the column must not be cut. */
  readonly least: number;
}

/**
 * Fits columns into `width`.
 *
 * Columns shrink to their minimum widths, one after another: first the optional columns, beginning with the least
 * important one, and then the others, from right to left. If shrinking is not enough, optional columns are left out.
 * The most important ones that fit are kept.
 *
 * @param spare names of optional columns, the least important first.
 * @returns widths by name, without the columns that are left out; null if the required columns do not fit either.
 */
export function fitColumns(
  columns: readonly ColumnSize[],
  width: number,
  spare: readonly string[],
): Map<string, number> | null {
  const all = shrink(columns, width, spare);
  if (all !== null) return all;
  let shown = columns.filter(({ name }) => !spare.includes(name));
  let widths = shrink(shown, width, spare);
  if (widths === null) return null;
  for (const name of spare.toReversed()) {
    const more = columns.filter((column) => column.name === name || shown.includes(column));
    const wider = shrink(more, width, spare);
    if (wider !== null) [shown, widths] = [more, wider];
  }
  return widths;
}

function shrink(columns: readonly ColumnSize[], width: number, spare: readonly string[]): Map<string, number> | null {
  const widths = new Map(columns.map(({ name, natural }) => [name, natural]));
  let excess = columns.reduce((sum, { natural }) => sum + natural + GAP.length, -GAP.length) - width;
  for (const { name, natural, least } of byImportance(columns, spare)) {
    if (excess <= 0) break;
    const given = Math.min(excess, natural - least);
    widths.set(name, natural - given);
    excess -= given;
  }
  return excess <= 0 ? widths : null;
}

function byImportance(columns: readonly ColumnSize[], spare: readonly string[]): ColumnSize[] {
  const rank = (name: string) => (spare.includes(name) ? spare.indexOf(name) : spare.length);
  return columns.toReversed().sort((one, other) => rank(one.name) - rank(other.name));
}
