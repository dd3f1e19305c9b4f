import { randomBytes } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { BatchResult } from '../domain/batch-report.ts';
import { invalid } from '../domain/input.ts';
import { RESULTS } from './batch-view.ts';
import type { Format } from './options.ts';
import { present } from './present/present.ts';
import { answer } from './present/view.ts';

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

  /** @throws ShopError `INVALID_INPUT` where it can't be written there; asked before anything is sent. */
  static async create(path: string): Promise<ResultsFile> {
    const unfinished = join(dirname(path), `.${basename(path)}.${randomBytes(4).toString('hex')}`);
    try {
      return new ResultsFile(path, unfinished, await open(unfinished, 'wx'));
    } catch (error) {
      throw invalid('--results', `can't be written: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** Writes all rows, and puts the file in its place. */
  async write(results: AsyncIterable<readonly BatchResult[]>): Promise<void> {
    const format = formatOf(this.#path);
    let first = true;
    for await (const rows of results) {
      const text = await present(answer(rows, RESULTS), format, false);
      // each piece comes with a header of its own
      await this.#handle.write(first || format === 'jsonl' ? text : text.slice(text.indexOf('\n') + 1));
      first = false;
    }
    if (first) await this.#handle.write(await present(answer([], RESULTS), format, false));
    await this.#handle.sync();
    await this.#handle.close();
    await rename(this.#unfinished, this.#path);
  }

  /** Leaves nothing behind where it was not written whole. */
  async discard(): Promise<void> {
    await this.#handle.close().catch(() => {});
    await rm(this.#unfinished, { force: true });
  }
}

/** By the ending of its name; CSV where that says nothing. */
function formatOf(path: string): Format {
  if (/\.(jsonl|ndjson)$/i.test(path)) return 'jsonl';
  return /\.tsv$/i.test(path) ? 'tsv' : 'csv';
}
