import { basename } from 'node:path';
import { command, type Subcommand } from '../cli/command.ts';
import type { Context } from '../cli/context.ts';
import { EXIT_BATCH_INCOMPLETE, EXIT_DONE } from '../cli/exit-codes.ts';
import { FILE_OPTIONS } from '../cli/input/file-options.ts';
import { RefusedRows } from '../cli/input/refused-row.ts';
import type { FileRow, RowFile } from '../cli/input/rows.ts';
import { Interrupted, type StopSignal } from '../cli/interrupted.ts';
import type { MarkedLine } from '../cli/output/marks.ts';
import { grouped } from '../cli/output/numbers.ts';
import { type ResultsTarget, resultsOption } from '../cli/output/results-option.ts';
import { answer, columns, forPeople, listView, recordView } from '../cli/output/view.ts';
import { ShopError } from '../domain/errors.ts';
import { addCounts, type ImportCounts, type ImportPlan, type ImportResult, NO_ROWS } from '../domain/imports/plan.ts';
import {
  IMPORT_COLUMNS,
  type ImportKind,
  type ImportRow,
  KEPT_COLUMNS,
  type KeptColumn,
  readImportRow,
} from '../domain/imports/row.ts';
import { joined, type Phrase, phrase, sentences } from '../domain/phrase.ts';
import { FOREIGN_COLUMNS } from './foreign-columns.ts';

const COUNTS = forPeople(
  recordView<ImportCounts>(
    ...columns<ImportCounts>({
      created: 'count',
      updated: 'count',
      unchanged: 'count',
      refused: 'count',
      stockIgnored: 'count',
    }),
  ),
  {
    headline: (counts) => countsLine(counts, false),
    hidden: Object.keys(NO_ROWS),
  },
);

const DRY_COUNTS = forPeople(COUNTS, { headline: (counts) => countsLine(counts, true) });

/** Columns of the results file. */
const RESULTS = listView<ImportResult>(
  phrase('No rows.'),
  ...columns<ImportResult>({
    line: 'count',
    reference: 'text',
    action: 'word',
    id: 'identifier',
    reason: 'prose',
    note: 'prose',
  }),
);

function countsLine({ created, updated, unchanged, refused }: ImportCounts, dryRun: boolean): MarkedLine {
  const counts = joined(
    [
      phrase`${grouped(created)} created`,
      phrase`${grouped(updated)} updated`,
      phrase`${grouped(unchanged)} unchanged`,
      phrase`${grouped(refused)} refused`,
    ],
    ', ',
  );
  const text = dryRun ? phrase`Dry run of the import: ${counts}.` : phrase`Import: ${counts}.`;
  return { mark: refused === 0 ? 'done' : 'failed', text };
}

/** The commands that change what an import does not change. */
const KEPT: Readonly<Record<KeptColumn, Phrase>> = {
  stock: phrase(
    'An import does not change the stock of existing products; use `shop product adjust <product> --to <stock> --reason <reason>`, or rows of the kind stock-adjust in a batch.',
  ),
  balance: phrase(
    'An import does not change balances; use `shop balance adjust <user> --by <points> --reason <reason>`, or rows of the kind points-adjust in a batch.',
  ),
  blocked: phrase(
    'An import does not block or unblock users; use `shop user block <user> --reason <reason>` or `shop user unblock <user>`.',
  ),
  retired: phrase(
    'An import does not retire or restore products; use `shop product retire <product>` or `shop product restore <product>`.',
  ),
};

function ignoredLine(column: KeptColumn, rows: number): Phrase {
  return sentences(
    rows === 1
      ? phrase`In 1 row, ${column} differs from the stored value.`
      : phrase`In ${grouped(rows)} rows, ${column} differs from the stored value.`,
    KEPT[column],
  );
}

/** The properties that differ between `user import` and `product import`. */
interface ImportSpec {
  readonly kind: ImportKind;
  readonly summary: string;
  /** The columns of a file, as help shows them. */
  readonly columns: string;
  readonly examples: readonly string[];
}

/** Defines the `import` command of a group. */
export function importCommand({ kind, summary, columns: names, examples }: ImportSpec): Subcommand {
  return command({
    name: 'import',
    summary,
    arguments: [
      {
        name: 'file',
        description: `CSV or JSON Lines file with the columns ${names} (- for standard input)`,
        values: 'file',
        parse: String,
      },
    ],
    options: {
      ...FILE_OPTIONS,
      dryRun: { flags: '--dry-run', description: 'change nothing; print what would be done' },
      results: resultsOption("write each row's result to this file (.csv, .tsv or .jsonl)"),
    },
    examples,
    run: async (context, [path], { dryRun, results, ...options }) => {
      const { openRowFile } = await import('../cli/input/file.ts');
      // JSON arrays are allowed, because `list --json` prints one. `batch run` refuses them, because a row's key contains its
      // line number
      const rows = { path, ...options, arrays: true, ...IMPORT_COLUMNS[kind], foreign: FOREIGN_COLUMNS[kind] };
      const file = await openRowFile(rows, context.standardInput, context.stopped);
      context.release(() => file.close());
      const counts = await importFile(context, { kind, path, dryRun, results }, file);
      if (dryRun) await context.say(NOTHING_CHANGED);
      return answer(counts, dryRun ? DRY_COUNTS : COUNTS, counts.refused > 0 ? EXIT_BATCH_INCOMPLETE : EXIT_DONE);
    },
  });
}

interface ImportOptions {
  readonly kind: ImportKind;
  readonly path: string;
  readonly dryRun: boolean;
  readonly results: ResultsTarget | undefined;
}

async function importFile(
  context: Context,
  { kind, path, dryRun, results }: ImportOptions,
  file: RowFile,
): Promise<ImportCounts> {
  const { ResultsFile } = await import('../cli/output/results-file.ts');
  const ifFailed = dryRun ? NOTHING_CHANGED : CONTINUE_HINT;
  const resultsFile = await ResultsFile.create(context, results, { view: RESULTS, input: path, ifFailed });
  const session = await context.session();
  const { FileImport, ImportRehearsal } = await import('../domain/imports/import.ts');
  const source = { file: basename(path), readIds: resultsFile !== null };
  const fileImport = dryRun ? null : new FileImport(session, kind, source, await context.origin());
  const target = fileImport ?? new ImportRehearsal(session, kind);
  const progress = new ImportProgress(context, { dryRun, results: results?.path });
  context.describeInterruption((signal) => progress.interrupted(signal));
  try {
    for await (const chunk of file.rows()) {
      const plan = await target.rows(chunk.map(readRow));
      await progress.add(plan);
      await resultsFile?.append(plan.results);
    }
    await progress.end();
    await fileImport?.finish();
    await resultsFile?.finish();
    return progress.counts;
  } catch (error) {
    throw await progress.explain(error);
  }
}

function readRow(row: FileRow): ImportRow {
  if ('fields' in row) return readImportRow(row.line, row.fields);
  return { line: row.line, entry: null, reason: phrase`row ${row.problem}` };
}

/** Time between two progress lines. */
const PROGRESS_MS = 5_000;

const NOTHING_CHANGED = phrase('This was a dry run: nothing was changed.');
const CONTINUE_HINT = phrase('Run the same command again to continue; rows already imported count as unchanged.');

/** Counts rows, and prints refused rows, ignored values, the progress, and how to continue after an error. */
class ImportProgress {
  readonly #context: Context;
  readonly #dryRun: boolean;
  #counts = NO_ROWS;
  readonly #ignored = new Map<KeptColumn, number>();
  readonly #refusedRows: RefusedRows;
  #printedAt = performance.now();

  constructor(context: Context, { dryRun, results }: { dryRun: boolean; results: string | undefined }) {
    this.#context = context;
    this.#dryRun = dryRun;
    this.#refusedRows = new RefusedRows(context, results);
  }

  get counts(): ImportCounts {
    return this.#counts;
  }

  async add({ counts, results, ignored }: ImportPlan): Promise<void> {
    this.#counts = addCounts(this.#counts, counts);
    for (const { line, reason } of results)
      if (reason !== null) await this.#refusedRows.report({ line, code: 'INVALID_INPUT', reason });
    for (const column of ignored) this.#ignored.set(column, (this.#ignored.get(column) ?? 0) + 1);
    const now = performance.now();
    if (now - this.#printedAt < PROGRESS_MS) return;
    this.#printedAt = now;
    await this.#context.say(phrase`${this.#rows.toLocaleString('en')} rows read`);
  }

  /** Reports how many refused rows were not printed, and how many values were ignored. */
  async end(): Promise<void> {
    await this.#refusedRows.end();
    for (const column of KEPT_COLUMNS) {
      const rows = this.#ignored.get(column);
      if (rows !== undefined) await this.#context.say(ignoredLine(column, rows));
    }
  }

  /**
   * Creates the error for an interruption. Each chunk is one transaction, and the last chunk may have been committed
   * without being counted, so the message says "at least".
   */
  interrupted(signal: StopSignal): Interrupted {
    if (this.#dryRun) return new Interrupted(signal, phrase('Interrupted. This was a dry run: nothing was changed.'));
    return new Interrupted(signal, sentences(phrase('Interrupted.'), this.#rowsDone), {
      hint: CONTINUE_HINT,
      details: { ...this.#counts },
    });
  }

  /**
   * Adds the progress, and a hint on how to continue, to an error if the connection was lost, the file can't be read to
   * its end, or its results can't be written.
   */
  async explain(error: unknown): Promise<unknown> {
    if (this.#dryRun) return error;
    if (
      error instanceof ShopError &&
      (error.details.field === 'file' || error.code === 'OUTPUT_FAILED') &&
      this.#rows > 0
    )
      return this.#withProgress(error);
    const { lostDatabase } = await import('../domain/servers/mysql-errors.ts');
    const lost = lostDatabase(error, await this.#context.databaseUrl());
    return lost === null ? error : this.#withProgress(lost);
  }

  #withProgress({ code, text, details, cause }: ShopError): ShopError {
    const message = sentences(text.message, this.#rowsDone);
    return new ShopError(code, { ...details, ...this.#counts }, { message, hint: CONTINUE_HINT, cause });
  }

  get #rows(): number {
    const { created, updated, unchanged, refused } = this.#counts;
    return created + updated + unchanged + refused;
  }

  get #rowsDone(): Phrase {
    return phrase`Processed rows of the file: at least ${this.#rows.toLocaleString('en')}.`;
  }
}
