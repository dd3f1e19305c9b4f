import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Diagnosis } from '../../src/domain/doctor/doctor.ts';
import { Authority, hasOpenssl } from '../support/certificates.ts';
import { noServerPrograms } from '../support/own-servers.ts';
import { RedisCluster } from '../support/redis-cluster.ts';
import { RedisSentinels } from '../support/redis-sentinels.ts';
import { TestShop } from '../support/shop.ts';

const skipped = noServerPrograms ?? (hasOpenssl ? null : 'there is no openssl to make certificates with');

describe.skipIf(skipped !== null)(`several Redis servers that accept TLS only ${skipped ?? ''}`, () => {
  let authority: Authority;
  let stranger: Authority;

  beforeAll(async () => {
    [authority, stranger] = [await Authority.create('ours'), await Authority.create('another')];
  });

  afterAll(async () => {
    await authority?.remove();
    await stranger?.remove();
  });

  describe.each([
    ['a cluster', RedisCluster],
    ['sentinels', RedisSentinels],
  ] as const)('%s', (_name, servers) => {
    let redis: RedisCluster | RedisSentinels;
    let shop: TestShop;
    const withOptions = (options: Readonly<Record<string, string>>) => {
      const url = new URL(redis.url.replace(/,[^/?]*/, ''));
      for (const [name, value] of Object.entries(options)) url.searchParams.set(name, value);
      return redis.url.replace(/(\?.*)?$/, url.search);
    };

    beforeAll(async () => {
      const server = await authority.sign('server', 'DNS:localhost,IP:127.0.0.1');
      redis = await servers.start({ authority: authority.cert, server });
      const redisUrl = withOptions({ 'ssl-ca': authority.cert });
      shop = await TestShop.create({ servers: { rootUrl: inject('rootUrl'), redisUrl }, inProcess: true });
    }, 120_000);

    afterAll(async () => {
      await shop?.close();
      await redis?.remove();
    });

    it('serve commands and a worker', async () => {
      const worker = await shop.startWorker();
      const user = String(await shop.userWith(1_000));
      expect(await shop.ok(['charge', user, '500'])).toMatchObject({ balance: 1_500 });
      expect(await shop.ok(['ranking', 'refresh', '--lock-timeout', '30s'])).toMatchObject({ source: 'database' });
      expect(await shop.ok(['product', 'top'])).toMatchObject({ source: 'cache' });
      expect(await shop.ok(['queue', 'status'])).toMatchObject({ redisError: null, workers: [{ holdsLane: true }] });
      const { checks } = await shop.ok<Diagnosis>(['doctor']);
      expect(checks.filter(({ ok }) => !ok)).toEqual([]);
      expect((await worker.stop()).status).toBe(0);
    });

    it('are rejected if their authority is unknown or not configured', async () => {
      for (const options of [{ 'ssl-ca': stranger.cert }, {}])
        expect(
          await shop.refused(['ranking', 'refresh'], { env: { SHOP_REDIS_URL: withOptions(options) } }),
        ).toMatchObject({ status: 78, code: 'CONFIG', hint: expect.stringContaining('ssl-ca') });
    });
  });
});
