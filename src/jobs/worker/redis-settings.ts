import type { Logger } from 'pino';
import type { Finding } from '../../domain/doctor/check.ts';
import { judgeEviction } from '../../domain/doctor/redis-settings.ts';
import { judgeRedisVersion } from '../../domain/doctor/versions.ts';
import { readNodeInfos } from '../../domain/servers/redis-info.ts';
import type { RedisClient } from '../../domain/servers/store.ts';

/**
 * Warns in the log of a server that the queue is not safe on, at each connection: it may be another one than before, or
 * have been started with other settings. BullMQ's own look at them is on the console, once for each of its connections.
 */
export function warnOfRedisSettings(redis: RedisClient, log: Logger): void {
  const look = async () => {
    for (const { address, info } of await readNodeInfos(redis)) {
      const warn = ({ seen, faults }: Finding) => {
        for (const { fault, hint } of faults) log.warn({ ...seen, address }, `${fault} ${hint}`);
      };
      warn(judgeRedisVersion(info));
      warn(judgeEviction(info));
    }
  };
  redis.on('ready', () => {
    look().catch((error) => log.debug({ err: error }, 'the settings of Redis could not be read'));
  });
}
