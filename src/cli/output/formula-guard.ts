/** What a spreadsheet would begin a formula with, and what it passes over before one; `'` for what was guarded before. */
const FORMULA = /^'*[=+\-@\t\r\n\uff0b\uff0d\uff1d\uff20]/;
const GUARDED = /^'+[=+\-@\t\r\n\uff0b\uff0d\uff1d\uff20]/;
const NUMBER = /^-?\d+$/;

/**
 * Text for a cell of CSV, with a `'` before what a spreadsheet would take for a formula; digits stay a number.
 * `withoutGuard` gives the same text back.
 */
export function guardFormula(text: string): string {
  return FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
}

/** The text of a cell that `guardFormula` may have written. */
export function withoutGuard(cell: string): string {
  return GUARDED.test(cell) ? cell.slice(1) : cell;
}
