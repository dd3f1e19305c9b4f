import { isTlsError } from '../tls-errors.ts';
import { DatabaseError, databaseError, NOT_WRITABLE } from './errors.ts';
import { databaseAddress } from './url.ts';

/** If a host does not respond within this time, the next host is tried as well. */
const NEXT_HOST_AFTER_MS = 1_000;
const ACCESS_DENIED = 1142;

/** Last host that accepted writes, for each URL with several hosts. */
const lastPrimaries = new Map<string, string>();

/** A session on one of the hosts. */
interface Candidate {
  query<Row>(sql: string): Promise<Row[]>;
  destroy(): void;
}

interface Refusal {
  readonly host: string;
  readonly error: DatabaseError;
}

/**
 * Opens a session on the host that accepts writes. Hosts are tried in turn, starting with the last known primary. If a host
 * does not respond, the next host is tried while the first attempt continues. So an unreachable host costs one second, and a
 * slow host can still be used.
 *
 * @param url the URL with all hosts.
 * @param open connects to one host.
 * @throws DatabaseError if no host accepts writes. The error is an outage with each host's error, or a misconfiguration (see
 *   `noPrimary`).
 */
export function openPrimary<Session extends Candidate>(
  url: string,
  hosts: readonly string[],
  open: (host: string) => Promise<Session>,
): Promise<Session> {
  const last = lastPrimaries.get(url);
  const order = last === undefined ? hosts : [last, ...hosts.filter((host) => host !== last)];
  return new Promise((resolve, reject) => {
    const refusals: Refusal[] = [];
    let [tried, settled] = [0, false];
    let timer: NodeJS.Timeout | undefined;
    const tryNext = () => {
      clearTimeout(timer);
      const host = order[tried];
      if (host === undefined) return;
      tried++;
      timer = setTimeout(tryNext, NEXT_HOST_AFTER_MS);
      openWritable(host, open).then(
        (session) => {
          if (settled) return session.destroy();
          settled = true;
          clearTimeout(timer);
          lastPrimaries.set(url, host);
          resolve(session);
        },
        (error) => {
          if (settled) return;
          refusals.push({ host, error: databaseError(error) });
          if (refusals.length < order.length) return tryNext();
          settled = true;
          reject(noPrimary(refusals));
        },
      );
    };
    tryNext();
  });
}

async function openWritable<Session extends Candidate>(
  host: string,
  open: (host: string) => Promise<Session>,
): Promise<Session> {
  const session = await open(host);
  try {
    await requireWrites(session);
    return session;
  } catch (error) {
    session.destroy();
    throw error;
  }
}

/**
 * Checks that a server accepts writes and, if it belongs to a group, is the primary of that group.
 *
 * @throws DatabaseError (an outage) otherwise.
 */
export async function requireWrites(session: Pick<Candidate, 'query'>): Promise<void> {
  const reason = await reasonAgainst(session);
  if (reason !== null) throw new NotWritable(reason);
}

/** Returns the reason why the server must not be written to, or null if there is none. */
async function reasonAgainst(session: Pick<Candidate, 'query'>): Promise<string | null> {
  const rows = await session.query<{ Variable_name: string; Value: string }>(
    "SHOW GLOBAL VARIABLES WHERE Variable_name IN ('read_only', 'super_read_only', 'group_replication_group_name')",
  );
  const variables = new Map(rows.map(({ Variable_name, Value }) => [Variable_name, Value]));
  // MariaDB has only `read_only`, which can have values other than ON and OFF
  if (['read_only', 'super_read_only'].some((name) => (variables.get(name) ?? 'OFF') !== 'OFF'))
    return 'it is read-only';
  if ((variables.get('group_replication_group_name') ?? '') === '') return null;
  const members = await readGroup(session);
  return members === null ? null : reasonOfGroup(members);
}

/** A member of a replication group, as reported by one of its members. */
export interface GroupMember {
  /** `ONLINE`, `RECOVERING`, `OFFLINE`, `ERROR` or `UNREACHABLE`. */
  readonly state: string;
  /** `PRIMARY`, `SECONDARY` or empty. */
  readonly role: string;
  readonly address: string;
  /** 1 for the member that reports the list; 0 for the other members. */
  readonly own: number;
}

/** Reads the members of a server's group. Returns null if the account may not read them. @throws DatabaseError */
export async function readGroup(session: Pick<Candidate, 'query'>): Promise<readonly GroupMember[] | null> {
  try {
    return await session.query<GroupMember>(
      `SELECT MEMBER_STATE AS state, MEMBER_ROLE AS role, CONCAT(MEMBER_HOST, ':', MEMBER_PORT) AS address,
       MEMBER_ID = @@server_uuid AS own FROM performance_schema.replication_group_members`,
    );
  } catch (error) {
    if (databaseError(error).errno === ACCESS_DENIED) return null;
    throw error;
  }
}

/**
 * Returns the reason why a member of a group must not be written to, or null if there is none. A member that has left the group
 * is not always read-only. A member that is cut off from the others still accepts statements, but its COMMIT never ends.
 */
function reasonOfGroup(members: readonly GroupMember[]): string | null {
  const own = members.find((member) => member.own === 1);
  if (own?.state !== 'ONLINE') return `it is ${own?.state ?? 'OFFLINE'} in its group`;
  if (own.role !== 'PRIMARY') return 'it is a secondary of its group';
  const unreachable = members.filter(({ state }) => state === 'UNREACHABLE').length;
  return 2 * unreachable >= members.length ? 'it does not see a majority of its group' : null;
}

/** Reports a server that responds, but must not be written to. */
class NotWritable extends DatabaseError {
  constructor(reason: string) {
    super(Object.assign(new Error(reason), { code: NOT_WRITABLE }));
  }
}

/** Reports that none of several hosts accepts writes. */
export class NoPrimary extends DatabaseError {
  /** True if at least one host responded but must not be written to. In that case another host may be about to take over. */
  readonly answered: boolean;

  constructor(refusals: readonly Refusal[]) {
    const reasons = refusals.map(({ host, error }) => `${databaseAddress(host)}: ${error.message}`);
    super(Object.assign(new Error(`no host accepts writes (${reasons.join('; ')})`), { code: NOT_WRITABLE }));
    this.answered = refusals.some(({ error }) => error instanceof NotWritable);
  }
}

/**
 * Returns the error to report. This is `NoPrimary` if a host responded but accepts no writes, or if no host is misconfigured.
 * Otherwise it is the misconfiguration, such as a wrong password.
 */
function noPrimary(refusals: readonly Refusal[]): DatabaseError {
  const none = new NoPrimary(refusals);
  const misconfigured = refusals.find(({ error }) => error.errno !== null || isTlsError(error.cause));
  return none.answered || misconfigured === undefined ? none : misconfigured.error;
}
