import { randomUUID } from 'node:crypto';
import { isMariaDbVersion, type Session, serverVersion } from '../../db/mysql/connection.ts';
import { DatabaseError } from '../../db/mysql/errors.ts';
import { acquireLock, readLockHolder, releaseLock } from '../../db/mysql/named-lock.ts';
import { phrase } from '../phrase.ts';
import { type Fault, type Finding, faultsOf, UNKNOWN } from './check.ts';
import { readVariables, type Variables } from './mysql-settings.ts';

/** What the replica says of itself and of its replication. */
export interface ReplicaView {
  readonly mariaDb: boolean;
  /** It is the primary itself. */
  readonly isPrimary: boolean;
  readonly variables: Variables;
  /** The primary's `gtid_mode`; null for a MariaDB, which has none. */
  readonly primaryGtidMode: string | null;
  /** A row of SHOW REPLICA STATUS; null where this account may not see it, or it is no replica. */
  readonly status: Readonly<Record<string, string | number | null>> | null;
}

const VARIABLES = [
  'read_only',
  'super_read_only',
  'gtid_mode',
  'replica_parallel_workers',
  'replica_preserve_commit_order',
];

/** @throws DatabaseError */
export async function readReplica(primary: Session, replica: Session): Promise<ReplicaView> {
  const mariaDb = isMariaDbVersion(await serverVersion(replica));
  const variables = await readVariables(replica, 'GLOBAL', VARIABLES);
  const primaryGtidMode = (await readVariables(primary, 'GLOBAL', ['gtid_mode'])).get('gtid_mode') ?? null;
  const isPrimary = await isOneServer(primary, replica);
  return { mariaDb, isPrimary, variables, primaryGtidMode, status: await readStatus(replica) };
}

/** Whether two sessions are on the same server, by whatever addresses: what one of them locks is then locked for the other. */
async function isOneServer(one: Session, other: Session): Promise<boolean> {
  const name = `shop:${randomUUID()}`;
  await acquireLock(one, name, 0);
  try {
    const holder = await readLockHolder(other, name);
    return holder !== null;
  } finally {
    await releaseLock(one, name);
  }
}

async function readStatus(replica: Session): Promise<ReplicaView['status']> {
  try {
    const [row] = await replica.query<Record<string, string | number | null>>('SHOW REPLICA STATUS');
    return row ?? null;
  } catch (error) {
    // no right to see it, or a server that has another name for it
    if (error instanceof DatabaseError && error.kind === 'statement') return null;
    throw error;
  }
}

/** @param late why it does not come up to the primary, or has not its schema; null where it does. */
export function judgeReplica(
  { mariaDb, isPrimary, variables, primaryGtidMode, status }: ReplicaView,
  late: Fault | null,
): Finding {
  const value = (name: string) => variables.get(name) ?? UNKNOWN;
  const seen = (...names: readonly string[]) => names.map((name) => status?.[name]).find((v) => v !== undefined);
  const receives = seen('Replica_IO_Running', 'Slave_IO_Running');
  const applies = seen('Replica_SQL_Running', 'Slave_SQL_Running');
  const error = seen('Last_SQL_Error');
  const modes = [primaryGtidMode, variables.get('gtid_mode')];
  // MariaDB commits in the primary's order whatever its appliers do
  const unordered =
    Number(variables.get('replica_parallel_workers') ?? 0) > 1 && value('replica_preserve_commit_order') === 'OFF';
  return {
    seen: {
      read_only: value('read_only'),
      gtid_mode: mariaDb ? 'ON' : value('gtid_mode'),
      receives: receives ?? UNKNOWN,
      applies: applies ?? UNKNOWN,
      seconds_behind: status === null ? UNKNOWN : (seen('Seconds_Behind_Source', 'Seconds_Behind_Master') ?? null),
      ...(mariaDb ? {} : { replica_preserve_commit_order: value('replica_preserve_commit_order') }),
    },
    faults: [
      ...faultsOf(
        late,
        faultOfPlace(isPrimary, value('read_only')),
        !mariaDb && modes.some((mode) => mode !== null && mode !== undefined && mode !== 'ON')
          ? {
              fault: phrase("GTIDs are off: what the replica has can't be compared, and the primary is read from."),
              hint: phrase('Set gtid_mode=ON and enforce_gtid_consistency=ON on both servers.'),
            }
          : null,
        [receives, applies].every((running) => running === undefined || running === 'Yes')
          ? null
          : {
              fault: phrase`The replication does not run (receives: ${receives}, applies: ${applies}): ${error || phrase('no reason was given')}`,
              hint: phrase('See SHOW REPLICA STATUS on the replica, mend what it tells, and START REPLICA.'),
            },
        unordered
          ? {
              fault: phrase('The replica commits in another order than the primary: a snapshot may have gaps.'),
              hint: phrase('Set replica_preserve_commit_order=ON on it.'),
            }
          : null,
      ),
    ],
  };
}

/** One that takes writes; where it is the primary, nobody is to have it refuse them. */
function faultOfPlace(isPrimary: boolean, readOnly: string): Fault | null {
  if (isPrimary)
    return {
      fault: phrase('SHOP_DATABASE_REPLICA_URL names the primary itself.'),
      hint: phrase('Name a replica of it, or leave the setting out.'),
    };
  if (readOnly !== 'OFF') return null;
  return {
    fault: phrase('The replica takes writes.'),
    hint: phrase('Set super_read_only=ON on it (read_only=ON in MariaDB).'),
  };
}
