import { expectRows, type Session, serverTime } from '../../db/mysql/connection.ts';
import { inTransaction, retryConflicts, retryDuplicates } from '../../db/mysql/transaction.ts';
import { recordProgress } from '../activities/record.ts';
import type { Origin } from '../requests/origin.ts';
import {
  addCounts,
  byName,
  type ImportCounts,
  type ImportPlan,
  type ImportResult,
  NO_ROWS,
  planImport,
  type StoredEntries,
  type StoredEntry,
} from './plan.ts';
import { type ImportKind, type ImportRow, isRefused } from './row.ts';

/** Maximum length of the column `subject`. A file's name may be longer. */
const MAX_SUBJECT = 255;

/**
 * Imports a file in chunks. An import creates new users and products, and updates changed names and prices. A new product also
 * gets the stock row of its initial stock. An import never changes existing balances or stocks.
 *
 * If several imports contain the same new reference, the first import creates the user or product. Each transaction first locks
 * the existing rows that it changes, and then inserts the new rows. It locks existing rows of only one table, users or products,
 * in the order of their ids, as the lane does. So two imports, or an import and the lane, can't deadlock.
 *
 * The whole import is one activity. The activity is recorded with the first chunk that changes something. Each later chunk that
 * changes something updates the activity. So the activity of an interrupted import shows what was imported.
 */
export class FileImport {
  readonly #session: Session;
  readonly #kind: ImportKind;
  readonly #origin: Origin;
  readonly #subject: string;
  readonly #readIds: boolean;
  #counts = NO_ROWS;
  #activityId: number | null = null;

  /** @param readIds true if the results need the ids of created rows, which takes another read for each chunk. */
  constructor(
    session: Session,
    kind: ImportKind,
    { file, readIds }: { readonly file: string; readonly readIds: boolean },
    origin: Origin,
  ) {
    this.#session = session;
    this.#kind = kind;
    this.#origin = origin;
    this.#subject = `file ${file}`.slice(0, MAX_SUBJECT);
    this.#readIds = readIds;
  }

  /** Imports a chunk, all of it or nothing. */
  async rows(rows: readonly ImportRow[]): Promise<ImportPlan> {
    const [plan, activityId] = await retryDuplicates(() => retryConflicts(() => this.#importOnce(rows)));
    this.#counts = addCounts(this.#counts, plan.counts);
    this.#activityId = activityId;
    return plan;
  }

  /** Completes the activity after the last chunk, because chunks without changes do not update it. */
  async finish(): Promise<void> {
    if (this.#activityId !== null) await this.#record(this.#counts);
  }

  async #importOnce(rows: readonly ImportRow[]): Promise<readonly [ImportPlan, activityId: number | null]> {
    const [session, kind] = [this.#session, this.#kind];
    // these reads take no locks; if two imports change a row at once, the later values win, as if the imports had run one after
    // the other
    const plan = planImport(kind, rows, await readStored(session, kind, entriesOf(rows)));
    if (plan.changed.length === 0 && plan.created.length === 0) return [plan, this.#activityId];
    return inTransaction(session, async () => {
      if (kind === 'user') await writeUsers(session, plan);
      else await writeProducts(session, plan);
      const results = this.#readIds ? await withIds(session, kind, plan) : plan.results;
      return [{ ...plan, results }, await this.#record(addCounts(this.#counts, plan.counts))];
    });
  }

  async #record(counts: ImportCounts): Promise<number> {
    const { stockIgnored: _, ...after } = counts;
    const activity = { action: `${this.#kind} import`, subject: this.#subject, after } as const;
    return recordProgress(this.#session, this.#origin, activity, this.#activityId);
  }
}

/** Reports what an import would do, and changes nothing. Each row sees the results of the previous rows. */
export class ImportRehearsal {
  readonly #session: Session;
  readonly #kind: ImportKind;
  readonly #left = new Map<string | number, StoredEntry>();

  constructor(session: Session, kind: ImportKind) {
    this.#session = session;
    this.#kind = kind;
  }

  /** Returns what `FileImport` would return. */
  async rows(rows: readonly ImportRow[]): Promise<ImportPlan> {
    const stored = await readStored(this.#session, this.#kind, entriesOf(rows));
    const left = entriesOf(rows).flatMap((entry) => this.#left.get(entry) ?? []);
    const plan = planImport(this.#kind, rows, byName([...stored.values(), ...left]));
    for (const [name, entry] of byName([...plan.created, ...plan.changed])) this.#left.set(name, entry);
    return plan;
  }
}

/** Reads the users or products with the given references and ids. */
async function readStored(
  session: Session,
  kind: ImportKind,
  entries: readonly (string | number)[],
): Promise<StoredEntries> {
  const stored: StoredEntry[] = [];
  for (const [column, names] of [
    ['reference', entries.filter((entry) => typeof entry === 'string')],
    ['id', entries.filter((entry) => typeof entry === 'number')],
  ] as const) {
    if (names.length === 0) continue;
    stored.push(
      ...(await session.query<StoredEntry>(
        kind === 'user'
          ? `SELECT id, reference, name, balance, IF(blocked_at IS NULL, 'false', 'true') AS blocked,
               NULL AS price, NULL AS stock, NULL AS retired FROM users WHERE ${column} IN (?)`
          : `SELECT id, reference, name, price, stock, IF(retired_at IS NULL, 'false', 'true') AS retired,
               NULL AS balance, NULL AS blocked FROM products WHERE ${column} IN (?)`,
        [names],
      )),
    );
  }
  return byName(stored);
}

/** Returns the results with the ids of the created entries. */
async function withIds(
  session: Session,
  kind: ImportKind,
  { created, results }: ImportPlan,
): Promise<readonly ImportResult[]> {
  const references = created.flatMap(({ reference }) => reference ?? []);
  const stored = await readStored(session, kind, references);
  return results.map((result) =>
    result.action === 'refused'
      ? result
      : { ...result, id: result.id ?? stored.get(result.reference ?? '')?.id ?? null },
  );
}

/** Returns the references and ids that identify the users or products in rows, each once. */
function entriesOf(rows: readonly ImportRow[]): (string | number)[] {
  const names = rows.flatMap((row) => (isRefused(row) ? [] : [row.entry, row.listedId]));
  return [...new Set(names)].filter((name) => name !== null);
}

async function writeUsers(session: Session, { created, changes }: ImportPlan): Promise<void> {
  if (changes.length > 0) {
    const written = await session.execute(
      `UPDATE ${valuesTable(NAME_COLUMN)} STRAIGHT_JOIN users FORCE INDEX (PRIMARY) ON users.id = next.id SET users.name = next.name`,
      [JSON.stringify(changes.map(({ id, name }) => [id, name]))],
    );
    expectRows('users', written, changes.length);
  }
  if (created.length === 0) return;
  const now = await serverTime(session);
  await session.execute('INSERT INTO users (reference, name, balance, created_at) VALUES ?', [
    created.map(({ reference, name }) => [reference, name, 0, now]),
  ]);
}

async function writeProducts(session: Session, { created, changes }: ImportPlan): Promise<void> {
  if (changes.length > 0) {
    const written = await session.execute(
      `UPDATE ${valuesTable(NAME_COLUMN, "price BIGINT PATH '$[2]'")} STRAIGHT_JOIN products FORCE INDEX (PRIMARY) ON products.id = next.id
       SET products.name = COALESCE(next.name, products.name), products.price = COALESCE(next.price, products.price)`,
      [JSON.stringify(changes.map(({ id, name, price }) => [id, name, price]))],
    );
    expectRows('products', written, changes.length);
  }
  if (created.length === 0) return;
  const now = await serverTime(session);
  await session.execute('INSERT INTO products (reference, name, price, stock, created_at) VALUES ?', [
    created.map(({ reference, name, price, stock }) => [reference, name, price, stock, now]),
  ]);
  // the SELECT reads the ids of the new products; they can't be computed from the first id, because the step between two ids is
  // not 1 on every server
  const written = await session.execute(
    `INSERT INTO stock_movements (product_id, type, quantity, stock_after, request_id, created_at)
     SELECT id, 'initial', stock, stock, NULL, created_at FROM products WHERE reference IN (?) ORDER BY id`,
    [created.map(({ reference }) => reference)],
  );
  expectRows('stock_movements', written, created.length);
}

const NAME_COLUMN = "name VARCHAR(200) CHARACTER SET utf8mb4 PATH '$[1]'";

/**
 * Returns the SQL for a table `next` with the rows of a JSON array. A STRAIGHT_JOIN after this table makes the server read these
 * rows in order, and look up and lock the row to update for each of them.
 */
function valuesTable(...columns: readonly string[]): string {
  return `JSON_TABLE(?, '$[*]' COLUMNS (${["id BIGINT PATH '$[0]'", ...columns].join(', ')})) AS next`;
}
