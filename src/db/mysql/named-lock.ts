import { createHash } from 'node:crypto';
import type { Session } from './connection.ts';

/**
 * Returns a name for `GET_LOCK`. Lock names are shared by all databases of a server and have at most 64 characters, so the name
 * of the database and the parts are hashed.
 */
export function lockName(database: string, ...parts: readonly string[]): string {
  return `shop:${createHash('sha256')
    .update(JSON.stringify([database, ...parts]))
    .digest('hex')
    .slice(0, 48)}`;
}

/** Acquires the named lock, or returns false after waiting `seconds`. The server releases the lock when the session ends. */
export async function acquireLock(session: Session, name: string, seconds: number): Promise<boolean> {
  const [row] = await session.query<{ acquired: number | null }>('SELECT GET_LOCK(?, ?) AS acquired', [name, seconds]);
  return row?.acquired === 1;
}

/** Releases the named lock. */
export async function releaseLock(session: Session, name: string): Promise<void> {
  await session.query('SELECT RELEASE_LOCK(?)', [name]);
}

/** Reads the id of the connection that holds the named lock; null if no connection holds it. */
export async function readLockHolder(session: Session, name: string): Promise<number | null> {
  const [row] = await session.query<{ holder: number | null }>('SELECT IS_USED_LOCK(?) AS holder', [name]);
  return row?.holder ?? null;
}
