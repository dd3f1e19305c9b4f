import { randomUUID } from 'node:crypto';
import { isMariaDbVersion, type Session, serverVersion } from '../../db/mysql/connection.ts';
import { DatabaseError } from '../../db/mysql/errors.ts';
import { acquireLock, readLockHolder, releaseLock } from '../../db/mysql/named-lock.ts';
import { phrase } from '../phrase.ts';
import { type Fault, type Finding, faultsOf, UNKNOWN } from './check.ts';
import { readVariables, type Variables } from './mysql-settings.ts';

/** Settings and replication status of the replica. */
export interface ReplicaView {
  readonly mariaDb: boolean;
  /** True if the configured replica is the primary itself. */
  readonly isPrimary: boolean;
  readonly variables: Variables;
  /** The primary's `gtid_mode`; null for MariaDB, which has no such setting. */
  readonly primaryGtidMode: string | null;
  /** Row of SHOW REPLICA STATUS; null if this account may not see it, or if the server is not a replica. */
  readonly status: Readonly<Record<string, string | number | null>> | null;
}

const VARIABLES = [
  'read_only',
  'super_read_only',
  'gtid_mode',
  'replica_parallel_workers',
  'replica_preserve_commit_order',
];

/** Reads the settings and the status of the replica. @throws DatabaseError */
export async function readReplica(primary: Session, replica: Session): Promise<ReplicaView> {
  const mariaDb = isMariaDbVersion(await serverVersion(replica));
  const variables = await readVariables(replica, 'GLOBAL', VARIABLES);
  const primaryGtidMode = (await readVariables(primary, 'GLOBAL', ['gtid_mode'])).get('gtid_mode') ?? null;
  const isPrimary = await isOneServer(primary, replica);
  return { mariaDb, isPrimary, variables, primaryGtidMode, status: await readStatus(replica) };
}

/** Checks whether two sessions are on the same server. Only then does one session see the other's lock. */
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
    // the account lacks the right, or the server uses another name for the statement
    if (error instanceof DatabaseError && error.kind === 'statement') return null;
    throw error;
  }
}

/** Checks the replica. @param late the reason why reads can't use the replica, such as its lag; null if there is none. */
export function checkReplica(
  { mariaDb, isPrimary, variables, primaryGtidMode, status }: ReplicaView,
  late: Fault | null,
): Finding {
  const value = (name: string) => variables.get(name) ?? UNKNOWN;
  const seen = (...names: readonly string[]) => names.map((name) => status?.[name]).find((v) => v !== undefined);
  const receives = seen('Replica_IO_Running', 'Slave_IO_Running');
  const applies = seen('Replica_SQL_Running', 'Slave_SQL_Running');
  const error = seen('Last_SQL_Error') || seen('Last_IO_Error');
  const modes = [primaryGtidMode, variables.get('gtid_mode')];
  // MariaDB always commits in the primary's order
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
              fault: phrase(
                "GTIDs are off: the replica's position can't be compared, so data is read from the primary instead.",
              ),
              hint: phrase('Set gtid_mode=ON and enforce_gtid_consistency=ON on the primary and on the replica.'),
            }
          : null,
        [receives, applies].every((running) => running === undefined || running === 'Yes')
          ? null
          : {
              fault: phrase`Replication is not running (receives: ${receives}, applies: ${applies}): ${error || phrase('no reason was given')}.`,
              hint: phrase('Fix the error that SHOW REPLICA STATUS shows on the replica, then run START REPLICA.'),
            },
        unordered
          ? {
              fault: phrase(
                'The replica may commit in a different order from the primary, so its snapshots may have gaps.',
              ),
              hint: phrase('Set replica_preserve_commit_order=ON on the replica.'),
            }
          : null,
      ),
    ],
  };
}

/**
 * Returns a fault if the configured replica is the primary itself, or if it accepts writes. The hint for a primary must not
 * suggest making it read-only.
 */
function faultOfPlace(isPrimary: boolean, readOnly: string): Fault | null {
  if (isPrimary)
    return {
      fault: phrase('SHOP_DATABASE_REPLICA_URL names the primary itself.'),
      hint: phrase('Set SHOP_DATABASE_REPLICA_URL to the URL of a replica, or unset this setting.'),
    };
  if (readOnly !== 'OFF') return null;
  return {
    fault: phrase('The replica accepts writes.'),
    hint: phrase('Set super_read_only=ON on the replica (read_only=ON in MariaDB).'),
  };
}
