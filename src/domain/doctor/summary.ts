import { databaseAddress } from '../../db/mysql/url.ts';
import { redisAddressText } from '../../db/redis/url.ts';
import { type Phrase, phrase } from '../phrase.ts';
import { type CheckName, type CheckResult, type Seen, UNKNOWN } from './check.ts';

/** Values that a summary needs in addition to the result of its check. */
export interface Surroundings {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  /** Formats a time in the operator's zone. */
  readonly timeText: (time: Date) => string;
}

/** Describes a check that passed, in one sentence for people. */
export function summarize({ name, seen }: CheckResult, surroundings: Surroundings): Phrase {
  return SUMMARIES[name](seen, surroundings);
}

const SUMMARIES: Readonly<Record<CheckName, (seen: Seen, surroundings: Surroundings) => Phrase>> = {
  mysql: ({ server, version }, { databaseUrl }) => phrase`${server} ${version} at ${databaseAddress(databaseUrl)}`,
  'mysql-durability': ({ innodb_flush_log_at_trx_commit: flush }) =>
    flush === UNKNOWN
      ? phrase('Found no setting that puts commits at risk')
      : phrase('Commits are durable (log flushed and synced at each commit)'),
  'mysql-session': () => phrase('Sessions use strict mode, UTC and READ COMMITTED'),
  'mysql-failover': ({ mode, primary, hosts, standby, members, online }) => {
    if (mode === 'group') return phrase`Replication group: ${online} of ${members} members online, primary ${primary}`;
    if (mode === 'hosts') return phrase`MySQL primary: ${primary}; ${standby} of ${hosts} hosts on standby`;
    return phrase`MySQL accepts writes (one server: ${primary})`;
  },
  'mysql-replica': ({ seconds_behind: seconds }) =>
    phrase`The replica follows the primary (seconds behind: ${seconds ?? UNKNOWN})`,
  redis: ({ server, version }, { redisUrl }) => phrase`${server} ${version} at ${redisAddressText(redisUrl)}`,
  'redis-eviction': () => phrase('Redis evicts no keys (maxmemory-policy noeviction)'),
  'redis-persistence': () => phrase('Redis keeps an append-only file'),
  'redis-memory': ({ usedMebibytes: used, limitMebibytes: limit, limitedBy }) =>
    limit === UNKNOWN
      ? phrase`Redis memory: ${numberText(used)} MiB used`
      : phrase`Redis memory: ${numberText(used)} of ${numberText(limit)} MiB used (limited by ${limitedBy})`,
  'redis-failover': ({ mode, primary, replicas, primaries, sentinels, answering }) => {
    if (mode === 'cluster')
      return phrase`Redis cluster (primaries: ${primaries ?? UNKNOWN}; the shop's keys are on ${primary ?? UNKNOWN}, replicas: ${replicas ?? UNKNOWN})`;
    if (mode === 'sentinel')
      return phrase`Redis primary ${primary} (replicas: ${replicas}; sentinels that respond: ${answering} of ${sentinels})`;
    return phrase`Redis accepts writes (one server, replicas: ${replicas})`;
  },
  clocks: ({ mysqlAheadMs: mysql, redisAheadMs: redis }) =>
    phrase`Clocks agree (offset from this machine: MySQL ${aheadText(mysql)}, Redis ${aheadText(redis)})`,
  schema: () => phrase('The schema is up to date'),
  drift: () => phrase('The schema matches its migrations'),
  workers: ({ atQueue }) => phrase`A worker holds the lane (workers waiting for jobs: ${atQueue})`,
  pending: ({ oldestRequest, seconds }) =>
    oldestRequest === null
      ? phrase('No request is pending')
      : phrase`The oldest pending request, ${oldestRequest}, has waited for ${numberText(seconds)} s`,
  ranking: ({ refreshedAt }, { timeText }) =>
    phrase`The ranking was refreshed at ${refreshedAt instanceof Date ? timeText(refreshedAt) : UNKNOWN}`,
};

/** Formats a number with at most one decimal place. Numbers from 100 on have no decimal place. */
function numberText(value: Seen[string] | undefined): string {
  if (typeof value !== 'number') return UNKNOWN;
  return value.toLocaleString('en', { maximumFractionDigits: value < 100 ? 1 : 0 });
}

/** Formats a difference between clocks. A difference of less than half a millisecond is 0, never -0. */
function aheadText(ms: Seen[string] | undefined): Phrase {
  return typeof ms === 'number' ? phrase`${(ms + 0).toLocaleString('en')} ms` : phrase('unknown');
}
