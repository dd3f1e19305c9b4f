import { MIGRATION_NAMES } from '../../db/migrations/index.ts';
import { MIGRATIONS_TABLE } from '../../db/migrations/names.ts';
import type { Session } from '../../db/mysql/connection.ts';
import { DatabaseError, NOT_WRITABLE } from '../../db/mysql/errors.ts';
import { inTransaction, retryConflicts } from '../../db/mysql/transaction.ts';
import { ShopError } from '../errors.ts';
import { type Phrase, phrase } from '../phrase.ts';

/** Reports that the queue is paused. Nothing was applied, and no attempt is counted. */
export class QueuePaused extends Error {
  override readonly name = 'QueuePaused';
}

const GATE_ROW = `SELECT UTC_TIMESTAMP(3) AS now, paused_at AS pausedAt, COALESCE(prefix = @shop_prefix, TRUE) AS own
  FROM queue_state WHERE id = 1`;

/**
 * A derived table with one row, which shows whether the lane may write (see `GATE_COLUMNS`). Each transaction of the lane that
 * writes reads this table. Its shared lock makes `queue pause`, and a change of the prefix, wait until that transaction has
 * ended.
 */
export const GATE = `(
  ${GATE_ROW} LOCK IN SHARE MODE
) gate`;

/**
 * The columns of a `Gate`: the server's clock, the time of the pause, and `writable`. `writable` is true if the database has
 * this program's schema and belongs to the session's prefix (see `announcePrefix`) or to none. The migrations are read in the
 * same query, because two queries would take twice the time.
 */
export const GATE_COLUMNS = `gate.now, gate.pausedAt, gate.own
    AND (SELECT name FROM ${MIGRATIONS_TABLE} ORDER BY id DESC LIMIT 1) = '${MIGRATION_NAMES.at(-1)}' AS writable`;

/** The state that a transaction of the lane reads from the gate. */
export interface Gate {
  readonly now: Date;
  readonly pausedAt: Date | null;
  /**
   * 1 if the newest migration is this program's and the database does not belong to another prefix; otherwise 0, or null if
   * there are no migrations.
   */
  readonly writable: 1 | 0 | null;
}

/** Checks that the queue is not paused and that this session may write. Returns `gate`. @throws QueuePaused; DatabaseError */
export function requireRunning<Row extends Gate>(gate: Row | undefined): Row {
  const own = requireOwnGate(gate);
  if (own.pausedAt !== null) throw new QueuePaused('the queue is paused');
  return own;
}

/**
 * Checks that this session may write. Returns `gate`.
 *
 * @throws DatabaseError (an outage) if only workers with another schema or prefix may write. No attempt is counted. The next
 *   connection reports the reason, through `requireOwnPrefix` or the check of the schema.
 */
function requireOwnGate<Row extends Gate>(gate: Row | undefined): Row {
  if (gate === undefined) throw new Error('the table queue_state has no row');
  if (gate.writable === 1) return gate;
  const cause = new Error('the database has another schema, or belongs to another prefix');
  throw new DatabaseError(Object.assign(cause, { code: NOT_WRITABLE }));
}

/** Maximum seconds to wait for the lane's open transaction, in each of the attempts of `retryConflicts`. */
const GATE_WAIT_SECONDS = 2;

interface GateWait {
  /** Maximum wait for the lane's open transaction, in milliseconds; about 15 s by default. The server counts whole seconds. */
  readonly timeoutMs?: number | undefined;
  /** Creates the error to throw if the lane's transaction does not end in time. */
  readonly blocked: (cause: DatabaseError) => ShopError;
}

/**
 * Runs a transaction while the lane decides nothing: waits for the lane's open transaction, and keeps the lane from beginning
 * the next one. `work` must take only milliseconds.
 */
export async function holdingGate<T>(
  session: Session,
  work: () => Promise<T>,
  { timeoutMs = Number.POSITIVE_INFINITY, blocked }: GateWait,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  try {
    return await retryConflicts(
      () =>
        inTransaction(session, async () => {
          await lockGate(session, deadline - performance.now());
          return work();
        }),
      deadline,
    );
  } catch (error) {
    if (error instanceof DatabaseError && error.kind === 'conflict') throw blocked(error);
    throw error;
  }
}

async function lockGate(session: Session, remainingMs: number): Promise<void> {
  const seconds = Math.min(GATE_WAIT_SECONDS, Math.max(1, Math.floor(remainingMs / 1_000)));
  await session.execute(`SET SESSION innodb_lock_wait_timeout = ${seconds}`);
  try {
    // a shared lock is not enough, because the lane itself holds a shared lock
    await session.query('SELECT id FROM queue_state WHERE id = 1 FOR UPDATE');
  } finally {
    if (!session.broken) await session.execute('SET SESSION innodb_lock_wait_timeout = DEFAULT');
  }
}

/**
 * Checks without a lock whether this session may write. Returns true if the queue is paused.
 *
 * @throws DatabaseError (see `requireOwnGate`)
 */
export async function checkGate(session: Session): Promise<boolean> {
  const [gate] = await session.query<Gate>(`SELECT ${GATE_COLUMNS} FROM (${GATE_ROW}) gate`);
  return requireOwnGate(gate).pausedAt !== null;
}

/** Makes each transaction of this session compare the database's prefix with the given one. */
export async function announcePrefix(session: Session, prefix: string): Promise<void> {
  await session.execute('SET @shop_prefix = ?', [prefix]);
}

/** Reads the `SHOP_PREFIX` of the database; null until a worker claims the database. */
export async function readPrefix(session: Session): Promise<string | null> {
  const [row] = await session.query<{ prefix: string | null }>('SELECT prefix FROM queue_state WHERE id = 1');
  return row?.prefix ?? null;
}

/** Reports that the database belongs to workers with another `SHOP_PREFIX`. */
export class ForeignPrefix extends Error {
  override readonly name = 'ForeignPrefix';
  readonly prefix: string;

  constructor(prefix: string) {
    super(`the database belongs to the prefix ${prefix}`);
    this.prefix = prefix;
  }
}

/** Checks that the database belongs to this prefix or to none. @throws ForeignPrefix */
export async function requireOwnPrefix(session: Session, own: string): Promise<void> {
  const prefix = await readPrefix(session);
  if (prefix !== null && prefix !== own) throw new ForeignPrefix(prefix);
}

/** Records that the database belongs to the prefix `own`, unless it already belongs to this or another prefix. */
export async function claimPrefix(session: Session, own: string): Promise<void> {
  // once the prefix is set, the worker's account needs no right to write it
  if ((await readPrefix(session)) !== null) return;
  await session.execute('UPDATE queue_state SET prefix = ? WHERE id = 1 AND prefix IS NULL', [own]);
}

/** Returns the message that the database belongs to a prefix other than `own`. */
export function foreignPrefixText(prefix: string, own: string): Phrase {
  return phrase`This database belongs to the prefix ${prefix}, but SHOP_PREFIX is set to ${own}.`;
}

/**
 * Returns the hint that explains what to do if the prefixes differ. Both prefixes consist of letters, digits, `_` and `-`, so
 * the SQL statement needs no escaping.
 */
export function foreignPrefixHint(prefix: string, own: string): Phrase {
  return phrase`Set SHOP_PREFIX=${prefix}. Or, to move the shop to the prefix ${own}, run \`UPDATE queue_state SET prefix = '${own}';\` in the database.`;
}

/** Creates the error for a worker with another prefix. */
export function foreignPrefixError(prefix: string, own: string): ShopError {
  return new ShopError(
    'CONFIG',
    { setting: 'SHOP_PREFIX', prefix: own, databasePrefix: prefix },
    { message: foreignPrefixText(prefix, own), hint: foreignPrefixHint(prefix, own) },
  );
}
