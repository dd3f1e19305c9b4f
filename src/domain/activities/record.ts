import type { Session } from '../../db/mysql/connection.ts';
import type { Origin } from '../requests/origin.ts';

/** A change that is not a request. */
export interface Activity {
  /** The words of the command, such as `request cancel`. */
  readonly action: string;
  /** The changed object, such as `user 5`, `batch november` or `queue`. */
  readonly subject: string;
  /** The changed fields before the change. */
  readonly before?: object;
  /** The changed fields after the change. */
  readonly after?: object;
  /** The id of the changed request. */
  readonly requestId?: number;
}

/** Records an activity, in the transaction of the change. Returns its id. */
export async function recordActivity(
  session: Session,
  { actor, host }: Origin,
  { action, subject, before, after, requestId }: Activity,
): Promise<number> {
  const { insertId } = await session.execute(
    `INSERT INTO activities (actor, host, action, subject, state_before, state_after, request_id, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(3))`,
    [actor, host, action, subject, stored(before), stored(after), requestId ?? null],
  );
  return insertId;
}

function stored(state: object | undefined): string | null {
  return state === undefined ? null : JSON.stringify(state);
}
