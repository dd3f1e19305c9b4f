import type { Cluster, Redis } from 'ioredis';
import { type RedisClient, RedisError } from './client.ts';

export interface RedisNode {
  /** Host and port. */
  readonly address: string;
  readonly client: Redis;
}

/** Returns the servers that a client uses: one server, or all nodes of a cluster, because each replica may become a primary. */
export function nodesOf(client: RedisClient): RedisNode[] {
  return nodes(client).map((node) => ({ address: addressOf(node), client: node }));
}

function nodes(client: RedisClient): Redis[] {
  return client.isCluster ? (client as Cluster).nodes() : [client as Redis];
}

/**
 * Returns the address of a node. With sentinels, the address comes from the socket, because the options name only the
 * sentinels.
 */
function addressOf({ options, stream }: Redis): string {
  const { host = stream?.remoteAddress, port = stream?.remotePort } = options.sentinels ? {} : options;
  return `${host}:${port}`;
}

/** A node of a cluster, as reported by another node. */
interface ClusterMember {
  readonly address: string;
  readonly primary: boolean;
  /** True if the node, or the link to it, has failed. */
  readonly failed: boolean;
}

/** State of a cluster, as reported by one of its nodes. */
export interface ClusterView {
  /** `ok`, or `fail` if a slot has no primary. */
  readonly state: string;
  readonly members: readonly ClusterMember[];
  /** The primary that serves the key given to `readCluster`; null if no node serves it. */
  readonly primary: ClusterMember | null;
  /** The replicas of `primary`. */
  readonly replicas: readonly ClusterMember[];
}

/** Reads the state of a cluster, and the nodes that serve `key`. @throws RedisError */
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

interface ParsedMember extends ClusterMember {
  readonly id: string;
  /** Id of the node's primary; `-` if the node is itself a primary. */
  readonly of: string;
  readonly slots: readonly (readonly [first: number, last: number])[];
}

/** Parses a line of CLUSTER NODES: `id address@bus[,name] flags primary ping pong epoch link slot...`. */
function parseMember(line: string): ParsedMember {
  const [id = '', where = '', flags = '', of = '', , , , link = '', ...ranges] = line.trim().split(' ');
  const marks = flags.split(',');
  return {
    id,
    of,
    address: where.replace(/@.*$/, ''),
    primary: marks.includes('master'),
    // a node reports no link to itself
    failed: marks.includes('fail') || (link === 'disconnected' && !marks.includes('myself')),
    slots: ranges.flatMap((range) => {
      const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(range) ?? [];
      return first === undefined ? [] : [[Number(first), Number(last)] as const];
    }),
  };
}
