import type { Context } from '../cli/context.ts';
import type { ReadServer } from '../cli/replica-reads.ts';
import type { Session } from '../domain/servers/connections.ts';

/** Time limit for a statement that reads whole tables. */
const STATEMENT_MS = 30 * 60_000;

/**
 * Opens a session for reads that may take minutes, on the server that the command reads from. The session is closed
 * when the command ends.
 */
export async function openLongSession(context: Context, { replica }: ReadServer): Promise<Session> {
  const [{ openSession }, { openReplica }] = await Promise.all([
    import('../domain/servers/connections.ts'),
    import('../domain/servers/replica.ts'),
  ]);
  const session =
    replica === null
      ? await openSession(await context.databaseUrl(), { statementMs: STATEMENT_MS })
      : await openReplica(replica, STATEMENT_MS);
  context.release(() => session.close());
  return session;
}
