import { connect, isMariaDbVersion, type Session, serverVersion } from './connection.ts';

/** Time limit for connecting to a replica. It is short, because the primary can be used instead. */
const REPLICA_CONNECT_MS = 2_000;
/** Time limit for a command's statement on a replica. When it is reached, the primary is used. */
const STATEMENT_MS = 5_000;

/** Statement that makes a session read-only, even for accounts with all rights. */
const READ_ONLY = 'SET SESSION TRANSACTION READ ONLY';

/**
 * Opens a read-only session on a replica.
 *
 * @param statementMs milliseconds after which a statement without a response counts as an outage.
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

/** GTIDs of a server's committed transactions. */
export interface Position {
  readonly mariaDb: boolean;
  readonly gtids: string;
}

/** Reads the position of a primary. Returns null if its transactions have no GTIDs. @throws DatabaseError */
export async function committedPosition(primary: Session): Promise<Position | null> {
  const mariaDb = isMariaDbVersion(await serverVersion(primary));
  // MariaDB always has GTIDs in its binary log, MySQL only if they are enabled
  const [row] = await primary.query<{ gtids: string; mode: string }>(
    mariaDb
      ? "SELECT @@GLOBAL.gtid_binlog_pos AS gtids, 'ON' AS mode"
      : 'SELECT @@GLOBAL.gtid_executed AS gtids, @@GLOBAL.gtid_mode AS mode',
  );
  if (row === undefined || row.mode !== 'ON' || row.gtids === '') return null;
  return { mariaDb, gtids: row.gtids };
}

/**
 * Waits until a replica has reached `position`. Statements that start later see the transactions up to this position.
 *
 * @returns false if the replica has not reached the position within `limitMs`.
 * @throws DatabaseError, also if the replica has no GTIDs.
 */
export async function reaches(replica: Session, { mariaDb, gtids }: Position, limitMs: number): Promise<boolean> {
  const wait = mariaDb ? 'MASTER_GTID_WAIT' : 'WAIT_FOR_EXECUTED_GTID_SET';
  // in MySQL and in MariaDB, the function returns 0 on success, and treats the line breaks in the set of GTIDs as spaces
  const [row] = await replica.query<{ late: number }>(`SELECT ${wait}(?, ?) AS late`, [gtids, limitMs / 1_000]);
  return row?.late === 0;
}
