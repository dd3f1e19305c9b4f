import { open, stat } from 'node:fs/promises';
import { lastLines } from './run.ts';

/** More than the lines that are asked for ever take, without reading a log of months. */
const TAIL_BYTES = 256 * 1024;

/** Size of the log in bytes, 0 where there is none: what is written after now starts there. */
export async function logEnd(file: string): Promise<number> {
  const found = await stat(file).catch(() => null);
  return found?.size ?? 0;
}

/** The end of the log, at most its last 256 KiB and nothing before byte `from`; empty where there is none. */
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

/** The last `count` lines of the log that were written at or after byte `from`. */
export async function lastLogLines(file: string, count: number, from = 0): Promise<string[]> {
  return lastLines(await readLog(file, from), count);
}
