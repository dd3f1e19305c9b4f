import { expect, it } from 'vitest';
import { judgeHealth, type WorkerState } from './health.ts';

const WELL: WorkerState = {
  draining: false,
  lane: 'held',
  mysqlSilentMs: 900,
  redisSilentMs: 40,
};

it.each(['held', 'catching up', 'standing by', 'connecting'] as const)('is well while the lane is %s', (lane) => {
  expect(judgeHealth({ ...WELL, lane })).toEqual({
    status: 'ok',
    reason: null,
    lane,
    mysqlSilentSeconds: 0.9,
    redisSilentSeconds: 0,
  });
});

it.each<[Partial<WorkerState>, string, string]>([
  [{ mysqlSilentMs: 12_340 }, 'unavailable', 'the lane has had no answer of MySQL for 12.3 s: one of them hangs'],
  [{ lane: 'standing by', mysqlSilentMs: 12_340 }, 'unavailable', 'one of them hangs'],
  [{ lane: 'connecting', mysqlSilentMs: 12_340 }, 'unavailable', 'no connection to MySQL for 12.3 s'],
  [{ redisSilentMs: 10_500 }, 'unavailable', 'Redis has not answered for 10.5 s'],
  [{ draining: true }, 'draining', 'takes no more work'],
])('is not well where %j', (change, status, reason) => {
  const health = judgeHealth({ ...WELL, ...change });
  expect(health).toMatchObject({ status, reason: expect.stringContaining(reason) });
});
