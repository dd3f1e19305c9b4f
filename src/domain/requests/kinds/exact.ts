/** Returns a number if a double holds it exactly, and otherwise a string of digits. */
export function exact(value: bigint): number | string {
  return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
}
