import type { Cluster, Redis } from 'ioredis';
import { type RedisClient, RedisError } from './client.ts';

/** A server of Redis. */
export interface RedisNode {
  /** Host and port, as the client knows them. */
  readonly address: string;
  readonly client: Redis;
}

/** The servers behind a client: all nodes of a cluster, for each replica may be the next primary, or the one server. */
export function nodesOf(client: RedisClient): RedisNode[] {
  return nodes(client).map((node) => ({ address: addressOf(node), client: node }));
}

function nodes(client: RedisClient): Redis[] {
  return client.isCluster ? (client as Cluster).nodes() : [client as Redis];
}

/** By sentinels, the server is where they have said that it is. */
function addressOf({ options, stream }: Redis): string {
  const { host = stream?.remoteAddress, port = stream?.remotePort } = options.sentinels ? {} : options;
  return `${host}:${port}`;
}

/** A node of a cluster, as another one sees it. */
interface ClusterMember {
  readonly address: string;
  readonly primary: boolean;
  /** Whether it, or its link, has failed. */
  readonly failed: boolean;
}

/** A cluster, as one of its nodes sees it. */
export interface ClusterView {
  /** `ok`, or `fail` where some slot has no primary. */
  readonly state: string;
  readonly members: readonly ClusterMember[];
  /** The primary of one key, and its replicas; null where no node is to have it. */
  readonly primary: ClusterMember | null;
  readonly replicas: readonly ClusterMember[];
}

/** Asks a cluster how it is, and who has `key`. @throws RedisError */
export async function readCluster(client: RedisClient, key: string): Promise<ClusterView> {
  try {
    const [info, lines, slot] = [
      await client.cluster('INFO'),
      String(await client.cluster('NODES')),
      await client.cluster('KEYSLOT', key),
    ];
    const members = lines.split('\n').flatMap((line) => (line === '' ? [] : [parseMember(line)]));
    const primary = members.find(({ slots }) => slots.some(([first, last]) => first <= slot && slot <= last)) ?? null;
    return {
      state: /cluster_state:(\w+)/.exec(String(info))?.[1] ?? 'unknown',
      members,
      primary,
      replicas: primary === null ? [] : members.filter(({ of }) => of === primary.id),
    };
  } catch (cause) {
    throw new RedisError(cause);
  }
}

interface Line extends ClusterMember {
  readonly id: string;
  /** The id of its primary; of a primary `-`. */
  readonly of: string;
  readonly slots: readonly (readonly [first: number, last: number])[];
}

/** `id address@bus[,name] flags primary ping pong epoch link slot...`, see CLUSTER NODES. */
function parseMember(line: string): Line {
  const [id = '', where = '', flags = '', of = '', , , , link = '', ...ranges] = line.trim().split(' ');
  const marks = flags.split(',');
  return {
    id,
    of,
    address: where.replace(/@.*$/, ''),
    primary: marks.includes('master'),
    // a node has no link to itself
    failed: marks.includes('fail') || (link === 'disconnected' && !marks.includes('myself')),
    slots: ranges.flatMap((range) => {
      const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(range) ?? [];
      return first === undefined ? [] : [[Number(first), Number(last)] as const];
    }),
  };
}
