import { isTlsError } from '../tls-errors.ts';
import { DatabaseError, databaseError, NOT_WRITABLE } from './errors.ts';
import { databaseAddress } from './url.ts';

/** A host that says nothing for so long is not waited for alone: the next one is asked meanwhile. */
const SILENCE_MS = 1_000;
const ACCESS_DENIED = 1142;

/** Which host took writes last, by the URL that names them all. */
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
 * A session on that one of `hosts` which takes writes. They are asked in turn, the one that was right last first; a host
 * that is silent stays asked while the next ones are, so that one that has vanished costs a second, and one that is
 * slow is not given up.
 *
 * @param url names them all.
 * @param open connects to one of them.
 * @throws DatabaseError where none takes writes: an outage that tells what each has said, unless that is for another reason
 * than that it is away or read-only, and the others say nothing better.
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
    let [asked, settled] = [0, false];
    let silence: NodeJS.Timeout | undefined;
    const askNext = () => {
      clearTimeout(silence);
      const host = order[asked];
      if (host === undefined) return;
      asked++;
      silence = setTimeout(askNext, SILENCE_MS);
      openWritable(host, open).then(
        (session) => {
          if (settled) return session.destroy();
          settled = true;
          clearTimeout(silence);
          lastPrimaries.set(url, host);
          resolve(session);
        },
        (error) => {
          if (settled) return;
          refusals.push({ host, error: databaseError(error) });
          if (refusals.length < order.length) return askNext();
          settled = true;
          reject(noPrimary(refusals));
        },
      );
    };
    askNext();
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

/** Asks a server whether it takes writes, and whether its group has it do so. @throws DatabaseError, an outage, where not */
export async function requireWrites(session: Pick<Candidate, 'query'>): Promise<void> {
  const reason = await reasonAgainst(session);
  if (reason !== null) throw new NotWritable(reason);
}

/** Why writes are not for this server, or null where they are. */
async function reasonAgainst(session: Pick<Candidate, 'query'>): Promise<string | null> {
  const rows = await session.query<{ Variable_name: string; Value: string }>(
    "SHOW GLOBAL VARIABLES WHERE Variable_name IN ('read_only', 'super_read_only', 'group_replication_group_name')",
  );
  const variables = new Map(rows.map(({ Variable_name, Value }) => [Variable_name, Value]));
  // MariaDB has the first alone, with more values than ON and OFF
  if (['read_only', 'super_read_only'].some((name) => (variables.get(name) ?? 'OFF') !== 'OFF'))
    return 'it is read-only';
  if ((variables.get('group_replication_group_name') ?? '') === '') return null;
  const members = await readGroup(session);
  return members === null ? null : reasonOfGroup(members);
}

/** A member of a replication group, as another one sees it. */
export interface GroupMember {
  /** `ONLINE`, `RECOVERING`, `OFFLINE`, `ERROR` or `UNREACHABLE`. */
  readonly state: string;
  /** `PRIMARY`, `SECONDARY` or empty. */
  readonly role: string;
  readonly address: string;
  /** 1 for the server that tells. */
  readonly own: number;
}

/** The group that a server belongs to, as it sees it; null where the account may not look. @throws DatabaseError */
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
 * A member that has left its group, or that came back and has not joined it, is not read-only unless its settings make it
 * so; one that was cut off from the others still takes statements, whose COMMIT never ends.
 */
function reasonOfGroup(members: readonly GroupMember[]): string | null {
  const own = members.find((member) => member.own === 1);
  if (own?.state !== 'ONLINE') return `it is ${own?.state ?? 'OFFLINE'} in its group`;
  if (own.role !== 'PRIMARY') return 'it is a secondary of its group';
  const unreachable = members.filter(({ state }) => state === 'UNREACHABLE').length;
  return 2 * unreachable >= members.length ? 'it does not see a majority of its group' : null;
}

/** A server that answers and that writes are not for. */
class NotWritable extends DatabaseError {
  constructor(reason: string) {
    super(Object.assign(new Error(reason), { code: NOT_WRITABLE }));
  }
}

/** Several hosts are named, and none of them takes writes. */
export class NoPrimary extends DatabaseError {
  /** True where one of them answers: another one may be about to take over. */
  readonly answered: boolean;

  constructor(refusals: readonly Refusal[]) {
    const told = refusals.map(({ host, error }) => `${databaseAddress(host)}: ${error.message}`);
    super(Object.assign(new Error(`none of the hosts takes writes (${told.join('; ')})`), { code: NOT_WRITABLE }));
    this.answered = refusals.some(({ error }) => error instanceof NotWritable);
  }
}

/** A wrong password, or a certificate that is not trusted, is not waited for; where one host is read-only, it can't be that. */
function noPrimary(refusals: readonly Refusal[]): DatabaseError {
  const none = new NoPrimary(refusals);
  const misconfigured = refusals.find(({ error }) => error.errno !== null || isTlsError(error.cause));
  return none.answered || misconfigured === undefined ? none : misconfigured.error;
}
