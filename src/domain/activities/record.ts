import type { Session } from '../../db/mysql/connection.ts';
import type { Origin } from '../requests/origin.ts';

/** Fields of the changed object with their values. */
type ActivityState = Readonly<Record<string, unknown>>;

/** A change that is not a request. */
interface Activity {
  readonly action: string;
  /** The changed object, such as `user 5`, `batch november` or `queue`. */
  readonly subject: string;
  /** The changed fields before the change. */
  readonly before?: ActivityState;
  /** The changed fields after the change. */
  readonly after?: ActivityState;
  /** The id of the changed request. */
  readonly requestId?: number;
}

/** Records an activity, in the transaction of the change. */
export async function recordActivity(
  session: Session,
  { actor, host }: Origin,
  { action, subject, before, after, requestId }: Activity,
): Promise<void> {
  await session.execute(
    `INSERT INTO activities (actor, host, action, subject, state_before, state_after, request_id, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(3))`,
    [actor, host, action, subject, stored(before), stored(after), requestId ?? null],
  );
}

function stored(state: ActivityState | undefined): string | null {
  return state === undefined ? null : JSON.stringify(state);
}
