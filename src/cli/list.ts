import { ShopError } from '../domain/errors.ts';
import { invalid } from '../domain/input.ts';
import { type Phrase, phrase } from '../domain/phrase.ts';
import type { Session } from '../domain/servers/connections.ts';
import { lineOf } from './call.ts';
import type { Context } from './context.ts';
import { limitHeapGrowth } from './heap-growth.ts';
import { Interrupted } from './interrupted.ts';
import { write, writeMessage } from './io.ts';
import { DEFAULT_LIMIT } from './options.ts';
import { toJson } from './output/json.ts';
import { ListText } from './output/list-text.ts';
import { pageOf } from './output/page.ts';
import type { ListView } from './output/view.ts';

const ROWS_AT_ONCE = 1_000;
/**
 * Seconds that a snapshot may stay open while the program that receives the output, such as a pager, does not read. An open
 * snapshot slows other sessions down.
 */
const SNAPSHOT_IDLE_SECONDS = 60;
const INCOMPLETE = phrase('The list is incomplete; run the command again.');

/** The values of `LIST_OPTIONS`. */
interface ListValues<Position> {
  readonly limit: number | undefined;
  readonly after: Position | undefined;
  readonly all: boolean;
}

/** One page of a list. */
interface ListPage<Position> {
  /** Maximum number of rows. */
  readonly limit: number;
  /** Position of the last row of the previous page. */
  readonly after: Position | undefined;
}

/** How the rows of a list are read. */
interface ListSource<Row, Position> {
  readonly read: (session: Session, page: ListPage<Position>) => Promise<readonly Row[]>;
  /** True for rows that decisions depend on. By default, rows are read from a replica if one is configured; see `Context.read`. */
  readonly fromPrimary?: boolean;
  /**
   * True if rows can move within the list while they are read. `--all` then reads them in one snapshot of the primary, so that
   * no row is missing or printed twice.
   */
  readonly moving?: boolean;
  /** Number of rows that `--all` reads at a time. */
  readonly rowsAtOnce?: number;
}

/**
 * Returns the position of a row, for `--after`. By default, it is the row's id. Positions are compared and printed as
 * text. Successive rows with the same position, such as the lines of an order, count as one entry.
 */
type PositionOf<Row, Position> = Row extends { readonly id: Position }
  ? { readonly positionOf?: (row: Row) => Position }
  : { readonly positionOf: (row: Row) => Position };

/**
 * Prints a list: one page, or with `--all` every row. All rows are read page by page, so that memory use does not grow
 * with the list. If rows are left after one page, a message shows the commands that print them.
 *
 * @throws ShopError `INVALID_INPUT` if `--all` is combined with `--limit`; `OUTPUT_FAILED`; errors of `read`.
 */
export async function printList<Row, Position>(
  context: Context,
  values: ListValues<Position>,
  view: ListView<readonly Row[], Row>,
  source: ListSource<Row, Position> & PositionOf<Row, Position>,
): Promise<undefined> {
  const { limit, after, all } = values;
  const { read, fromPrimary = false, rowsAtOnce = ROWS_AT_ONCE } = source;
  const positionOf: (row: Row) => Position = source.positionOf ?? idOf;
  const inOneSnapshot = all && source.moving === true;
  if (all && limit !== undefined) throw invalid('--all', phrase`can't be combined with ${'--limit'}`);
  // this list has no `--actor` filter, so `--actor` is the global option, which only names the actor to record
  if (!('actor' in values) && context.call.options['--actor'] !== undefined) {
    await context.say(phrase("This list can't be filtered by actor, so --actor has no effect on it."));
  }
  if (all) {
    limitHeapGrowth();
    context.describeInterruption((signal) => new Interrupted(signal, undefined, { hint: INCOMPLETE }));
  }
  const { stdout } = context.streams;
  const text = new ListText(view, context.format, pageOf(stdout, context.language));
  const size = all ? rowsAtOnce : (limit ?? DEFAULT_LIMIT);
  // if the replica is lost, the primary continues after the last printed row
  let last = after;
  let more = false;
  let open = true;
  /** Returns the last page, and prints the pages before it. */
  const readPages = async (session: Session): Promise<readonly Row[]> => {
    while (open) {
      const rows = await read(session, { limit: size + 1, after: last });
      context.stopped.throwIfAborted();
      const page = firstEntries(rows, size, positionOf);
      more = page.length < rows.length;
      last = lastPosition(page, positionOf) ?? last;
      // without a snapshot, only an empty page marks the end: rows can change while a page is read, and the page may then
      // be short although more rows follow
      if (!all || (inOneSnapshot ? !more : rows.length === 0)) return page;
      const start = performance.now();
      open = await write(stdout, await text.next(page));
      if (inOneSnapshot && performance.now() - start >= SNAPSHOT_IDLE_SECONDS * 1_000) throw notRead(context);
    }
    return [];
  };
  // the last page is printed after the snapshot is closed, because the receiving program may read slowly
  const rest = await (inOneSnapshot
    ? readInSnapshot(await context.session(), readPages)
    : fromPrimary
      ? readPages(await context.session())
      : context.read(async (server) => readPages(await server.session())));
  if (open && (await write(stdout, (await text.next(rest)) + (await text.end()))) && more)
    await reportMore(context, last);
}

async function readInSnapshot<Result>(session: Session, read: (session: Session) => Promise<Result>): Promise<Result> {
  const { inSnapshot } = await import('../domain/servers/connections.ts');
  return inSnapshot(session, () => read(session), SNAPSHOT_IDLE_SECONDS);
}

function notRead({ call }: Context): ShopError {
  const reason = `nothing was read for ${SNAPSHOT_IDLE_SECONDS} s`;
  return new ShopError(
    'OUTPUT_FAILED',
    { reason },
    {
      message: phrase`The list is incomplete: the receiving program has read nothing for ${SNAPSHOT_IDLE_SECONDS} s.`,
      hint: phrase`Save the list to a file, and read the file: \`${lineOf(call, {})} > list.txt\`.`,
    },
  );
}

function idOf<Position>(row: unknown): Position {
  // `PositionOf` lets a list omit `positionOf` only if its rows have an id
  return (row as { readonly id: Position }).id;
}

/** Returns the rows of the first `count` entries. An entry consists of successive rows with the same position. */
function firstEntries<Row>(rows: readonly Row[], count: number, positionOf: (row: Row) => unknown): readonly Row[] {
  const positions = rows.map((row) => String(positionOf(row)));
  let entries = 0;
  const end = positions.findIndex((position, index) => {
    if (index === 0 || position !== positions[index - 1]) entries++;
    return entries > count;
  });
  return end === -1 ? rows : rows.slice(0, end);
}

function lastPosition<Row, Position>(rows: readonly Row[], positionOf: (row: Row) => Position): Position | undefined {
  const last = rows.at(-1);
  return last === undefined ? undefined : positionOf(last);
}

/** Prints the commands that continue a list. */
async function reportMore(context: Context, last: unknown): Promise<void> {
  const next = lineOf(context.call, { '--after': String(last) });
  const all = lineOf(context.call, { '--after': undefined, '--limit': undefined, '--all': true });
  const text = phrase`There are more rows. Next page: \`${next}\`; all rows: \`${all}\`.`;
  await printMore(context, text, { after: last, next, all });
}

/** Prints on standard error that rows are left. With JSON output, `more` is printed instead of the text. */
export async function printMore(context: Context, text: Phrase, more: object): Promise<void> {
  const { quiet, jsonErrors, streams } = context;
  if (!jsonErrors) await context.say(text);
  else if (!quiet) await writeMessage(streams.stderr, `${toJson({ more })}\n`);
}
