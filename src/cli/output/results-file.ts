import { randomBytes } from 'node:crypto';
import { type FileHandle, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ShopError } from '../../domain/errors.ts';
import { invalid } from '../../domain/input.ts';
import { type Phrase, phrase } from '../../domain/phrase.ts';
import type { Context } from '../context.ts';
import { ListText } from './list-text.ts';
import { PLAIN } from './page.ts';
import type { ResultsTarget } from './results-option.ts';
import type { ListView } from './view.ts';

/** The columns of a results file, and the input file. */
interface ResultsSpec<Row> {
  readonly view: ListView<readonly Row[], Row>;
  /** The path of the input file, which must not be overwritten. */
  readonly input: string;
  /** The hint of the error if the file can't be completed. */
  readonly ifFailed: Phrase;
}

/**
 * The file of `--results`. Rows are written to a temporary file in the same folder. That file is renamed when it is
 * complete, so that the path never holds an incomplete file.
 */
export class ResultsFile<Row> {
  readonly #target: ResultsTarget;
  readonly #spec: ResultsSpec<Row>;
  readonly #unfinished: string;
  readonly #handle: FileHandle;
  readonly #text: ListText<Row>;

  private constructor(
    target: ResultsTarget,
    spec: ResultsSpec<Row>,
    { unfinished, handle }: { readonly unfinished: string; readonly handle: FileHandle },
  ) {
    this.#target = target;
    this.#spec = spec;
    this.#unfinished = unfinished;
    this.#handle = handle;
    this.#text = new ListText(spec.view, target.format, PLAIN);
  }

  /**
   * Creates the temporary file. If it is not completed, it is deleted when the command ends. Call this before anything
   * is sent, so that errors are found early.
   *
   * @param target undefined if no file is requested; null is then returned.
   * @throws ShopError `INVALID_INPUT` if the file can't be written.
   */
  static async create<Row>(
    context: Pick<Context, 'release'>,
    target: ResultsTarget | undefined,
    spec: ResultsSpec<Row>,
  ): Promise<ResultsFile<Row> | null> {
    if (target === undefined) return null;
    const { path, mode } = await resolved(target.path, spec.input);
    const unfinished = join(dirname(path), `.${basename(path).slice(0, 100)}.${randomBytes(4).toString('hex')}`);
    try {
      const handle = await open(unfinished, 'wx', mode);
      const file = new ResultsFile({ ...target, path }, spec, { unfinished, handle });
      context.release(() => file.#discard());
      // open() applies the umask, but an existing file must keep its mode
      if (mode !== undefined) await handle.chmod(mode);
      return file;
    } catch (error) {
      throw invalid('--results', phrase`can't be written: ${reasonOf(error).replace(unfinished, () => path)}`);
    }
  }

  /** Adds rows. @throws ShopError `OUTPUT_FAILED` if the disk is full. */
  async append(rows: readonly Row[]): Promise<void> {
    await this.#write(await this.#text.next(rows));
  }

  /** Moves the complete file to its path. @throws ShopError `OUTPUT_FAILED` if the disk is full or the folder is gone. */
  async finish(): Promise<void> {
    await this.#write(await this.#text.end());
    await this.#handle.sync().catch((cause) => this.#failed(cause));
    await this.#handle.close().catch((cause) => this.#failed(cause));
    await rename(this.#unfinished, this.#target.path).catch((cause) => this.#failed(cause));
  }

  async #write(text: string): Promise<void> {
    // unlike write(), appendFile() continues after a partial write
    await this.#handle.appendFile(text).catch((cause) => this.#failed(cause));
  }

  #failed(cause: unknown): never {
    const reason = reasonOf(cause);
    const message = phrase`${this.#target.path} could not be written completely: ${reason}.`;
    throw new ShopError('OUTPUT_FAILED', { reason }, { message, hint: this.#spec.ifFailed, cause });
  }

  /** Deletes the temporary file. */
  async #discard(): Promise<void> {
    await this.#handle.close().catch(() => {});
    await rm(this.#unfinished, { force: true });
  }
}

/**
 * Resolves links in the path, and returns the mode of an existing file. Rejects a path that is not a regular file (a folder,
 * `/dev/stdout`), and the path of the input file.
 */
async function resolved(path: string, input: string): Promise<{ path: string; mode?: number }> {
  const known = await stat(path).catch(() => null);
  if (known === null) return { path };
  if (!known.isFile()) throw invalid('--results', phrase`must name a file; ${path} is not a regular file`);
  const read = await stat(input === '-' ? '/dev/stdin' : input).catch(() => null);
  if (known.dev === read?.dev && known.ino === read.ino)
    throw invalid('--results', phrase`would overwrite the input file: ${path}`);
  return { path: await realpath(path), mode: known.mode & 0o777 };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
