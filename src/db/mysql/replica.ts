import { connect, isMariaDbVersion, type Session, serverVersion } from './connection.ts';

/** Milliseconds for connecting to a replica: one that is away must not cost more, for the primary can answer. */
export const REPLICA_CONNECT_MS = 2_000;
/** Milliseconds for what a command reads from a replica; behind it the primary is asked. */
const STATEMENT_MS = 5_000;

/** From here on the server refuses whatever would write on the session, whoever's account it is. */
export const READ_ONLY = 'SET SESSION TRANSACTION READ ONLY';

/**
 * Connects to a replica, to read alone.
 *
 * @param statementMs milliseconds after which a statement without an answer counts as an outage.
 * @throws DatabaseError
 */
export async function connectToReplica(url: string, statementMs = STATEMENT_MS): Promise<Session> {
  const session = await connect(url, { connectMs: REPLICA_CONNECT_MS, statementMs });
  try {
    await session.execute(READ_ONLY);
    return session;
  } catch (error) {
    session.destroy();
    throw error;
  }
}

/** What a server has committed by now, as the other servers of its kind know it. */
export interface Position {
  readonly mariaDb: boolean;
  readonly gtids: string;
}

/** All that `primary` has committed; null where its transactions have no GTIDs. @throws DatabaseError */
export async function committedPosition(primary: Session): Promise<Position | null> {
  const mariaDb = isMariaDbVersion(await serverVersion(primary));
  // MariaDB numbers whatever its binary log has, MySQL where it is told to
  const [row] = await primary.query<{ gtids: string; mode: string }>(
    mariaDb
      ? "SELECT @@GLOBAL.gtid_binlog_pos AS gtids, 'ON' AS mode"
      : 'SELECT @@GLOBAL.gtid_executed AS gtids, @@GLOBAL.gtid_mode AS mode',
  );
  if (row === undefined || row.mode !== 'ON' || row.gtids === '') return null;
  return { mariaDb, gtids: row.gtids };
}

/**
 * Waits until a replica has all that `position` tells of, visible to statements that start then.
 *
 * @returns whether it has, within so many milliseconds.
 * @throws DatabaseError also where the replica has no GTIDs
 */
export async function reaches(replica: Session, { mariaDb, gtids }: Position, limitMs: number): Promise<boolean> {
  const wait = mariaDb ? 'MASTER_GTID_WAIT' : 'WAIT_FOR_EXECUTED_GTID_SET';
  // both answer 0 when it is there; the set has line breaks between servers, which are spaces to the function
  const [row] = await replica.query<{ late: number }>(`SELECT ${wait}(?, ?) AS late`, [gtids, limitMs / 1_000]);
  return row?.late === 0;
}
