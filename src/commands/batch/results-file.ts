import { randomBytes } from 'node:crypto';
import { type FileHandle, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Format } from '../../cli/global-options.ts';
import { present } from '../../cli/output/formats.ts';
import { PLAIN } from '../../cli/output/page.ts';
import { answer } from '../../cli/output/view.ts';
import type { BatchResult } from '../../domain/batches/report.ts';
import { ShopError } from '../../domain/errors.ts';
import { invalid } from '../../domain/input.ts';
import { phrase } from '../../domain/phrase.ts';
import { RESULTS } from './view.ts';

/**
 * The file that `--results` names: written beside its place and moved there when it is whole, so that nobody ever finds
 * half of it.
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
   * Asked before anything is sent.
   *
   * @param input the file of the rows, which must not be lost.
   * @throws ShopError `INVALID_INPUT` where it can't be written there.
   */
  static async create(path: string, input: string): Promise<ResultsFile> {
    const { target, mode } = await targetOf(path, input);
    const unfinished = join(dirname(target), `.${basename(target).slice(0, 100)}.${randomBytes(4).toString('hex')}`);
    try {
      const handle = await open(unfinished, 'wx', mode);
      // the mode of a file that exists is kept, whatever the umask is
      if (mode !== undefined) await handle.chmod(mode);
      return new ResultsFile(target, unfinished, handle);
    } catch (error) {
      throw invalid('--results', phrase`can't be written: ${reasonOf(error)}`);
    }
  }

  /**
   * Writes all rows, and puts the file in its place.
   *
   * @throws ShopError `OUTPUT_FAILED` where the disk is full by then, or the folder gone; what was sent stays sent.
   */
  async write(results: AsyncIterable<readonly BatchResult[]>): Promise<void> {
    const format = formatOf(this.#path);
    let first = true;
    for await (const rows of results) {
      const text = await present(answer(rows, RESULTS), format, PLAIN);
      // each piece comes with a header of its own
      await this.#append(first || format === 'jsonl' ? text : text.slice(text.indexOf('\n') + 1));
      first = false;
    }
    if (first) await this.#append(await present(answer([], RESULTS), format, PLAIN));
    await this.#handle.sync().catch((cause) => this.#failed(cause));
    await this.#handle.close().catch((cause) => this.#failed(cause));
    await rename(this.#unfinished, this.#path).catch((cause) => this.#failed(cause));
  }

  async #append(text: string): Promise<void> {
    // unlike write(), it goes on where a disk takes a part at first
    await this.#handle.appendFile(text).catch((cause) => this.#failed(cause));
  }

  #failed(cause: unknown): never {
    const reason = reasonOf(cause);
    const message = phrase`${this.#path} could not be written whole: ${reason}.`;
    const hint = phrase('The rows have been sent; give the same command again for their outcomes.');
    throw new ShopError('OUTPUT_FAILED', { reason }, { message, hint, cause });
  }

  /** Leaves nothing behind where it was not written whole. */
  async discard(): Promise<void> {
    await this.#handle.close().catch(() => {});
    await rm(this.#unfinished, { force: true });
  }
}

/**
 * The path behind links, and the mode of the file that is there. What is no file (a folder, `/dev/stdout`) must not be
 * replaced by one, nor must the input, under any of its names.
 */
async function targetOf(path: string, input: string): Promise<{ target: string; mode?: number }> {
  if (path === '' || /[/\\]$/.test(path)) throw invalid('--results', phrase('must name a file'));
  const known = await stat(path).catch(() => null);
  if (known === null) return { target: path };
  if (!known.isFile()) throw invalid('--results', phrase`must name a file: ${path} is something else`);
  const read = await stat(input === '-' ? '/dev/stdin' : input).catch(() => null);
  if (known.dev === read?.dev && known.ino === read.ino)
    throw invalid('--results', phrase`would replace the file that is read: ${path}`);
  return { target: await realpath(path), mode: known.mode & 0o777 };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** By the ending of its name; CSV where that says nothing. */
function formatOf(path: string): Format {
  if (/\.(jsonl|ndjson)$/i.test(path)) return 'jsonl';
  return /\.tsv$/i.test(path) ? 'tsv' : 'csv';
}
