import { expect, it } from 'vitest';
import { healthOf, type WorkerState } from './health.ts';

const WELL: WorkerState = {
  draining: false,
  lane: 'held',
  mysqlSilentMs: 900,
  redisSilentMs: 40,
};

it.each(['held', 'catching up', 'standing by', 'connecting'] as const)('is healthy while the lane is %s', (lane) => {
  expect(healthOf({ ...WELL, lane })).toEqual({
    status: 'ok',
    reason: null,
    lane,
    mysqlSilentSeconds: 0.9,
    redisSilentSeconds: 0,
  });
});

it.each<[Partial<WorkerState>, string, string]>([
  [{ mysqlSilentMs: 12_340 }, 'unavailable', 'MySQL or the lane has not responded for 12.3 s'],
  [{ lane: 'standing by', mysqlSilentMs: 12_340 }, 'unavailable', 'MySQL or the lane has not responded for 12.3 s'],
  [{ lane: 'connecting', mysqlSilentMs: 12_340 }, 'unavailable', 'no connection to MySQL for 12.3 s'],
  [{ redisSilentMs: 10_500 }, 'unavailable', 'Redis has not responded for 10.5 s'],
  [{ draining: true }, 'draining', 'accepts no more work'],
])('is unhealthy with %j', (change, status, reason) => {
  const health = healthOf({ ...WELL, ...change });
  expect(health).toMatchObject({ status, reason: expect.stringContaining(reason) });
});
