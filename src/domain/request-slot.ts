import type { Session } from '../db/connection.ts';
import type { Ref } from './input.ts';
import { type Slotted, slotOf, userSlot } from './lane-place.ts';
import { resolveReferences } from './lock-state.ts';
import type { RequestContent } from './request.ts';

/**
 * The slots to record requests with: all requests of a user have the same, by whatever they name the user, so that one lane
 * applies them in order. What is of no user, or of none that is there now, has one that follows from what it names.
 */
export async function readSlots(session: Session, contents: readonly RequestContent[]): Promise<number[]> {
  const users = await resolveReferences(session, 'users', new Set(contents.flatMap(namedUser)));
  const orders = await readOrderUsers(session, contents);
  return contents.map((content) => {
    switch (content.kind) {
      case 'restock':
        return slotOf(`product ${content.payload.product}`);
      case 'cancel': {
        const { order } = content.payload;
        const user = orders.get(order);
        return user === undefined ? slotOf(`order ${order}`) : userSlot(user);
      }
      default: {
        const { user } = content.payload;
        const id = typeof user === 'number' ? user : users.get(user.slice(1));
        return id === undefined ? slotOf(user.toString()) : userSlot(id);
      }
    }
  });
}

/** Those of `ids` that are recorded, with their slots, oldest first. */
export async function readRecordedSlots(session: Session, ids: readonly number[]): Promise<Slotted[]> {
  return session.query<Slotted>('SELECT id, slot FROM requests WHERE id IN (?) ORDER BY id', [ids]);
}

function namedUser({ kind, payload }: RequestContent): Ref[] {
  return kind === 'charge' || kind === 'order' ? [payload.user] : [];
}

async function readOrderUsers(
  session: Session,
  contents: readonly RequestContent[],
): Promise<ReadonlyMap<number, number>> {
  const ids = contents.flatMap(({ kind, payload }) => (kind === 'cancel' ? [payload.order] : []));
  if (ids.length === 0) return new Map();
  const rows = await session.query<{ id: number; user: number }>(
    'SELECT id, user_id AS user FROM orders WHERE id IN (?)',
    [ids],
  );
  return new Map(rows.map(({ id, user }) => [id, user]));
}
