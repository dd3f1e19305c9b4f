import type { Format } from '../global-options.ts';
import { toJson } from './json.ts';
import type { ListTable } from './list-table.ts';
import type { Page } from './page.ts';
import { cellsOf, headerOf, separated } from './separated.ts';
import type { ListView } from './view.ts';

/**
 * Formats a list one chunk at a time. The result is the same as if the whole list were formatted at once, except that the
 * columns of a table may become wider from one chunk to the next.
 */
export class ListText<Row> {
  readonly #view: ListView<unknown, unknown>;
  readonly #format: Format;
  readonly #page: Page;
  #started = false;
  #table: ListTable | null = null;

  constructor(view: ListView<readonly Row[], Row>, format: Format, page: Page) {
    this.#view = view as unknown as ListView<unknown, unknown>;
    this.#format = format;
    this.#page = page;
  }

  /** Formats the next rows. */
  async next(rows: readonly Row[]): Promise<string> {
    if (rows.length === 0) return '';
    const first = !this.#started;
    this.#started = true;
    switch (this.#format) {
      case 'json':
        return `${first ? '[' : ','}${this.#elements(rows)}`;
      case 'jsonl':
        return rows.map((row) => `${toJson(row)}\n`).join('');
      case 'csv':
      case 'tsv':
        return separated(
          [...(first ? [headerOf(this.#view)] : []), ...cellsOf(rows, this.#view)],
          this.#format,
          this.#page,
        );
      case 'table':
        return lines((await this.#openTable()).next(rows));
    }
  }

  /** Formats the end of the list, which is the whole text if there were no rows. */
  async end(): Promise<string> {
    switch (this.#format) {
      case 'json':
        return this.#started ? `${this.#page.terminal ? '\n' : ''}]\n` : '[]\n';
      case 'jsonl':
        return '';
      case 'csv':
      case 'tsv':
        return this.#started ? '' : separated([headerOf(this.#view)], this.#format, this.#page);
      case 'table':
        return lines((await this.#openTable()).end());
    }
  }

  /** Formats rows as the elements of a JSON array. */
  #elements(rows: readonly Row[]): string {
    // removes the brackets and, on a terminal, the line break before the closing bracket
    return this.#page.terminal ? toJson(rows, 2).slice(1, -2) : toJson(rows).slice(1, -1);
  }

  async #openTable(): Promise<ListTable> {
    if (this.#table === null) {
      const { ListTable } = await import('./list-table.ts');
      this.#table = new ListTable(this.#view, this.#page);
    }
    return this.#table;
  }
}

function lines(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}
