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
import { answer, columns, forPeople, recordView } from '../cli/output/view.ts';
import { ShopError } from '../domain/errors.ts';
import { addCounts, type ImportCounts, type ImportPlan, NO_ROWS } from '../domain/imports/plan.ts';
import { IMPORT_COLUMNS, type ImportKind, type ImportRow, readImportRow } from '../domain/imports/row.ts';
import { joined, type Phrase, phrase, sentences } from '../domain/phrase.ts';

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
    hidden: ['created', 'updated', 'unchanged', 'refused', 'stockIgnored'],
  },
);

const DRY_COUNTS = forPeople(COUNTS, { headline: (counts) => countsLine(counts, true) });

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

function stockLine({ stockIgnored }: ImportCounts): Phrase {
  const rows =
    stockIgnored === 1
      ? phrase('1 row has another stock than its product.')
      : phrase`${grouped(stockIgnored)} rows have another stock than their products.`;
  return sentences(
    rows,
    phrase(
      'An import does not change the stock of existing products; use `shop product adjust <product> --to <stock> --reason <reason>`, or the kind stock-adjust in a batch.',
    ),
  );
}

/** The differences between the imports. */
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
        description: `CSV or JSON Lines with the columns ${names}; - reads standard input`,
        values: 'file',
        parse: String,
      },
    ],
    options: {
      ...FILE_OPTIONS,
      dryRun: { flags: '--dry-run', description: 'change nothing; print what would be done' },
    },
    examples,
    run: async (context, [path], { dryRun, ...options }) => {
      const { openRowFile } = await import('../cli/input/file.ts');
      // a list in JSON is one array; in batches an array is refused, because a row's line is part of its key
      const rows = { path, ...options, arrays: true, ...IMPORT_COLUMNS[kind] };
      const file = await openRowFile(rows, context.standardInput, context.stopped);
      context.release(() => file.close());
      const { counts } = await importFile(context, { kind, path, dryRun }, file);
      if (counts.stockIgnored > 0) await context.say(stockLine(counts));
      if (dryRun) await context.say(phrase('This was a dry run: nothing was changed.'));
      return answer(counts, dryRun ? DRY_COUNTS : COUNTS, counts.refused > 0 ? EXIT_BATCH_INCOMPLETE : EXIT_DONE);
    },
  });
}

interface ImportOptions {
  readonly kind: ImportKind;
  readonly path: string;
  readonly dryRun: boolean;
}

async function importFile(
  context: Context,
  { kind, path, dryRun }: ImportOptions,
  file: RowFile,
): Promise<ImportProgress> {
  const session = await context.session();
  const { FileImport, ImportRehearsal } = await import('../domain/imports/import.ts');
  const fileImport = dryRun ? null : new FileImport(session, kind, basename(path), await context.origin());
  const target = fileImport ?? new ImportRehearsal(session, kind);
  const progress = new ImportProgress(context, dryRun);
  context.describeInterruption((signal) => progress.interrupted(signal));
  try {
    for await (const chunk of file.rows()) {
      await progress.add(await target.rows(chunk.map((row) => readRow(kind, row))));
    }
    await progress.end();
    await fileImport?.finish();
    return progress;
  } catch (error) {
    throw await progress.explain(error);
  }
}

function readRow(kind: ImportKind, row: FileRow): ImportRow {
  if ('fields' in row) return readImportRow(kind, row.line, row.fields);
  return { line: row.line, code: 'INVALID_INPUT', reason: phrase`row ${row.problem}` };
}

/** Time between two progress lines. */
const PROGRESS_MS = 5_000;

const CONTINUE_HINT = phrase('Run the same command again to continue; rows already imported count as unchanged.');

/** Counts rows, and prints refused rows, the progress, and how to continue after an error. */
class ImportProgress {
  readonly #context: Context;
  readonly #dryRun: boolean;
  #counts = NO_ROWS;
  readonly #refusedRows: RefusedRows;
  #printedAt = performance.now();

  constructor(context: Context, dryRun: boolean) {
    this.#context = context;
    this.#dryRun = dryRun;
    this.#refusedRows = new RefusedRows(context);
  }

  get counts(): ImportCounts {
    return this.#counts;
  }

  async add({ counts, refused }: ImportPlan): Promise<void> {
    this.#counts = addCounts(this.#counts, counts);
    for (const row of refused) await this.#refusedRows.report(row);
    const now = performance.now();
    if (now - this.#printedAt < PROGRESS_MS) return;
    this.#printedAt = now;
    await this.#context.say(phrase`${this.#rows.toLocaleString('en')} rows read`);
  }

  /** Reports how many refused rows were not printed. */
  async end(): Promise<void> {
    await this.#refusedRows.end();
  }

  /**
   * Creates the error for an interruption. Each piece is one transaction; the last one may be committed without being
   * counted.
   */
  interrupted(signal: StopSignal): Interrupted {
    if (this.#dryRun) return new Interrupted(signal, phrase('Interrupted. This was a dry run: nothing was changed.'));
    return new Interrupted(signal, sentences(phrase('Interrupted.'), this.#rowsDone), {
      hint: CONTINUE_HINT,
      details: { ...this.#counts },
    });
  }

  /**
   * Adds the progress and a hint on how to continue to the error, if the connection was lost or the file can't be read to its
   * end.
   */
  async explain(error: unknown): Promise<unknown> {
    if (this.#dryRun) return error;
    if (error instanceof ShopError && error.details.field === 'file' && this.#rows > 0)
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
