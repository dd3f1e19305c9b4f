import type { Session } from '../../db/mysql/connection.ts';
import { acquireLock, lockName, readLockHolder, releaseLock } from '../../db/mysql/named-lock.ts';
import { inTransaction, retryConflicts, retryDuplicates } from '../../db/mysql/transaction.ts';
import { databaseName } from '../../db/mysql/url.ts';
import { recordActivity } from '../activities/record.ts';
import { ShopError } from '../errors.ts';
import { type Phrase, phrase } from '../phrase.ts';
import type { Origin } from '../requests/origin.ts';
import { countRecorded, differingLines } from './recorded-rows.ts';
import { type BatchFileRow, isSendable, keyOfLine } from './row.ts';

/** The content of a batch to run. */
export interface BatchContent {
  readonly name: string;
  /** SHA-256 of the content. */
  readonly hash: Buffer;
  /** Returns the rows in chunks, in file order; each call starts with the first row. */
  readonly rows: () => AsyncIterable<readonly BatchFileRow[]>;
  /** A batch name that is unique to this content. */
  readonly contentName: string;
  /** True if content that ran under another name may be applied again. */
  readonly repeat: boolean;
  /** Returns the command that runs the content under the given name; with `repeat`, even if the content ran before. For hints. */
  readonly command: (name: string, repeat?: boolean) => string;
}

/** A batch whose rows may be sent. */
export interface OpenBatch {
  readonly id: number;
  readonly name: string;
  /** SHA-256 of the content to send. */
  readonly hash: Buffer;
  /** True if this run created the batch, so that none of its rows was recorded before. */
  readonly fresh: boolean;
}

/**
 * Number of attempts, one second each, to take the lock for a batch's name. A run tries again only if another run holds the
 * lock and has not recorded the name yet.
 */
const LOCK_ATTEMPTS = 11;
/**
 * The activity that records new content of a batch: `RUN` is its action, and its subject is `SUBJECT` followed by the batch's
 * name.
 */
const [RUN, SUBJECT] = ['batch run', 'batch '] as const;

/**
 * Opens the batch that `content` names, and creates it if it does not exist. The batch gets the content's hash. The caller may
 * send the content, and calls `closeBatch` afterwards.
 *
 * If runs with different contents use the same name, only the run that holds a lock for the name may send. Runs with the same
 * content share the batch. If the batch gets other content meanwhile, they record no further rows (see `requireOpen`).
 *
 * @throws ShopError `IDEMPOTENCY_CONFLICT` if other content is recorded under the name, or the content ran under another name;
 *   `CANCELLED` if the batch was cancelled; `LOCKED` if another run holds the name's lock and does not record the name in time.
 */
export async function openBatch(session: Session, content: BatchContent, origin: Origin): Promise<OpenBatch> {
  const { name, hash } = content;
  try {
    for (let attempt = 1; attempt <= LOCK_ATTEMPTS; attempt++) {
      const alone = await acquireLock(session, sendingLock(session, name), 1);
      const known = await readBatch(session, name);
      requireNotCancelled(known, content);
      if (known !== null && isOwn(known, content)) return { id: known.id, name, hash, fresh: false };
      if (alone) return await admit(session, content, known, origin);
      if (known !== null) throw beingSent(content);
    }
    throw new ShopError('LOCKED', { what: phrase`batch ${name}` });
  } catch (error) {
    await closeBatch(session, content);
    throw error;
  }
}

/** Releases the lock for the batch's name, so that a run with other content may start. */
export async function closeBatch(session: Session, { name }: { readonly name: string }): Promise<void> {
  // if the session is lost, the server has already released the lock
  if (!session.broken) await releaseLock(session, sendingLock(session, name));
}

/**
 * Checks the content as `openBatch` does, without recording anything.
 *
 * @returns the id of the batch with this name, or null.
 * @throws ShopError `IDEMPOTENCY_CONFLICT`, `CANCELLED`
 */
export async function checkBatch(session: Session, content: BatchContent): Promise<number | null> {
  const known = await readBatch(session, content.name);
  requireNotCancelled(known, content);
  if (known !== null && isOwn(known, content)) return known.id;
  if (known !== null) await requireRecordedRows(session, known.id, content);
  await requireNewContent(session, content);
  return known?.id ?? null;
}

/**
 * Checks that the batch is not cancelled and still has the run's content, in the transaction that records a chunk. The recorded
 * rows refer to the batch's row, so that row is locked against changes until the transaction ends.
 *
 * @throws ShopError `IDEMPOTENCY_CONFLICT`, `CANCELLED`
 */
export async function requireOpen(session: Session, batch: OpenBatch): Promise<void> {
  const { name } = batch;
  const known = await readBatch(session, name);
  if (known !== null && known.cancelledAt !== null) {
    throw new ShopError(
      'CANCELLED',
      { batch: name },
      {
        message: phrase`Batch ${name} was cancelled; this run has stopped.`,
        hint: phrase`List its rows with \`shop batch results ${name}\`.`,
      },
    );
  }
  if (known !== null && isOwn(known, batch)) return;
  throw new ShopError(
    'IDEMPOTENCY_CONFLICT',
    { batch: name },
    {
      message: phrase`Another run has sent batch ${name} with different content; this run has stopped.`,
      hint: phrase`List the recorded rows with \`shop batch results ${name}\`.`,
    },
  );
}

/**
 * Assigns the content to the batch, and creates the batch if it does not exist. Throws if a check refuses the content.
 *
 * @param before the batch with the name, or null.
 */
async function admit(
  session: Session,
  content: BatchContent,
  before: KnownBatch | null,
  origin: Origin,
): Promise<OpenBatch> {
  const { name, hash } = content;
  // these checks may read the whole file, which takes too long for a transaction
  const compared = before === null ? 0 : await countRecorded(session, before.id);
  if (before !== null) await requireRecordedRows(session, before.id, content);
  const repeat = await requireNewContent(session, content);
  const open = async () => {
    const known = await readBatch(session, name, 'FOR UPDATE');
    requireNotCancelled(known, content);
    // runs with the batch's current content need no lock, so they may have recorded more rows since the count above
    if (known !== null && (await countRecorded(session, known.id)) !== compared) throw beingSent(content);
    const id = known?.id ?? (await insertBatch(session, content, origin));
    if (known !== null) await session.execute('UPDATE batches SET content_hash = ? WHERE id = ?', [hash, id]);
    // this check comes after the batch's own row is written, so that one of two simultaneous runs waits here for the
    // other
    await requireNewContent(session, { ...content, repeat }, 'LOCK IN SHARE MODE');
    await recordActivity(session, origin, {
      action: RUN,
      subject: SUBJECT + name,
      ...(known?.hash == null ? {} : { before: { content: digest(known.hash) } }),
      after: { content: digest(hash) },
    });
    return { id, name, hash, fresh: known === null };
  };
  return retryDuplicates(() => retryConflicts(() => inTransaction(session, open)));
}

/** Returns the first 12 digits of a content's hash. */
function digest(hash: Buffer): string {
  return hash.toString('hex', 0, 6);
}

interface KnownBatch {
  readonly id: number;
  readonly hash: Buffer | null;
  readonly cancelledAt: Date | null;
}

async function readBatch(session: Session, name: string, lock = ''): Promise<KnownBatch | null> {
  const [row] = await session.query<KnownBatch>(
    `SELECT id, content_hash AS hash, cancelled_at AS cancelledAt FROM batches WHERE name = ? ${lock}`,
    [name],
  );
  return row ?? null;
}

function isOwn(known: KnownBatch, { hash }: { readonly hash: Buffer }): boolean {
  return known.hash?.equals(hash) === true;
}

async function insertBatch(session: Session, { name, hash }: BatchContent, { actor, host }: Origin): Promise<number> {
  const { insertId } = await session.execute(
    `INSERT INTO batches (name, content_hash, actor, host, last_line, replayed, created_at)
     VALUES (?, ?, ?, ?, NULL, 0, UTC_TIMESTAMP(3))`,
    [name, hash, actor, host],
  );
  return insertId;
}

/** Refuses content in which a recorded row is missing or changed. */
async function requireRecordedRows(session: Session, batchId: number, content: BatchContent): Promise<void> {
  const lines = await differingLines(session, batchId, content.rows());
  if (lines.length === 0) return;
  const { name } = content;
  throw refusal(
    { batch: name, lines },
    phrase`The rows recorded for batch ${name} differ from those in the file. First lines that differ: ${lines.join(', ')}. Nothing was sent.`,
    phrase`If this is another file, use another name: \`${underOtherName(content)}\`. Otherwise, restore the recorded rows in the file (list them with \`shop batch results ${name}\`), and add new rows at the end.`,
  );
}

/**
 * Refuses content that ran under another name, if the key of any of its rows depends on the batch's name.
 *
 * @returns the value of `content.repeat` for a later check: true if the content may run under several names, false if it has not
 *   run under another name yet.
 */
async function requireNewContent(session: Session, content: BatchContent, lock = ''): Promise<boolean> {
  const { name, repeat, command } = content;
  if (repeat) return true;
  const other = (await batchWithContent(session, content, lock)) ?? (await batchThatHadContent(session, content));
  if (other === null) return false;
  if (!(await hasRowWithoutKey(content))) return true;
  if (other.cancelledAt !== null) {
    throw refusal(
      { batch: name, ranAs: other.name },
      phrase`This content was run before, as batch ${other.name}, which was cancelled. Nothing was sent, because the rows that were applied would be applied twice.`,
      appliedRows(other.name, command(name, true)),
    );
  }
  throw refusal(
    { batch: name, ranAs: other.name },
    phrase`This content was run before, as batch ${other.name}. Nothing was sent, because the content would be applied twice.`,
    other.replaced
      ? phrase`The file of that batch was changed afterwards; list its rows with \`shop batch results ${other.name}\`. To apply this content again, run \`${command(name, true)}\`.`
      : phrase`Continue that batch with \`${command(other.name)}\`, or apply the content again with \`${command(name, true)}\`.`,
  );
}

/** A batch with another name that has run with the same content. */
interface OtherBatch extends Pick<KnownBatch, 'cancelledAt'> {
  readonly name: string;
  /** True if the batch has run with other content since. */
  readonly replaced: boolean;
}

/** Finds another batch whose current content is the same. @param lock the locking clause of the statement. */
async function batchWithContent(
  session: Session,
  { name, hash }: BatchContent,
  lock: string,
): Promise<OtherBatch | null> {
  const [batch] = await session.query<Omit<OtherBatch, 'replaced'>>(
    `SELECT name, cancelled_at AS cancelledAt FROM batches WHERE content_hash = ? AND name <> ?
     ORDER BY cancelled_at IS NOT NULL, id LIMIT 1 ${lock}`,
    [hash, name],
  );
  return batch === undefined ? null : { ...batch, replaced: false };
}

/**
 * Finds another batch that ran with the same content and was then run with other content. Only activities record earlier
 * contents. Reading them needs no lock: the activity of a content is committed before other content can replace it.
 */
async function batchThatHadContent(session: Session, { name, hash }: BatchContent): Promise<OtherBatch | null> {
  const [batch] = await session.query<Omit<OtherBatch, 'replaced'>>(
    `SELECT b.name, b.cancelled_at AS cancelledAt
     FROM activities a JOIN batches b ON b.name = SUBSTRING(a.subject, ? + 1)
     WHERE a.action = ? AND JSON_UNQUOTE(JSON_EXTRACT(a.state_after, '$.content')) = ? AND b.name <> ? LIMIT 1`,
    [SUBJECT.length, RUN, digest(hash), name],
  );
  return batch === undefined ? null : { ...batch, replaced: true };
}

/** Refuses content of a batch that was cancelled. */
function requireNotCancelled(known: KnownBatch | null, content: BatchContent): void {
  if (known === null || known.cancelledAt === null) return;
  const { name } = content;
  throw new ShopError(
    'CANCELLED',
    { batch: name, cancelledAt: known.cancelledAt },
    {
      message: phrase`Batch ${name} was already cancelled. This run sent nothing.`,
      hint: appliedRows(name, underOtherName(content, true)),
    },
  );
}

/**
 * Returns the hint for content of a cancelled batch.
 *
 * @param command the command that applies the content under another name.
 */
function appliedRows(cancelled: string, command: string): Phrase {
  return phrase`List the applied rows with \`shop batch results ${cancelled} --status applied\`. To send all rows again under another name, including the applied rows, run \`${command}\`.`;
}

function beingSent(content: BatchContent): ShopError {
  const { name, command } = content;
  return refusal(
    { batch: name },
    phrase`Another run is sending batch ${name} with different content. This run sent nothing.`,
    phrase`If this is another file, use another name: \`${underOtherName(content)}\`. Otherwise, wait until the other run has ended, and run \`${command(name)}\` again.`,
  );
}

function refusal(details: Readonly<Record<string, unknown>>, message: Phrase, hint: Phrase): ShopError {
  return new ShopError('IDEMPOTENCY_CONFLICT', details, { message, hint });
}

/** Returns the command that runs the content under an unused name. */
function underOtherName({ name, contentName, command }: BatchContent, repeat?: boolean): string {
  return command(contentName === name ? `${name}-2` : contentName, repeat);
}

async function hasRowWithoutKey({ name, rows }: BatchContent): Promise<boolean> {
  for await (const chunk of rows()) {
    if (chunk.some((row) => isSendable(row) && row.key === keyOfLine(name, row.line))) return true;
  }
  return false;
}

/** Returns true if a run is sending rows under this name. */
export async function isBeingSent(session: Session, name: string): Promise<boolean> {
  return (await readLockHolder(session, sendingLock(session, name))) !== null;
}

function sendingLock(session: Session, batch: string): string {
  return lockName(databaseName(session.url), 'batch', batch);
}
