import { createHash } from 'node:crypto';
import type { Session } from './connection.ts';

/**
 * A name for `GET_LOCK`. The server's lock names are its own, over all databases, and hold 64 characters at most: the
 * database and the parts are hashed into it.
 */
export function lockName(database: string, ...parts: readonly string[]): string {
  return `shop:${createHash('sha256')
    .update(JSON.stringify([database, ...parts]))
    .digest('hex')
    .slice(0, 48)}`;
}

/** Takes the named lock for this session, waiting `seconds` for it at most. The session's end frees it. */
export async function acquireLock(session: Session, name: string, seconds: number): Promise<boolean> {
  const [row] = await session.query<{ acquired: number | null }>('SELECT GET_LOCK(?, ?) AS acquired', [name, seconds]);
  return row?.acquired === 1;
}

/** Gives the named lock back. */
export async function releaseLock(session: Session, name: string): Promise<void> {
  await session.query('SELECT RELEASE_LOCK(?)', [name]);
}

/** The id of the connection that holds the named lock; null where none does. */
export async function readLockHolder(session: Session, name: string): Promise<number | null> {
  const [row] = await session.query<{ holder: number | null }>('SELECT IS_USED_LOCK(?) AS holder', [name]);
  return row?.holder ?? null;
}
