import { expect, it } from 'vitest';
import { parseRedisUrl, redisAddressText, sentinelUrls } from './url.ts';

it.each([
  ['redis://localhost', { kind: 'server', hosts: [{ host: 'localhost', port: 6379 }], master: '', db: 0, login: {} }],
  [
    'rediss://user:p%40ss@[::1]:6380/2?ssl-mode=REQUIRED',
    { kind: 'server', hosts: [{ host: '::1', port: 6380 }], db: 2, login: { username: 'user', password: 'p@ss' } },
  ],
  [
    'redis+cluster://:p%2Cw@a:7000,b,[::1]:7002',
    {
      kind: 'cluster',
      hosts: [
        { host: 'a', port: 7000 },
        { host: 'b', port: 6379 },
        { host: '::1', port: 7002 },
      ],
      db: 0,
      login: { password: 'p,w' },
    },
  ],
  [
    'rediss+sentinel://user:pw@a,b:26380/main/3?sentinel_username=watch&sentinel_password=p%26w',
    {
      kind: 'sentinel',
      hosts: [
        { host: 'a', port: 26379 },
        { host: 'b', port: 26380 },
      ],
      master: 'main',
      db: 3,
      login: { username: 'user', password: 'pw' },
      sentinelLogin: { username: 'watch', password: 'p&w' },
    },
  ],
])('parses %s', (url, address) => expect(parseRedisUrl(url)).toMatchObject(address));

it('formats addresses without passwords', () => {
  expect(redisAddressText('rediss://u:pw@[::1]')).toBe('[::1]:6379');
  expect(redisAddressText('redis+cluster://:pw@a:7000,b')).toBe('a:7000, b:6379');
  expect(redisAddressText('redis+sentinel://:pw@a,b/main?sentinel_password=pw')).toBe(
    'main (by the sentinels a:26379, b:26379)',
  );
});

it('returns one URL per sentinel, with the login of the sentinels and the TLS options', () => {
  expect(sentinelUrls('redis+sentinel://:pw@a,b:1/main')).toEqual(['redis://a:26379', 'redis://b:1']);
  expect(sentinelUrls('rediss+sentinel://:pw@a/main/2?ssl-mode=REQUIRED&sentinel_password=p%2Cw')).toEqual([
    'rediss://:p%2Cw@a:26379?ssl-mode=REQUIRED',
  ]);
});
