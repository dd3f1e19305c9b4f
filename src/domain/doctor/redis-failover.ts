import type { ClusterView } from '../../db/redis/cluster.ts';
import type { SentinelView } from '../../db/redis/sentinel.ts';
import { phrase } from '../phrase.ts';
import type { RedisInfo } from '../servers/redis-info.ts';
import { type Finding, faultsOf, UNKNOWN } from './check.ts';

/** One server, or a name that stays: what takes over from it, and how, is not ours to know. */
export function judgeServer(info: RedisInfo): Finding {
  const [mode = UNKNOWN, replicas] = ['redis_mode', 'connected_slaves'].map((name) => info.get(name));
  return {
    seen: { mode, replicas: replicas === undefined ? UNKNOWN : Number(replicas) },
    faults: faultsOf(
      mode === 'cluster'
        ? {
            fault: phrase('Redis is a node of a cluster, and SHOP_REDIS_URL names it as a server by itself.'),
            hint: phrase('Let SHOP_REDIS_URL begin with redis+cluster:// and name some of the nodes.'),
          }
        : null,
      info.get('role') === 'slave'
        ? {
            fault: phrase('Redis is a replica: it takes no writes.'),
            hint: phrase('Name its primary in SHOP_REDIS_URL, or make it a primary with `redis-cli REPLICAOF NO ONE`.'),
          }
        : null,
    ),
  };
}

export function judgeCluster({ state, members, primary, replicas }: ClusterView): Finding {
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
              fault: phrase`The cluster's state is ${state}: some slots have no primary.`,
              hint: phrase('Start the nodes that are missing; `redis-cli --cluster check` names the slots.'),
            },
      ),
      ...failed.map(({ address }) => ({
        fault: phrase`Node ${address} of the cluster has failed.`,
        hint: phrase('Start it again, or take it out with CLUSTER FORGET.'),
      })),
      ...faultsOf(
        primary !== null && standby === 0
          ? {
              fault: phrase`${primary.address}, which has the shop's keys, has no replica: nobody takes over from it.`,
              hint: phrase('Add a replica to it (`redis-cli --cluster add-node --cluster-slave`).'),
            }
          : null,
      ),
    ],
  };
}

/** @param master what the sentinels call the primary. */
export function judgeSentinels(
  master: string,
  { primary, sentinels, answering, quorum, replicas }: SentinelView,
): Finding {
  // one of them is to carry the failover out, for which most of all must vote
  const needed = Math.max(quorum, Math.floor(sentinels / 2) + 1);
  return {
    seen: { mode: 'sentinel', master, primary, sentinels, answering, quorum, replicas },
    faults: faultsOf(
      answering < needed
        ? {
            fault: phrase`Of ${sentinels} sentinels ${answering} answer, and ${needed} are needed for a failover.`,
            hint: phrase('Start the others, and name all of them in SHOP_REDIS_URL.'),
          }
        : null,
      replicas === 0
        ? {
            fault: phrase`${primary} has no replica that is up: nobody takes over from it.`,
            hint: phrase('Add a replica to it (REPLICAOF), with the password that the primary wants (masterauth).'),
          }
        : null,
    ),
  };
}
