import { ShopError } from '../domain/errors.ts';
import { type Phrase, phrase } from '../domain/phrase.ts';
import {
  awaitReplica,
  type Replica,
  replicaAddress,
  replicaNotUsed,
  replicaProblem,
} from '../domain/servers/replica.ts';
import type { DataSource, Session } from '../domain/servers/store.ts';

/** The server that a command reads from. */
export interface ReadServer {
  /** A session on the migrated database; on a replica one that can't write. */
  session(): Promise<Session>;
  /** TypeORM on the same. */
  orm(): Promise<DataSource>;
  /** The replica, for sessions of the command's own; null where it is the primary. */
  readonly replica: Replica | null;
}

interface ReadOptions {
  readonly primary: ReadServer;
  readonly replica: ReadServer & { readonly replica: Replica };
  /** Aborted when the command is told to stop. */
  readonly stopped: AbortSignal;
  readonly say: (line: Phrase) => Promise<void>;
  /** Whether people are told of the replica where all is well, too. */
  readonly verbose: boolean;
}

/**
 * Reads from the replica, once it has all that was committed when this is called. Where it is away or lags, or is lost
 * meanwhile, the primary is read from, and people are told; where the primary is away, the replica is, as far as it has
 * come.
 *
 * @param work runs again on the primary where the replica is lost.
 */
export async function readFromReplica<T>(
  work: (server: ReadServer) => Promise<T>,
  { primary, replica: server, stopped, say, verbose }: ReadOptions,
): Promise<T> {
  const { replica } = server;
  const asked = await primary.session().catch((error: unknown) => {
    if (error instanceof ShopError && error.code === 'UNAVAILABLE') return error;
    throw error;
  });
  const away = asked instanceof ShopError ? asked : null;
  const session = asked instanceof ShopError ? null : asked;
  try {
    await awaitReplica(session, await server.session(), replica);
    const result = await work(server);
    const address = replicaAddress(replica);
    if (away !== null)
      await say(phrase`The primary is away: this is read from the replica at ${address}, which may be behind.`);
    else if (verbose) await say(phrase`Read from the replica at ${address}.`);
    return result;
  } catch (error) {
    stopped.throwIfAborted();
    const why = replicaProblem(error, replica.url);
    if (why === null) throw error;
    if (away !== null) throw away;
    await say(replicaNotUsed(why));
    return work(primary);
  }
}
