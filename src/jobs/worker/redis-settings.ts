import type { Logger } from 'pino';
import type { Finding } from '../../domain/doctor/check.ts';
import { checkEviction } from '../../domain/doctor/redis-settings.ts';
import { checkRedisVersion } from '../../domain/doctor/versions.ts';
import type { RedisClient } from '../../domain/servers/connections.ts';
import { readNodeInfos } from '../../domain/servers/redis-info.ts';

/**
 * Logs a warning if Redis has a version or settings that make the queue unsafe. The check runs for each new connection,
 * because the connection may lead to another server, or the settings may have changed. BullMQ's own check would write
 * to the console instead.
 */
export function warnOfRedisSettings(redis: RedisClient, log: Logger): void {
  const check = async () => {
    for (const { address, info } of await readNodeInfos(redis)) {
      const warn = ({ seen, faults }: Finding) => {
        for (const { fault, hint } of faults) log.warn({ ...seen, address }, `${fault} ${hint}`);
      };
      warn(checkRedisVersion(info));
      warn(checkEviction(info));
    }
  };
  redis.on('ready', () => {
    check().catch((error) => log.debug({ err: error }, 'could not read the settings of Redis'));
  });
}
