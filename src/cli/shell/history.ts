import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Phrase, phrase } from '../../domain/phrase.ts';

/** The maximum number of lines in the history. */
export const HISTORY_LINES = 1_000;

/**
 * The lines that were typed at the prompt, in this shell and in earlier ones. They are kept in a file that only its
 * owner can read, or only in memory if that file can't be used.
 */
export class History {
  readonly #file: string | null;
  #lines: string[];
  #problem: string | Phrase | null = null;

  private constructor(file: string | null, lines: string[]) {
    this.#file = file;
    this.#lines = lines;
  }

  /** Reads `file`, which is created with its folder if it is missing. Null keeps lines only in memory. */
  static async open(file: string | null): Promise<History> {
    const history = new History(file, []);
    await history.#useFile(async (file) => {
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      const text = await inOwnFile(file, 'a+', (handle) => handle.readFile('utf8'));
      const lines = text.split('\n').filter((line) => line !== '');
      history.#lines = lines.slice(-HISTORY_LINES);
      if (lines.length > 2 * HISTORY_LINES) await history.#shorten(file);
    });
    return history;
  }

  /** The lines in the order that `readline` expects. */
  get newestFirst(): string[] {
    return this.#lines.toReversed();
  }

  /** The reason why lines are not saved in the file; null if they are. */
  get problem(): string | Phrase | null {
    return this.#problem;
  }

  /** Adds a line, unless it is blank or the same as the last one. */
  async add(line: string): Promise<void> {
    if (line.trim() === '' || line === this.#lines.at(-1)) return;
    this.#lines = [...this.#lines, line].slice(-HISTORY_LINES);
    // the line is appended immediately, because other shells append to the same file
    await this.#useFile((file) => inOwnFile(file, 'a', (handle) => handle.appendFile(`${line}\n`)));
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

  async #useFile(work: (file: string) => Promise<void>): Promise<void> {
    if (this.#file === null) this.#problem = phrase('there is no home folder; set XDG_STATE_HOME to a folder');
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
    // the file may be a link to /dev/null, for a user who wants no history; the mode of /dev/null must not change
    if ((await handle.stat()).isFile()) await handle.chmod(0o600);
    return await work(handle);
  } finally {
    await handle.close();
  }
}
