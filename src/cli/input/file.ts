import { ColumnNames } from './columns.ts';
import { type Content, hashChecked, openContent } from './content.ts';
import { csvRows, type Header, readHeader } from './csv.ts';
import { jsonRows } from './jsonl.ts';
import { type FileRow, LineReader, MAX_ROW_BYTES, type RowFile, type RowFileSpec, type RowFormat } from './rows.ts';
import { refuseOtherJson } from './wrong-format.ts';

/**
 * Opens a file of rows and reads its beginning, including the header of a CSV file. Memory use does not depend on the
 * size of the file.
 *
 * @param stdin null if the command must not read it.
 * @param signal aborts all reading, also by `rows`; its reason is thrown.
 * @throws ShopError `INVALID_INPUT` with the field `file` if the file can't be read or is not UTF-8 text, or if a CSV
 * file's header is missing or does not match `spec`.
 */
export async function openRowFile(
  spec: RowFileSpec,
  stdin: NodeJS.ReadableStream | null,
  signal: AbortSignal,
): Promise<RowFile> {
  signal.throwIfAborted();
  const names = new ColumnNames(spec);
  const content = await openContent(spec, stdin, signal);
  try {
    return new OpenRowFile(content, spec, names, await begin(content, spec, names, signal), signal);
  } catch (error) {
    await content.handle.close();
    throw error;
  }
}

/** A pass over the content, from its start to its end. The header, if there is one, has already been read. */
interface Pass {
  readonly lines: LineReader;
  readonly format: RowFormat;
  readonly header: Header | null;
}

async function begin(content: Content, spec: RowFileSpec, names: ColumnNames, signal: AbortSignal): Promise<Pass> {
  const lines = new LineReader(hashChecked(content, signal), content.bytes);
  await lines.fill();
  lines.skipByteOrderMark();
  const line = lines.firstLine(MAX_ROW_BYTES);
  const format = content.format ?? spec.format ?? formatOf(spec.path, line);
  if (format === 'csv') return { lines, format, header: await readHeader(lines, names, spec.delimiter) };
  refuseOtherJson(line.toString().trimEnd(), spec.path);
  return { lines, format, header: null };
}

class OpenRowFile implements RowFile {
  readonly #content: Content;
  readonly #spec: RowFileSpec;
  readonly #names: ColumnNames;
  readonly #signal: AbortSignal;
  #pass: Pass;

  constructor(content: Content, spec: RowFileSpec, names: ColumnNames, pass: Pass, signal: AbortSignal) {
    this.#content = content;
    this.#spec = spec;
    this.#names = names;
    this.#pass = pass;
    this.#signal = signal;
  }

  get format(): RowFormat {
    return this.#pass.format;
  }

  get hash(): string {
    return this.#content.hash;
  }

  get bytes(): number {
    return this.#content.bytes;
  }

  get header(): readonly (string | null)[] | null {
    return this.#pass.header?.columns ?? null;
  }

  get bytesRead(): number {
    return this.#pass.lines.position;
  }

  async *rows(): AsyncGenerator<readonly FileRow[]> {
    this.#pass = await begin(this.#content, this.#spec, this.#names, this.#signal);
    const { lines, header } = this.#pass;
    for await (const chunk of header === null ? jsonRows(lines, this.#names) : csvRows(lines, header)) {
      this.#signal.throwIfAborted();
      yield chunk;
    }
  }

  async close(): Promise<void> {
    await this.#content.handle.close();
  }
}

const OPEN_BRACE = '{'.charCodeAt(0);
const OPEN_BRACKET = '['.charCodeAt(0);

function formatOf(path: string, line: Buffer): RowFormat {
  const isJson = line[0] === OPEN_BRACE || line[0] === OPEN_BRACKET;
  if (/\.csv(\.gz)?$/i.test(path)) return 'csv';
  if (/\.(jsonl|ndjson)(\.gz)?$/i.test(path)) return 'jsonl';
  return isJson ? 'jsonl' : 'csv';
}
