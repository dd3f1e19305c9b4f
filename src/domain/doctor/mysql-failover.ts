import { connect, type Session } from '../../db/mysql/connection.ts';
import { databaseError, NOT_WRITABLE } from '../../db/mysql/errors.ts';
import { type GroupMember, readGroup, requireWrites } from '../../db/mysql/failover.ts';
import { databaseAddress } from '../../db/mysql/url.ts';
import { splitHosts } from '../../db/url.ts';
import { phrase } from '../phrase.ts';
import { type Fault, type Finding, faultsOf, UNKNOWN } from './check.ts';
import { readVariables, type Variables } from './mysql-settings.ts';

/** One of the hosts that are named. */
export interface HostView {
  readonly address: string;
  readonly state: 'primary' | 'standby' | 'away';
  /** Why it is no primary, in the server's or the driver's words; empty where it is one. */
  readonly reason: string;
}

/** A replication group. */
export interface GroupView {
  /** Null where the account may not look. */
  readonly members: readonly GroupMember[] | null;
  /** `group_replication_consistency`. */
  readonly consistency: string;
}

/** @throws DatabaseError where one host is named and is away; of several each is told. */
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

/** The group of a server, or null where it has none. @throws DatabaseError */
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

/** @param group null where there is none, or no server to ask about it. */
export function judgeFailover(hosts: readonly HostView[], group: GroupView | null): Finding {
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
          fault: phrase`MySQL at ${address} is away: ${reason}.`,
          hint: phrase('See that it runs and lets this account in, or take it out of SHOP_DATABASE_URL.'),
        }),
      ),
      ...faultsOf(
        primaries.length === 0
          ? {
              fault: phrase`No server takes writes: ${hosts.map(({ address, reason }) => `${address}: ${reason}`).join('; ')}.`,
              hint: phrase('Make one of them the primary, and name all that may become it in SHOP_DATABASE_URL.'),
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
        hint: phrase('See its log, and start it or have it join again; a group of three needs two for a new primary.'),
      }),
    ),
    ...faultsOf(
      primaries.length > 1 && primariesNamed < 2 ? tooManyPrimaries(primaries.map(({ address }) => address)) : null,
      consistency === 'EVENTUAL'
        ? {
            fault: phrase(
              'A new primary of the replication group may be read before it has applied all of the old one.',
            ),
            hint: phrase('Set group_replication_consistency to BEFORE_ON_PRIMARY_FAILOVER on all members.'),
          }
        : null,
    ),
  ];
}

function tooManyPrimaries(addresses: readonly string[]): Fault {
  return {
    fault: phrase`More than one server takes writes: ${addresses.join(', ')}.`,
    hint: phrase("Let one take them, and set the others super_read_only: the lock of the lane is one server's."),
  };
}
