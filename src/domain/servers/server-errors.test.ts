import { expect, it } from 'vitest';
import { RedisError } from '../../db/redis/client.ts';
import { translateDatabaseError } from './mysql-errors.ts';
import { translateRedisError } from './redis-errors.ts';

it.each([
  [{ code: 'ECONNREFUSED' }, "MySQL can't be reached at db:3306: failed."],
  [{ code: 'ER_OPTION_PREVENTS_STATEMENT', errno: 1290 }, 'MySQL at db:3306 responded with an error: failed.'],
  [{ code: 'ER_DISK_FULL', errno: 1021 }, 'MySQL at db:3306 responded with an error: failed.'],
])('says whether MySQL has responded: %j', (fields, message) => {
  const error = Object.assign(new Error('failed'), fields);
  expect(translateDatabaseError(error, 'mysql://u:p@db:3306/shop')).toMatchObject({ code: 'UNAVAILABLE', message });
});

it.each([
  ['connect ECONNREFUSED 10.0.0.1:6379', "Redis can't be reached at cache:6379: connect ECONNREFUSED 10.0.0.1:6379."],
  ['LOADING Redis is loading', 'Redis at cache:6379 responded with an error: LOADING Redis is loading.'],
])('says whether Redis has responded: %s', (reason, message) => {
  const error = new RedisError(new Error(reason));
  expect(translateRedisError(error, 'redis://cache:6379')).toMatchObject({ code: 'UNAVAILABLE', message });
});
