import { type Phrase, phrase } from '../phrase.ts';
import type { RedisInfo } from '../servers/redis-info.ts';
import { type Fault, type Finding, faultsOf, UNKNOWN } from './check.ts';

/** More than this leaves too little for a rush, or for the copy that a rewrite of the append-only file makes. */
const MOST_USED_PERCENT = 80;
const MEBIBYTE = 1_048_576;

/** The queue's keys have no expiry: a server that may evict them loses jobs, and corrupts the queue. */
export function judgeEviction(info: RedisInfo): Finding {
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

/** Redis may lose all of it and no request is lost; but each is then found by the sweep, and late. */
export function judgePersistence(info: RedisInfo): Finding {
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
          hint: phrase('Its log says why; check the free space and the rights of its folder.'),
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
            fault: phrase('Redis keeps no append-only file: a restart loses the queue of the last minutes.'),
            hint: phrase(
              "Set appendonly to yes in the server's configuration; nothing is lost meanwhile, but requests are late.",
            ),
          }
        : null,
      failed(written, phrase('write its append-only file')),
      failed(rewritten, phrase('rewrite its append-only file')),
      failed(saved, phrase('save its last snapshot')),
    ),
  };
}

/** What bounds the memory. */
const [MACHINE, MAXMEMORY] = [phrase('the memory of its machine'), phrase('its maxmemory')];

/** Under noeviction a full Redis takes no more jobs. */
export function judgeMemory(info: RedisInfo): Finding {
  const used = bytes(info, 'used_memory');
  const maxmemory = bytes(info, 'maxmemory');
  const limit = maxmemory ?? bytes(info, 'total_system_memory');
  const [limitedBy, hint] = maxmemory === null ? [MACHINE, phrase('Give it more')] : [MAXMEMORY, phrase('Raise it')];
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
            fault: phrase`Redis uses ${percent} % of ${limitedBy}; when that is full, nothing can be queued.`,
            hint: phrase`${hint}, or find out what fills it (\`redis-cli --bigkeys\`).`,
          },
    ),
  };
}

/** Null where it is not told, or 0, which stands for no limit. */
function bytes(info: RedisInfo, name: string): number | null {
  return Number(info.get(name)) || null;
}

function mebibytes(count: number | null): number | string {
  return count === null ? UNKNOWN : Math.round((count / MEBIBYTE) * 10) / 10;
}
