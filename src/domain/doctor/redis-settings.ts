import { type Phrase, phrase } from '../phrase.ts';
import type { RedisInfo } from '../servers/redis-info.ts';
import { type Fault, type Finding, faultsOf, UNKNOWN } from './check.ts';

/**
 * Maximum percentage of memory in use. Above this percentage, too little memory is left for a peak, or for the copy made while
 * the append-only file is rewritten.
 */
const MOST_USED_PERCENT = 80;
const MEBIBYTE = 1_048_576;

/** Checks the eviction policy. If Redis evicts keys of the queue, jobs are lost and the queue is corrupted. */
export function checkEviction(info: RedisInfo): Finding {
  const policy = info.get('maxmemory_policy');
  return {
    seen: { maxmemory_policy: policy ?? UNKNOWN },
    faults: faultsOf(
      policy === undefined || policy === 'noeviction'
        ? null
        : {
            fault: phrase`Redis may evict keys of the queue: maxmemory-policy is ${policy}.`,
            hint: phrase("Set maxmemory-policy to noeviction in the server's configuration."),
          },
    ),
  };
}

/**
 * Checks the persistence. If Redis loses its data, no request is lost, but each request waits until the worker's sweep finds
 * it.
 */
export function checkPersistence(info: RedisInfo): Finding {
  const enabled = info.get('aof_enabled');
  const [written, rewritten, saved] = [
    'aof_last_write_status',
    'aof_last_bgrewrite_status',
    'rdb_last_bgsave_status',
  ].map((name) => info.get(name));
  const failed = (status: string | undefined, what: Phrase): Fault | null =>
    status === undefined || status === 'ok'
      ? null
      : {
          fault: phrase`Redis could not ${what}.`,
          hint: phrase(
            'See the log of Redis for the reason. Check the free space and the permissions of the folder with the data of Redis.',
          ),
        };
  return {
    seen: {
      appendonly: enabled === undefined ? UNKNOWN : enabled === '1' ? 'yes' : 'no',
      aof_last_write_status: written ?? UNKNOWN,
      aof_last_bgrewrite_status: rewritten ?? UNKNOWN,
      rdb_last_bgsave_status: saved ?? UNKNOWN,
    },
    faults: faultsOf(
      enabled === '0'
        ? {
            fault: phrase('Redis keeps no append-only file: a restart may lose queued jobs.'),
            hint: phrase(
              "Set appendonly to yes in the server's configuration. Without it, requests are safe in MySQL, but may be applied late after a restart of Redis.",
            ),
          }
        : null,
      failed(written, phrase('write its append-only file')),
      failed(rewritten, phrase('rewrite its append-only file')),
      failed(saved, phrase('save its last snapshot')),
    ),
  };
}

/** Names of the limits on Redis's memory. */
const [MACHINE, MAXMEMORY] = [phrase('the memory of its machine'), phrase('its maxmemory')];

/** Checks the memory, because a full Redis with noeviction accepts no more jobs. */
export function checkMemory(info: RedisInfo): Finding {
  const used = bytes(info, 'used_memory');
  const maxmemory = bytes(info, 'maxmemory');
  const limit = maxmemory ?? bytes(info, 'total_system_memory');
  const [limitedBy, hint] =
    maxmemory === null ? [MACHINE, phrase('Add memory')] : [MAXMEMORY, phrase('Raise maxmemory')];
  const percent = used === null || limit === null ? null : Math.ceil((used / limit) * 100);
  return {
    seen: {
      usedMebibytes: mebibytes(used),
      limitMebibytes: mebibytes(limit),
      limitedBy: limit === null ? UNKNOWN : limitedBy,
      usedPercent: percent ?? UNKNOWN,
    },
    faults: faultsOf(
      percent === null || percent <= MOST_USED_PERCENT
        ? null
        : {
            fault: phrase`Redis uses ${percent} % of ${limitedBy}; when no memory is left, nothing can be queued.`,
            hint: phrase`${hint}, or find the largest keys with \`redis-cli --bigkeys\`.`,
          },
    ),
  };
}

/** Reads a number of bytes. Returns null if the number is missing or 0. As a limit, 0 means no limit. */
function bytes(info: RedisInfo, name: string): number | null {
  return Number(info.get(name)) || null;
}

function mebibytes(count: number | null): number | string {
  return count === null ? UNKNOWN : Math.round((count / MEBIBYTE) * 10) / 10;
}
