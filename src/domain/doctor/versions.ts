import { isMariaDbVersion } from '../../db/mysql/connection.ts';
import { phrase } from '../phrase.ts';
import type { RedisInfo } from '../servers/redis-info.ts';
import { type Finding, UNKNOWN } from './check.ts';

type Version = readonly [major: number, minor: number];

/** Minimum supported versions. */
const OLDEST = { MySQL: [8, 0], MariaDB: [10, 6], Redis: [6, 2] } as const satisfies Record<string, Version>;

/** Checks the version of MySQL or MariaDB. @param version result of `SELECT VERSION()`. MariaDB's version contains its name. */
export function checkDatabaseVersion(version: string): Finding {
  return check(isMariaDbVersion(version) ? 'MariaDB' : 'MySQL', version);
}

/**
 * Checks the version of Redis. Valkey and other forks report the compatible version of Redis in addition to their own version.
 */
export function checkRedisVersion(info: RedisInfo): Finding {
  return check('Redis', info.get('redis_version') ?? UNKNOWN);
}

function check(server: keyof typeof OLDEST, version: string): Finding {
  const seen = { server, version };
  const found = /^(\d+)\.(\d+)/.exec(version);
  if (found === null) return { seen, faults: [] };
  const [major, minor]: Version = [Number(found[1]), Number(found[2])];
  const [oldestMajor, oldestMinor] = OLDEST[server];
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return { seen, faults: [] };
  const oldest = `${oldestMajor}.${oldestMinor}`;
  return {
    seen,
    faults: [
      {
        fault: phrase`${server} ${version} is older than ${oldest}, the minimum version.`,
        hint: phrase`Upgrade the server to ${oldest} or later.`,
      },
    ],
  };
}
