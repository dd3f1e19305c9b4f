import { ShopError } from '../domain/errors.ts';
import { type Phrase, phrase } from '../domain/phrase.ts';
import type { Session } from '../domain/servers/connections.ts';
import {
  awaitReplica,
  type Replica,
  replicaAddress,
  replicaNotUsed,
  replicaProblem,
} from '../domain/servers/replica.ts';

/** The server that a command reads from. */
export interface ReadServer {
  /** Opens a session on the server. On a replica, the session can't write. */
  session(): Promise<Session>;
  /** The replica, for a command that opens its own sessions; null for the primary. */
  readonly replica: Replica | null;
}

interface ReadOptions {
  readonly primary: ReadServer;
  readonly replica: ReadServer & { readonly replica: Replica };
  /** The signal that is aborted when the command is stopped. */
  readonly stopped: AbortSignal;
  readonly say: (line: Phrase) => Promise<void>;
  /** True to print a message even if the replica could be read. */
  readonly verbose: boolean;
}

/**
 * Reads from the replica as soon as it has everything that was committed before this call.
 *
 * If the replica is unavailable, lags or is lost during the read, the function reads from the primary and prints a message.
 * If the primary is unavailable, the function reads from the replica, which may be behind, and prints a message about that.
 *
 * @param work runs again on the primary if the replica is lost.
 */
export async function readFromReplica<T>(
  work: (server: ReadServer) => Promise<T>,
  { primary, replica: server, stopped, say, verbose }: ReadOptions,
): Promise<T> {
  const { replica } = server;
  const opened = await primary.session().catch((error: unknown) => {
    if (error instanceof ShopError && error.code === 'UNAVAILABLE') return error;
    throw error;
  });
  const outage = opened instanceof ShopError ? opened : null;
  const session = opened instanceof ShopError ? null : opened;
  try {
    await awaitReplica(session, await server.session(), replica);
    const result = await work(server);
    const address = replicaAddress(replica);
    if (outage !== null)
      await say(phrase`The primary is unavailable; the data is from the replica at ${address}, which may be behind.`);
    else if (verbose) await say(phrase`The data was read from the replica at ${address}.`);
    return result;
  } catch (error) {
    stopped.throwIfAborted();
    const why = replicaProblem(error, replica.url);
    if (why === null) throw error;
    if (outage !== null) throw outage;
    await say(replicaNotUsed(why));
    return work(primary);
  }
}
