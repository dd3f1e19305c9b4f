import { GAP } from './align.ts';

/** What a column takes, and with how little it can do. */
export interface ColumnSize {
  readonly name: string;
  /** Columns of the terminal, as long as its longest cell. */
  readonly natural: number;
  /** `natural` where nothing of it may be cut off. */
  readonly least: number;
}

/**
 * How wide each column gets, so that a line takes no more than `width`.
 *
 * Texts shrink first, those that can be spared before the others, and among these from right to left. Where that is not
 * enough, columns are left out, as few as possible, and the others have their place.
 *
 * @param spare names of columns that can be left out, the least important first.
 * @returns widths by name, without the columns that are left out; null where even those that stay do not fit.
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
