import { type Session, serverTime } from '../../db/mysql/connection.ts';
import type { RedisClient } from '../../db/redis/client.ts';
import { nodesOf } from '../../db/redis/cluster.ts';
import { phrase } from '../phrase.ts';
import { permitted } from '../servers/redis-info.ts';
import { type Fault, type Finding, faultsOf, UNKNOWN } from './check.ts';

/** Maximum accepted difference in milliseconds. With a larger difference, the times in logs and lists are inconsistent. */
const LIMIT_MS = 1_000;
/** Number of samples. The sample with the shortest round trip is the most accurate. */
const SAMPLES = 3;

/** Difference between a server's clock and this machine's clock, and the error of the measurement: half the round trip. */
export interface ClockOffset {
  readonly aheadMs: number;
  readonly uncertaintyMs: number;
}

/** Measures the offset of MySQL's clock. @throws DatabaseError */
export async function databaseClock(session: Session): Promise<ClockOffset> {
  return compareClocks(async () => (await serverTime(session)).getTime());
}

/**
 * Measures the offset of Redis's clock. In a cluster, measures the clocks of all nodes and returns the largest offset.
 *
 * @returns null if the account may not read the clock.
 * @throws RedisError
 */
export async function redisClock(client: RedisClient): Promise<ClockOffset | null> {
  return permitted(async () => {
    const clocks: ClockOffset[] = [];
    for (const { client: node } of nodesOf(client)) {
      clocks.push(
        await compareClocks(async () => {
          const [seconds, microseconds] = await node.time();
          return Number(seconds) * 1_000 + Number(microseconds) / 1_000;
        }),
      );
    }
    return clocks.reduce((worst, clock) => (Math.abs(clock.aheadMs) > Math.abs(worst.aheadMs) ? clock : worst));
  });
}

async function compareClocks(read: () => Promise<number>): Promise<ClockOffset> {
  const samples: ClockOffset[] = [];
  for (let count = 0; count < SAMPLES; count++) {
    // the round trip is timed by the monotonic clock, because the system clock may be set at any moment
    const [sentAt, start] = [Date.now(), performance.now()];
    const there = await read();
    const halfMs = (performance.now() - start) / 2;
    samples.push({ aheadMs: there - sentAt - halfMs, uncertaintyMs: halfMs });
  }
  return samples.reduce((best, sample) => (sample.uncertaintyMs < best.uncertaintyMs ? sample : best));
}

/**
 * Checks the clocks of MySQL and Redis against this machine's clock.
 *
 * @param clocks the measured offsets; an offset is null if the server's clock could not be read.
 */
export function checkClocks(clocks: {
  readonly mysql: ClockOffset | null;
  readonly redis: ClockOffset | null;
}): Finding {
  return {
    seen: { mysqlAheadMs: aheadMs(clocks.mysql), redisAheadMs: aheadMs(clocks.redis) },
    faults: faultsOf(difference('MySQL', clocks.mysql), difference('Redis', clocks.redis)),
  };
}

function aheadMs(clock: ClockOffset | null): number | string {
  return clock === null ? UNKNOWN : Math.round(clock.aheadMs);
}

function difference(server: string, clock: ClockOffset | null): Fault | null {
  if (clock === null || Math.abs(clock.aheadMs) - clock.uncertaintyMs <= LIMIT_MS) return null;
  const seconds = (Math.abs(clock.aheadMs) / 1_000).toLocaleString('en', { maximumFractionDigits: 1 });
  return {
    fault:
      clock.aheadMs > 0
        ? phrase`The clock of ${server} is ${seconds} s ahead of this machine's.`
        : phrase`The clock of ${server} is ${seconds} s behind this machine's.`,
    hint: phrase(
      'Synchronize the clocks of this machine and of the server with NTP (`timedatectl`, `chronyc tracking`).',
    ),
  };
}
