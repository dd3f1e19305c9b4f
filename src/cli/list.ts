import { invalid } from '../domain/input.ts';
import { phrase } from '../domain/phrase.ts';
import { inSnapshot } from '../domain/servers/connections.ts';
import { lineOf } from './call.ts';
import type { Context } from './context.ts';
import { limitHeapGrowth } from './heap-growth.ts';
import { Interrupted } from './interrupted.ts';
import { write, writeMessage } from './io.ts';
import { toJson } from './output/json.ts';
import { ListText } from './output/list-text.ts';
import { pageOf } from './output/page.ts';
import type { ListView } from './output/view.ts';
import type { ReadServer } from './replica-reads.ts';

/** Number of rows without `--limit`. */
export const DEFAULT_LIMIT = 20;
/** Number of rows that `--all` reads at a time. */
const ROWS_AT_ONCE = 1_000;
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
  readonly read: (server: ReadServer, page: ListPage<Position>) => Promise<readonly Row[]>;
  /**
   * Returns the position of a row, for `--after`. Successive rows with the same position, such as the lines of an
   * order, count as one.
   */
  readonly positionOf: (row: Row) => Position;
  /** True for rows that decisions depend on. By default, rows are read from a replica if one is configured; see `Context.read`. */
  readonly fromPrimary?: boolean;
  /**
   * True if rows can move within the list while they are read. `--all` then reads them in one snapshot of the primary, so that
   * no row is missing or printed twice. The rows must be read with `server.session()`.
   */
  readonly moving?: boolean;
}

/**
 * Prints a list: one page, or with `--all` every row. It reads `--all` page by page, so that memory does not grow with the
 * list. If rows are left after one page, a message has the commands that print them.
 *
 * @throws ShopError `INVALID_INPUT` if `--all` is combined with `--limit`; `OUTPUT_FAILED`; errors of `read`.
 */
export async function printList<Row, Position extends string | number>(
  context: Context,
  { limit, after, all }: ListValues<Position>,
  view: ListView<readonly Row[], Row>,
  { read, positionOf, fromPrimary = false, moving = false }: ListSource<Row, Position>,
): Promise<undefined> {
  if (all && limit !== undefined) throw invalid('--all', phrase`can't be combined with ${'--limit'}`);
  if (all) {
    limitHeapGrowth();
    context.describeInterruption((signal) => new Interrupted(signal, undefined, { hint: INCOMPLETE }));
  }
  const { stdout } = context.streams;
  const text = new ListText(view, context.format, pageOf(stdout, context.language));
  const size = all ? ROWS_AT_ONCE : (limit ?? DEFAULT_LIMIT);
  // if the replica is lost, the primary continues after the last printed row
  let last = after;
  let more = false;
  let open = true;
  const printPages = async (server: ReadServer) => {
    let rows: readonly Row[];
    do {
      rows = await read(server, { limit: size + 1, after: last });
      context.stopped.throwIfAborted();
      const shown = firstEntries(rows, size, positionOf);
      more = shown.length < rows.length;
      open = await write(stdout, await text.next(shown));
      last = lastPosition(shown, positionOf) ?? last;
      // a page may be short if rows change while it is read, so only an empty page is the end
    } while (all && open && rows.length > 0);
  };
  if (all && moving) await inSnapshot(await context.session(), () => printPages(context.primary));
  else if (fromPrimary) await printPages(context.primary);
  else await context.read(printPages);
  if (open && (await write(stdout, await text.end())) && more) await reportMore(context, last);
}

/** Returns the rows of the first `count` entries. */
function firstEntries<Row>(rows: readonly Row[], count: number, positionOf: (row: Row) => unknown): readonly Row[] {
  const positions = rows.map(positionOf);
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

/** Prints the commands that continue a list. JSON output gets them as JSON. */
async function reportMore(context: Context, last: string | number | undefined): Promise<void> {
  const { call, quiet, jsonErrors, streams } = context;
  if (quiet) return;
  const next = lineOf(call, { '--after': String(last) });
  const all = lineOf(call, { '--after': undefined, '--limit': undefined, '--all': true });
  if (jsonErrors) await writeMessage(streams.stderr, `${toJson({ more: { after: last, next, all } })}\n`);
  else await context.say(phrase`There are more rows. Next page: \`${next}\`; all rows: \`${all}\`.`);
}
