import { connect, type Session } from '../../db/mysql/connection.ts';
import { databaseError, NOT_WRITABLE } from '../../db/mysql/errors.ts';
import { type GroupMember, readGroup, requireWrites } from '../../db/mysql/failover.ts';
import { databaseAddress } from '../../db/mysql/url.ts';
import { splitHosts } from '../../db/url.ts';
import { phrase } from '../phrase.ts';
import { type Fault, type Finding, faultsOf, UNKNOWN } from './check.ts';
import { readVariables, type Variables } from './mysql-settings.ts';

/** A host in SHOP_DATABASE_URL. */
export interface HostView {
  readonly address: string;
  readonly state: 'primary' | 'standby' | 'away';
  /** Message from the server or the MySQL driver that explains why the host is not a primary; empty for a primary. */
  readonly reason: string;
}

/** State of a replication group. */
export interface GroupView {
  /** The group's members; null if the account lacks the right to read them. */
  readonly members: readonly GroupMember[] | null;
  /** The value of `group_replication_consistency`. */
  readonly consistency: string;
}

/** Reads the state of each host. @throws DatabaseError if there is only one host and it is unavailable. */
export async function readHosts(url: string, statementMs: number): Promise<readonly HostView[]> {
  const hosts = splitHosts(url).urls;
  return Promise.all(
    hosts.map(async (host): Promise<HostView> => {
      const address = databaseAddress(host);
      try {
        const session = await connect(host, { statementMs });
        const reason = await reasonOf(session);
        return { address, state: reason === '' ? 'primary' : 'standby', reason };
      } catch (error) {
        if (hosts.length === 1) throw error;
        return { address, state: 'away', reason: databaseError(error).message };
      }
    }),
  );
}

async function reasonOf(session: Session): Promise<string> {
  try {
    await requireWrites(session);
    return '';
  } catch (error) {
    const { code, message } = databaseError(error);
    if (code === NOT_WRITABLE) return message;
    throw error;
  } finally {
    await session.close();
  }
}

/** Reads the replication group of a server, or returns null if it has none. @throws DatabaseError */
export async function readGroupView(session: Session): Promise<GroupView | null> {
  const variables: Variables = await readVariables(session, 'GLOBAL', [
    'group_replication_group_name',
    'group_replication_consistency',
  ]);
  if ((variables.get('group_replication_group_name') ?? '') === '') return null;
  return {
    members: await readGroup(session),
    consistency: variables.get('group_replication_consistency') ?? UNKNOWN,
  };
}

/** Checks the hosts and their replication group. @param group null if there is none, or if it could not be read. */
export function checkFailover(hosts: readonly HostView[], group: GroupView | null): Finding {
  const [primaries, standby, away] = (['primary', 'standby', 'away'] as const).map((state) =>
    hosts.filter((host) => host.state === state),
  ) as [HostView[], HostView[], HostView[]];
  const mode = group !== null ? 'group' : hosts.length > 1 ? 'hosts' : 'server';
  const several = hosts.length > 1 ? { hosts: hosts.length, standby: standby.length, away: away.length } : {};
  return {
    seen: {
      mode,
      ...several,
      primary: primaries.map(({ address }) => address).join(', ') || null,
      ...(group === null ? {} : seenOfGroup(group)),
    },
    faults: [
      ...away.map(
        ({ address, reason }): Fault => ({
          fault: phrase`MySQL at ${address} is unavailable: ${reason}.`,
          hint: phrase(
            'Check that the server is running and accepts the account in SHOP_DATABASE_URL, or remove the server from that setting.',
          ),
        }),
      ),
      ...faultsOf(
        primaries.length === 0
          ? {
              fault: phrase`No server accepts writes: ${hosts.map(({ address, reason }) => `${address}: ${reason}`).join('; ')}.`,
              hint: phrase(
                'Make one of the servers the primary. In SHOP_DATABASE_URL, list every host that may become the primary.',
              ),
            }
          : null,
        primaries.length > 1 ? tooManyPrimaries(primaries.map(({ address }) => address)) : null,
      ),
      ...(group === null ? [] : faultsOfGroup(group, primaries.length)),
    ],
  };
}

function seenOfGroup({ members, consistency }: GroupView) {
  const online = members?.filter(({ state }) => state === 'ONLINE').length;
  return { members: members?.length ?? UNKNOWN, online: online ?? UNKNOWN, consistency };
}

function faultsOfGroup({ members, consistency }: GroupView, primariesNamed: number): readonly Fault[] {
  const primaries = (members ?? []).filter(({ role }) => role === 'PRIMARY');
  const missing = (members ?? []).filter(({ state }) => state !== 'ONLINE');
  return [
    ...missing.map(
      ({ address, state }): Fault => ({
        fault: phrase`Member ${address} of the replication group is ${state}.`,
        hint: phrase(
          "Check the member's log, then start the member or let it rejoin the group; a group of three needs two members to elect a primary.",
        ),
      }),
    ),
    ...faultsOf(
      primaries.length > 1 && primariesNamed < 2 ? tooManyPrimaries(primaries.map(({ address }) => address)) : null,
      consistency === 'EVENTUAL'
        ? {
            fault: phrase(
              'After a failover in the replication group, sessions may read from the new primary before it has applied all transactions of the old primary.',
            ),
            hint: phrase('Set group_replication_consistency to BEFORE_ON_PRIMARY_FAILOVER on all members.'),
          }
        : null,
    ),
  ];
}

function tooManyPrimaries(addresses: readonly string[]): Fault {
  return {
    fault: phrase`More than one server accepts writes: ${addresses.join(', ')}.`,
    hint: phrase(
      'Set super_read_only=ON on all of these servers except one. The lock that lets only one worker apply requests works only within one server.',
    ),
  };
}
