const TAB = 9;
export const LF = 10;
export const CR = 13;
export const SPACE = 32;
export const QUOTE = 34;
/** Ctrl-Z, which some old programs write at the end of a file. */
const END_OF_FILE = 26;
const BYTE_ORDER_MARK = Buffer.from('\ufeff');

/** Returns true for a byte that a blank line may contain. */
export function isBlank(byte: number | undefined): boolean {
  return byte === SPACE || byte === TAB || byte === CR || byte === LF || byte === END_OF_FILE;
}

/** Returns the bytes without a byte-order mark at the start. */
export function withoutByteOrderMark(bytes: Buffer): Buffer {
  const { length } = BYTE_ORDER_MARK;
  return bytes.subarray(0, length).equals(BYTE_ORDER_MARK) ? bytes.subarray(length) : bytes;
}

/** Returns the bytes without blanks and byte-order marks at the start. */
export function withoutBlankStart(bytes: Buffer): Buffer {
  const text = withoutByteOrderMark(bytes);
  const start = text.findIndex((byte) => !isBlank(byte));
  return start === -1 ? text.subarray(text.length) : text.subarray(start);
}
