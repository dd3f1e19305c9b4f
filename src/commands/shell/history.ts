import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** So many lines can be called up again. */
export const HISTORY_LINES = 1_000;

/**
 * The lines that were typed at the prompt, of this shell and those before it. They are kept in a file that only its
 * owner can read; where that can't be done, in memory alone.
 */
export class History {
  readonly #file: string;
  #lines: string[];
  #problem: string | null = null;

  private constructor(file: string, lines: string[]) {
    this.#file = file;
    this.#lines = lines;
  }

  /** Reads what is kept in `file`; it and its folder are made where they are not there. */
  static async open(file: string): Promise<History> {
    const history = new History(file, []);
    await history.#keep(async () => {
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      const text = await inOwnFile(file, 'a+', (handle) => handle.readFile('utf8'));
      const lines = text.split('\n').filter((line) => line !== '');
      history.#lines = lines.slice(-HISTORY_LINES);
      if (lines.length > 2 * HISTORY_LINES) await history.#shorten();
    });
    return history;
  }

  /** Newest first. */
  get newestFirst(): string[] {
    return this.#lines.toReversed();
  }

  /** Why nothing is kept in the file; null where it is. */
  get problem(): string | null {
    return this.#problem;
  }

  /** Adds a line, unless it is blank or the last one again. */
  async add(line: string): Promise<void> {
    if (line.trim() === '' || line === this.#lines.at(-1)) return;
    this.#lines = [...this.#lines, line].slice(-HISTORY_LINES);
    // at once, and at the end: other shells write there, too
    await this.#keep(() => inOwnFile(this.#file, 'a', (handle) => handle.appendFile(`${line}\n`)));
  }

  async #shorten(): Promise<void> {
    const shorter = `${this.#file}.${process.pid}`;
    try {
      await inOwnFile(shorter, 'wx', (handle) => handle.writeFile(this.#lines.map((line) => `${line}\n`).join('')));
      await rename(shorter, this.#file);
    } finally {
      await rm(shorter, { force: true });
    }
  }

  async #keep(work: () => Promise<void>): Promise<void> {
    if (this.#problem !== null) return;
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Error && 'code' in error)) throw error;
      this.#problem = error.message;
    }
  }
}

async function inOwnFile<T>(file: string, flags: string, work: (handle: FileHandle) => Promise<T>): Promise<T> {
  const handle = await open(file, flags, 0o600);
  try {
    // who wants no history has made it a link to /dev/null, whose mode is to stay
    if ((await handle.stat()).isFile()) await handle.chmod(0o600);
    return await work(handle);
  } finally {
    await handle.close();
  }
}
