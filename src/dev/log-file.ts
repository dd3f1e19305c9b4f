import { open, stat } from 'node:fs/promises';
import { lastLines } from './run.ts';

/**
 * Maximum number of bytes to read from the end of a log, because a log may be very large. Requested lines before these bytes are
 * not returned.
 */
const TAIL_BYTES = 256 * 1024;

/** Returns the size of the log in bytes, or 0 if there is none. Later lines start at this position. */
export async function logEnd(file: string): Promise<number> {
  const found = await stat(file).catch(() => null);
  return found?.size ?? 0;
}

/** Reads the log from byte `from`, but at most its last 256 KiB. Returns '' if there is no log. */
export async function readLog(file: string, from = 0): Promise<string> {
  const handle = await open(file, 'r').catch(() => null);
  if (handle === null) return '';
  try {
    const { size } = await handle.stat();
    const start = Math.max(from, size - TAIL_BYTES, 0);
    const buffer = Buffer.alloc(Math.max(0, size - start));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, start);
    return buffer.subarray(0, bytesRead).toString();
  } finally {
    await handle.close();
  }
}

/** Reads the last `count` lines of the part of the log that starts at byte `from`. */
export async function lastLogLines(file: string, count: number, from = 0): Promise<string[]> {
  return lastLines(await readLog(file, from), count);
}
