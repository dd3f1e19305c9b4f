import { type Call, lineOf } from '../../cli/call.ts';
import { command } from '../../cli/command.ts';
import type { Context } from '../../cli/context.ts';
import { EXIT_BATCH_INCOMPLETE, EXIT_DONE } from '../../cli/exit-codes.ts';
import { limitHeapGrowth } from '../../cli/heap-growth.ts';
import { FILE_OPTIONS } from '../../cli/input/file-options.ts';
import type { RowFile } from '../../cli/input/rows.ts';
import { parseDuration } from '../../cli/option-values.ts';
import { type ResultsTarget, resultsOption } from '../../cli/output/results-option.ts';
import { type Answer, answer } from '../../cli/output/view.ts';
import type { BatchContent } from '../../domain/batches/open-batch.ts';
import type { BatchException } from '../../domain/batches/record.ts';
import type { BatchResult } from '../../domain/batches/report.ts';
import {
  BATCH_COLUMNS,
  BATCH_REQUIRED,
  type BatchFileRow,
  orderLines,
  readBatchRow,
} from '../../domain/batches/row.ts';
import { ShopError } from '../../domain/errors.ts';
import { parseBatchName } from '../../domain/input.ts';
import { phrase } from '../../domain/phrase.ts';
import type { BatchListener, BatchRun, WaitLimits } from '../../jobs/queue/batch-run.ts';
import { FOREIGN_COLUMNS } from '../foreign-columns.ts';
import type { BatchInfo, BatchMessages } from './messages.ts';
import { COMPARED, RESULTS, SENT, type ShownBatch } from './view.ts';

/** The maximum number of rows in a chunk, which is recorded in one transaction and queued as one job. */
const CHUNK_ROWS = 1_000;
/**
 * A chunk also ends once it has this many order lines, so that other requests wait only briefly for a chunk of large
 * orders. An order has at most 1,000 lines, so a chunk has fewer than 3,500.
 */
const CHUNK_LINES = 2_500;
/**
 * Without `--timeout`, the command stops waiting when no request has been decided for this long, neither in the batch nor before
 * it in the queue.
 */
const STALL_MS = 30_000;

/** `shop batch run` */
export const run = command({
  name: 'run',
  summary: 'Send the orders, charges and other requests in a file; run the command again to resume',
  arguments: [
    { name: 'file', description: 'CSV or JSON Lines file (- for standard input)', values: 'file', parse: String },
  ],
  options: {
    name: {
      flags: '--name <name>',
      description:
        "batch name (default: derived from the file's content); to resume a batch, do not change the rows of the file that are already recorded",
      parse: parseBatchName,
    },
    ...FILE_OPTIONS,
    wait: { flags: '--no-wait', description: 'return as soon as all rows are recorded' },
    timeout: {
      flags: '--timeout <duration>',
      description: 'maximum wait for the outcomes (default: until no row has been decided for 30s)',
      parse: (text) => parseDuration('--timeout', text),
    },
    results: resultsOption(
      "write each row's outcome to this file (.csv, .tsv or .jsonl); with --dry-run, only the rows that can't be sent",
    ),
    dryRun: { flags: '--dry-run', description: "send nothing; print the rows that can't be sent" },
  },
  examples: [
    'shop batch run orders.csv',
    'shop batch run orders.csv --dry-run',
    'shop batch run charges.jsonl --name payroll-2026-11 --results outcomes.csv --json',
    'zcat orders.csv.gz | shop batch run - --name orders-2026-11-22',
    'shop batch run orders.csv --encoding cp949 --map user="Customer ID",items=Basket',
  ],
  run: async (context, [path], { dryRun, ...options }) => {
    const [{ openRowFile }, { BatchMessages }] = await Promise.all([
      import('../../cli/input/file.ts'),
      import('./messages.ts'),
    ]);
    limitHeapGrowth();
    const file = await openRowFile(
      {
        path,
        ...options,
        columns: BATCH_COLUMNS,
        required: BATCH_REQUIRED,
        foreign: FOREIGN_COLUMNS.batch,
        texts: ['key', 'reason'],
      },
      context.standardInput,
      context.stopped,
    );
    context.release(() => file.close());
    const { content, info } = describe(file, {
      path,
      name: options.name,
      call: context.call,
      repeat: context.yes,
      results: options.results,
    });
    const messages = new BatchMessages(context, info);
    return (dryRun ? compare : send)(context, content, messages, { ...options, path });
  },
});

/** The options that a suggested command repeats: how the file is read, where the outcomes go, and who sends the rows. */
const REPEATED_OPTIONS: ReadonlySet<string> = new Set([
  ...['--format', '--encoding', '--delimiter', '--map'],
  ...['--results', '--actor'],
]);

interface Given {
  readonly path: string;
  readonly name: string | undefined;
  readonly call: Call;
  readonly repeat: boolean;
  readonly results: ResultsTarget | undefined;
}

/** Returns the content of the batch, and the information that messages about it contain. */
function describe(
  file: RowFile,
  { path, name: given, call, repeat, results }: Given,
): { readonly content: BatchContent; readonly info: BatchInfo } {
  const hash = Buffer.from(file.hash, 'hex');
  const contentName = `batch-${file.hash.slice(0, 32)}`;
  const name = given ?? contentName;
  const keyName = given === undefined && path === '-' ? null : name;
  if (keyName === null && file.header?.includes('key') === false) {
    throw new ShopError(
      'INPUT_REQUIRED',
      { missing: ['--name'] },
      { hint: phrase('A batch name is required for rows without a key.') },
    );
  }
  const repeated = Object.entries(call.options).filter(([option]) => REPEATED_OPTIONS.has(option));
  const command = (other: string | undefined, again = false) =>
    lineOf({ ...call, options: Object.fromEntries(repeated) }, { '--name': other, '--yes': again ? true : undefined });
  return {
    content: { name, hash, contentName, rows: () => chunks(file, keyName), repeat, command },
    info: {
      name,
      again: command(given),
      fix: command(name),
      ownKeys: file.header?.includes('key') !== false,
      fractionRead: () => fractionRead(file),
      results: results?.path,
    },
  };
}

interface BatchOptions {
  readonly path: string;
  readonly timeout: number | undefined;
  readonly wait: boolean;
  readonly results: ResultsTarget | undefined;
}

async function send(context: Context, content: BatchContent, messages: BatchMessages, options: BatchOptions) {
  const started = performance.now();
  const { name } = content;
  await context.limitWaits(options.timeout ?? Number.POSITIVE_INFINITY);
  const { ResultsFile } = await import('../../cli/output/results-file.ts');
  const results = await ResultsFile.create(context, options.results, {
    view: RESULTS,
    input: options.path,
    ifFailed: phrase('The rows have been sent; run the same command again to get their outcomes.'),
  });
  const origin = await context.origin();
  const channel = await context.channel();
  const [{ openBatch, closeBatch }, { readBatch, allResults }, { BatchRun: Run }, { readPause }] = await Promise.all([
    import('../../domain/batches/open-batch.ts'),
    import('../../domain/batches/report.ts'),
    import('../../jobs/queue/batch-run.ts'),
    import('../../domain/requests/pause.ts'),
  ]);
  const { session } = channel;
  const totals = async (current: BatchRun): Promise<ShownBatch> => ({
    ...(await readBatch(session, name)),
    replayed: current.replayed,
    seconds: Math.round(performance.now() - started) / 1000,
  });
  context.describeInterruption((signal) => messages.interrupted(signal));
  await messages.begin();
  try {
    const batch = await openBatch(session, content, origin);
    const current = new Run(channel, batch, origin, messages satisfies BatchListener);
    try {
      await current.send(content.rows(), context.stopped).finally(() => closeBatch(session, batch));
      await messages.endOfRows();
    } catch (error) {
      if (!(error instanceof ShopError) || error.code !== 'CANCELLED') throw error;
      throw messages.cancelled(await totals(current), error);
    }
    if (options.wait) {
      const wait = await current.awaitOutcomes(limitsOf(options), context.stopped);
      if (wait === 'unknown') throw messages.unknown();
      if (wait === 'pending') throw messages.pending(await totals(current), (await readPause(session)) !== null);
    }
    messages.end();
    const shown = await totals(current);
    if (results !== null) {
      for await (const rows of allResults(session, name)) await results.append(rows);
      await results.finish();
    }
    await messages.sayHowToFix(shown);
    await messages.sayHowToRetry(shown);
    return { ...answer(shown, SENT, exitOf(shown)), subject: { batch: name } };
  } catch (error) {
    throw await messages.explain(error);
  } finally {
    messages.end();
  }
}

/** Returns the time limits for waiting until the rows are decided. */
function limitsOf({ timeout }: BatchOptions): WaitLimits {
  return timeout === undefined
    ? { timeoutMs: Number.POSITIVE_INFINITY, stallMs: STALL_MS }
    : { timeoutMs: timeout, stallMs: Number.POSITIVE_INFINITY };
}

const NOTHING_SENT = phrase('This was a dry run: nothing was sent.');

/** Compares the rows of the file with the recorded rows, for a dry run. */
async function compare(
  context: Context,
  content: BatchContent,
  messages: BatchMessages,
  { results: target, path }: BatchOptions,
): Promise<Answer> {
  const { ResultsFile } = await import('../../cli/output/results-file.ts');
  const results = await ResultsFile.create(context, target, {
    view: RESULTS,
    input: path,
    ifFailed: NOTHING_SENT,
  });
  const session = await context.session();
  const [{ compareRows }, { checkBatch }] = await Promise.all([
    import('../../domain/batches/record.ts'),
    import('../../domain/batches/open-batch.ts'),
  ]);
  const batchId = await checkBatch(session, content);
  const decided = { applied: 0, refused: 0, failed: 0 };
  let [total, replayed, lastLine] = [0, 0, 0];
  for await (const chunk of content.rows()) {
    context.stopped.throwIfAborted();
    const compared = await compareRows(session, batchId, chunk);
    await messages.exceptions(compared.exceptions);
    const unsendable = compared.exceptions.filter(({ code }) => code !== null);
    await results?.append(unsendable.map(toResult));
    total += chunk.length;
    lastLine = chunk.at(-1)?.line ?? lastLine;
    decided.applied += compared.decided.applied;
    decided.refused += compared.decided.refused + unsendable.length;
    decided.failed += compared.decided.failed;
    replayed += compared.replayed;
    messages.progress({ sent: total, lastLine, decided: 0 });
  }
  await messages.endOfRows();
  await results?.finish();
  await context.say(NOTHING_SENT);
  const pending = total - decided.applied - decided.refused - decided.failed;
  const batch = { batchId, name: content.name, total, ...decided, pending, replayed, seconds: 0 };
  // without a subject, because a dry run records nothing that `batch show` could print
  return answer(batch, COMPARED, exitOf(batch));
}

/** Returns the result of a row that could not be sent. */
function toResult({ line, key, kind, code, reason }: BatchException): BatchResult {
  return { line, key, kind, status: 'refused', code, orderId: null, balance: null, reason };
}

function exitOf({ refused, failed }: ShownBatch): number {
  return refused + failed > 0 ? EXIT_BATCH_INCOMPLETE : EXIT_DONE;
}

function fractionRead({ bytes, bytesRead }: RowFile): number {
  return bytes === 0 ? 1 : bytesRead / bytes;
}

/**
 * Groups the rows of the file into chunks of at most a thousand rows, or of fewer rows if they have many order lines.
 */
async function* chunks(file: RowFile, name: string | null): AsyncGenerator<readonly BatchFileRow[]> {
  let chunk: BatchFileRow[] = [];
  let lines = 0;
  for await (const rows of file.rows()) {
    for (const fileRow of rows) {
      const { line } = fileRow;
      const row =
        'problem' in fileRow
          ? { line, key: null, kind: null, reason: phrase`row ${fileRow.problem}` }
          : readBatchRow(line, fileRow.fields, name);
      chunk.push(row);
      lines += orderLines(row);
      if (chunk.length === CHUNK_ROWS || lines >= CHUNK_LINES) {
        yield chunk;
        chunk = [];
        lines = 0;
      }
    }
  }
  if (chunk.length > 0) yield chunk;
}
