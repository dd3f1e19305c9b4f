/** Matches text that a spreadsheet would interpret as a formula, even if a guard (`'`) stands before it. */
const FORMULA = /^'*[=+\-@\t\r\n\uff0b\uff0d\uff1d\uff20]/;
const GUARDED = /^'+[=+\-@\t\r\n\uff0b\uff0d\uff1d\uff20]/;
const NUMBER = /^-?\d+$/;

/**
 * Puts a `'` before the text of a CSV cell that a spreadsheet would interpret as a formula. Numbers stay as they are.
 * `withoutGuard` undoes it.
 */
export function guardFormula(text: string): string {
  return FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
}

/** Removes the guard that `guardFormula` may have added to a cell. */
export function withoutGuard(cell: string): string {
  return GUARDED.test(cell) ? cell.slice(1) : cell;
}
