import type { Session } from '../../db/mysql/connection.ts';
import type { Origin } from '../requests/origin.ts';
import type { ActivityAction } from './actions.ts';

/** Fields of the changed object with their values. */
export type ActivityState = Readonly<Record<string, unknown>>;

/** A change that is not a request. */
export interface Activity {
  readonly action: ActivityAction;
  /** The changed object, such as `user 5`, `batch november` or `queue`. */
  readonly subject: string;
  /** The changed fields before the change. */
  readonly before?: ActivityState;
  /** The changed fields after the change. */
  readonly after?: ActivityState;
  /** The id of the changed request. */
  readonly requestId?: number;
}

/** Records an activity, in the transaction of the change. Returns its id. */
export async function recordActivity(
  session: Pick<Session, 'execute'>,
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

function stored(state: ActivityState | undefined): string | null {
  return state === undefined ? null : JSON.stringify(state);
}
