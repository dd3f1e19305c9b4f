import type { Session } from '../../db/mysql/connection.ts';
import { inTransaction, retryConflicts } from '../../db/mysql/transaction.ts';
import type { ActivityAction } from '../activities/actions.ts';
import { recordActivity } from '../activities/record.ts';
import type { Origin } from '../requests/origin.ts';

/** An edit of one user or product. */
interface Edit<Entry> {
  /** The command, such as `user edit`. */
  readonly action: ActivityAction;
  /** Locks and reads the row. */
  readonly lock: () => Promise<Entry>;
  /** Returns the entry after the edit, or throws. */
  readonly change: (entry: Entry) => Entry;
  readonly save: (entry: Entry) => Promise<void>;
}

/** A user or product after an edit. */
export interface Edited<Entry> {
  readonly entry: Entry;
  /** False if the entry already had these values. */
  readonly changed: boolean;
}

/**
 * Edits one user or product and records the activity, in one transaction. The edit is retried if it conflicts with the
 * worker's locks. An edit that changes nothing is not recorded, so a script may repeat it.
 */
export async function editEntry<Entry extends { readonly id: number }>(
  session: Session,
  kind: 'user' | 'product',
  { action, lock, change, save }: Edit<Entry>,
  origin: Origin,
): Promise<Edited<Entry>> {
  return retryConflicts(() =>
    inTransaction(session, async () => {
      const entry = await lock();
      const edited = change(entry);
      const [before, after] = [differingFields(entry, edited), differingFields(edited, entry)];
      if (Object.keys({ ...before, ...after }).length === 0) return { entry, changed: false };
      await save(edited);
      await recordActivity(session, origin, { action, subject: `${kind} ${entry.id}`, before, after });
      return { entry: edited, changed: true };
    }),
  );
}

/** Returns the fields of `entry` whose values differ from those in `other`. */
function differingFields(entry: object, other: object): Record<string, unknown> {
  const others = new Map<string, unknown>(Object.entries(other));
  return Object.fromEntries(Object.entries(entry).filter(([name, value]) => others.get(name) !== value));
}
