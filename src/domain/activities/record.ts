import { expectRows, type Session } from '../../db/mysql/connection.ts';
import type { Origin } from '../requests/origin.ts';
import type { ActivityAction } from './actions.ts';

/** A change that is not a request. */
export interface Activity {
  readonly action: ActivityAction;
  /** The changed object, such as `user 5`, `batch november` or `queue`. */
  readonly subject: string;
  /** The changed fields before the change. */
  readonly before?: object;
  /** The changed fields after the change. */
  readonly after?: object;
  /** The id of the changed request; missing if the change does not concern a single request. */
  readonly requestId?: number;
}

/** Records an activity, in the transaction of the change. Returns its id. */
export async function recordActivity(session: Session, origin: Origin, activity: Activity): Promise<number> {
  return recordActivities(session, origin, [activity]);
}

/** Records one or more activities in the transaction of the changes. Returns the id of the first activity. */
export async function recordActivities(
  session: Session,
  { actor, host }: Origin,
  activities: readonly Activity[],
): Promise<number> {
  const { insertId } = await session.execute(
    `INSERT INTO activities (actor, host, action, subject, state_before, state_after, request_id, created_at)
     VALUES ${activities.map(() => '(?, ?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(3))').join(', ')}`,
    activities.flatMap(({ action, subject, before, after, requestId }) => [
      actor,
      host,
      action,
      subject,
      stored(before),
      stored(after),
      requestId ?? null,
    ]),
  );
  return insertId;
}

/**
 * Records an activity that takes several transactions. Each transaction updates the activity's only row, which shows the
 * progress so far.
 *
 * @param id the activity's id, or null in the first transaction.
 * @returns the activity's id, to pass to the next call after the transaction is committed.
 */
export async function recordProgress(
  session: Session,
  origin: Origin,
  activity: Activity,
  id: number | null,
): Promise<number> {
  if (id === null) return recordActivity(session, origin, activity);
  const sql = 'UPDATE activities SET state_after = ? WHERE id = ?';
  expectRows('activities', await session.execute(sql, [stored(activity.after), id]), 1);
  return id;
}

function stored(state: object | undefined): string | null {
  return state === undefined ? null : JSON.stringify(state);
}
