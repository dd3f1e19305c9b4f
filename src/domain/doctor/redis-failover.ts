import type { ClusterView } from '../../db/redis/cluster.ts';
import type { SentinelView } from '../../db/redis/sentinel.ts';
import { phrase } from '../phrase.ts';
import type { RedisInfo } from '../servers/redis-info.ts';
import { type Finding, faultsOf, UNKNOWN } from './check.ts';

/**
 * Checks a single Redis server, without sentinels or a cluster. Whether another server could replace it after a failure can't
 * be checked.
 */
export function checkServer(info: RedisInfo): Finding {
  const [mode = UNKNOWN, replicas] = ['redis_mode', 'connected_slaves'].map((name) => info.get(name));
  return {
    seen: { mode, replicas: replicas === undefined ? UNKNOWN : Number(replicas) },
    faults: faultsOf(
      mode === 'cluster'
        ? {
            fault: phrase('Redis is a node of a cluster, but SHOP_REDIS_URL names it as a single server.'),
            hint: phrase('Set SHOP_REDIS_URL to a redis+cluster:// URL that lists some of the nodes.'),
          }
        : null,
      info.get('role') === 'slave'
        ? {
            fault: phrase('Redis is a replica: it accepts no writes.'),
            hint: phrase(
              'Set SHOP_REDIS_URL to the primary, or make this server a primary with `redis-cli REPLICAOF NO ONE`.',
            ),
          }
        : null,
    ),
  };
}

/** Checks the nodes of a cluster and their replicas. */
export function checkCluster({ state, members, primary, replicas }: ClusterView): Finding {
  const failed = members.filter((member) => member.failed);
  const standby = replicas.filter((replica) => !replica.failed).length;
  return {
    seen: {
      mode: 'cluster',
      state,
      primaries: members.filter((member) => member.primary && !member.failed).length,
      failed: failed.length,
      primary: primary?.address ?? null,
      replicas: standby,
    },
    faults: [
      ...faultsOf(
        state === 'ok'
          ? null
          : {
              fault: phrase`The state of the Redis cluster is ${state}: some slots have no primary, or most primaries are unreachable.`,
              hint: phrase('Start the missing nodes; `redis-cli --cluster check <host>:<port>` lists the slots.'),
            },
      ),
      ...failed.map(({ address }) => ({
        fault: phrase`Node ${address} of the Redis cluster has failed.`,
        hint: phrase('Start the node again, or remove it: run `CLUSTER FORGET <node-id>` on each of the other nodes.'),
      })),
      ...faultsOf(
        primary !== null && standby === 0
          ? {
              fault: phrase`Redis node ${primary.address}, which has the shop's keys, has no replica: no node can take over from it.`,
              hint: phrase(
                'Add a replica (`redis-cli --cluster add-node <new-host>:<port> <host>:<port> --cluster-slave`).',
              ),
            }
          : null,
      ),
    ],
  };
}

/** Checks whether sentinels can fail over. @param master the sentinels' name for the primary. */
export function checkSentinels(
  master: string,
  { primary, sentinels, answering, quorum, replicas }: SentinelView,
): Finding {
  // a majority of the sentinels must elect the sentinel that carries out the failover
  const needed = Math.max(quorum, Math.floor(sentinels / 2) + 1);
  return {
    seen: { mode: 'sentinel', master, primary, sentinels, answering, quorum, replicas },
    faults: faultsOf(
      answering < needed
        ? {
            fault: phrase`Too few sentinels respond: ${answering} of ${sentinels}. A failover needs ${needed}.`,
            hint: phrase('Start the sentinels that do not respond, and list all sentinels in SHOP_REDIS_URL.'),
          }
        : null,
      replicas === 0
        ? {
            fault: phrase`The Redis primary ${primary} has no running replica: no server can take over from it.`,
            hint: phrase("Add a replica (REPLICAOF) with the primary's password (masterauth)."),
          }
        : null,
    ),
  };
}
