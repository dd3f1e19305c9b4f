import { randomBytes } from 'node:crypto';
import { type FileHandle, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Format } from '../../cli/global-options.ts';
import { ListText } from '../../cli/output/list-text.ts';
import { PLAIN } from '../../cli/output/page.ts';
import type { BatchResult } from '../../domain/batches/report.ts';
import { ShopError } from '../../domain/errors.ts';
import { invalid } from '../../domain/input.ts';
import { phrase } from '../../domain/phrase.ts';
import { RESULTS } from './view.ts';

/**
 * The file of `--results`. It is written beside its path and moved there when it is complete, so that the path never holds an
 * incomplete file.
 */
export class ResultsFile {
  readonly #path: string;
  readonly #unfinished: string;
  readonly #handle: FileHandle;

  private constructor(path: string, unfinished: string, handle: FileHandle) {
    this.#path = path;
    this.#unfinished = unfinished;
    this.#handle = handle;
  }

  /**
   * Creates the unfinished file. Call this before anything is sent, so that errors are found early.
   *
   * @param input the path of the input file, which must not be overwritten.
   * @throws ShopError `INVALID_INPUT` if the file can't be written.
   */
  static async create(path: string, input: string): Promise<ResultsFile> {
    const { target, mode } = await targetOf(path, input);
    const unfinished = join(dirname(target), `.${basename(target).slice(0, 100)}.${randomBytes(4).toString('hex')}`);
    try {
      const handle = await open(unfinished, 'wx', mode);
      // keeps the mode of an existing file, which the umask would change
      if (mode !== undefined) await handle.chmod(mode);
      return new ResultsFile(target, unfinished, handle);
    } catch (error) {
      throw invalid('--results', phrase`can't be written: ${reasonOf(error)}`);
    }
  }

  /**
   * Writes all rows and moves the file to its path.
   *
   * @throws ShopError `OUTPUT_FAILED` if the disk is full or the folder is gone. The rows have been sent in any case.
   */
  async write(results: AsyncIterable<readonly BatchResult[]>): Promise<void> {
    const text = new ListText(RESULTS, formatOf(this.#path), PLAIN);
    for await (const rows of results) await this.#append(await text.next(rows));
    await this.#append(await text.end());
    await this.#handle.sync().catch((cause) => this.#failed(cause));
    await this.#handle.close().catch((cause) => this.#failed(cause));
    await rename(this.#unfinished, this.#path).catch((cause) => this.#failed(cause));
  }

  async #append(text: string): Promise<void> {
    // unlike write(), appendFile() continues after a partial write
    await this.#handle.appendFile(text).catch((cause) => this.#failed(cause));
  }

  #failed(cause: unknown): never {
    const reason = reasonOf(cause);
    const message = phrase`${this.#path} could not be written completely: ${reason}.`;
    const hint = phrase('The rows have been sent; run the same command again for their outcomes.');
    throw new ShopError('OUTPUT_FAILED', { reason }, { message, hint, cause });
  }

  /** Deletes the unfinished file. */
  async discard(): Promise<void> {
    await this.#handle.close().catch(() => {});
    await rm(this.#unfinished, { force: true });
  }
}

/**
 * Resolves links in the path, and returns the mode of an existing file. Rejects a path that is not a regular file (a folder,
 * `/dev/stdout`), and the path of the input file.
 */
async function targetOf(path: string, input: string): Promise<{ target: string; mode?: number }> {
  if (path === '' || /[/\\]$/.test(path)) throw invalid('--results', phrase('must name a file'));
  const known = await stat(path).catch(() => null);
  if (known === null) return { target: path };
  if (!known.isFile()) throw invalid('--results', phrase`must name a file; ${path} is not a regular file`);
  const read = await stat(input === '-' ? '/dev/stdin' : input).catch(() => null);
  if (known.dev === read?.dev && known.ino === read.ino)
    throw invalid('--results', phrase`would overwrite the input file: ${path}`);
  return { target: await realpath(path), mode: known.mode & 0o777 };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Chooses the format by the file extension, CSV by default. */
function formatOf(path: string): Format {
  if (/\.(jsonl|ndjson)$/i.test(path)) return 'jsonl';
  return /\.tsv$/i.test(path) ? 'tsv' : 'csv';
}
