import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Phrase, phrase } from '../../domain/phrase.ts';

/** So many lines can be called up again. */
export const HISTORY_LINES = 1_000;

/**
 * The lines that were typed at the prompt, of this shell and those before it. They are kept in a file that only its
 * owner can read; where that can't be done, in memory alone.
 */
export class History {
  readonly #file: string | null;
  #lines: string[];
  #problem: string | Phrase | null = null;

  private constructor(file: string | null, lines: string[]) {
    this.#file = file;
    this.#lines = lines;
  }

  /** Reads what is kept in `file`, which is made with its folder if it is missing; null keeps lines in memory alone. */
  static async open(file: string | null): Promise<History> {
    const history = new History(file, []);
    await history.#keep(async (file) => {
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      const text = await inOwnFile(file, 'a+', (handle) => handle.readFile('utf8'));
      const lines = text.split('\n').filter((line) => line !== '');
      history.#lines = lines.slice(-HISTORY_LINES);
      if (lines.length > 2 * HISTORY_LINES) await history.#shorten(file);
    });
    return history;
  }

  /** Newest first. */
  get newestFirst(): string[] {
    return this.#lines.toReversed();
  }

  /** Why nothing is kept in the file; null where it is. */
  get problem(): string | Phrase | null {
    return this.#problem;
  }

  /** Adds a line, unless it is blank or the last one again. */
  async add(line: string): Promise<void> {
    if (line.trim() === '' || line === this.#lines.at(-1)) return;
    this.#lines = [...this.#lines, line].slice(-HISTORY_LINES);
    // at once, and at the end: other shells write there, too
    await this.#keep((file) => inOwnFile(file, 'a', (handle) => handle.appendFile(`${line}\n`)));
  }

  async #shorten(file: string): Promise<void> {
    const shorter = `${file}.${process.pid}`;
    try {
      await inOwnFile(shorter, 'wx', (handle) => handle.writeFile(this.#lines.map((line) => `${line}\n`).join('')));
      await rename(shorter, file);
    } finally {
      await rm(shorter, { force: true });
    }
  }

  async #keep(work: (file: string) => Promise<void>): Promise<void> {
    if (this.#file === null) this.#problem = phrase('there is no home folder; XDG_STATE_HOME can name another one');
    if (this.#file === null || this.#problem !== null) return;
    try {
      await work(this.#file);
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
