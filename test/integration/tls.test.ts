import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../src/dev/ports.ts';
import { Authority, type Certificate, hasOpenssl } from '../support/certificates.ts';
import { noServerPrograms, OwnServers } from '../support/own-servers.ts';
import { TestShop } from '../support/shop.ts';

const skipped = noServerPrograms ?? (hasOpenssl ? null : 'there is no openssl to make certificates with');

describe.skipIf(skipped !== null)(`encrypted connections${skipped === null ? '' : `: ${skipped}`}`, () => {
  let authority: Authority;
  let stranger: Authority;
  let client: Certificate;
  let servers: OwnServers;
  let shop: TestShop;
  let tlsPort: number;

  /** Creates one certificate for both servers, for the name `localhost` and the address 127.0.0.1. */
  beforeAll(async () => {
    [authority, stranger] = [await Authority.create('ours'), await Authority.create('another')];
    const server = await authority.sign('server', 'DNS:localhost,IP:127.0.0.1');
    client = await authority.sign('client', 'DNS:client');
    servers = await OwnServers.start({
      mysqldArguments: [`--ssl-ca=${authority.cert}`, `--ssl-cert=${server.cert}`, `--ssl-key=${server.key}`],
    });
    const { rootUrl, redisUrl } = servers.urls;
    shop = await TestShop.create({ servers: servers.urls, inProcess: true });
    await shop.ok(['db', 'seed']);
    tlsPort = await freePort();
    await withRedis(redisUrl, async (redis) => {
      const files = ['tls-cert-file', server.cert, 'tls-key-file', server.key, 'tls-ca-cert-file', authority.cert];
      await redis.call('CONFIG', 'SET', ...files, 'tls-auth-clients', 'no');
      await redis.call('CONFIG', 'SET', 'tls-port', String(tlsPort));
    });
    expect(rootUrl).toContain('127.0.0.1');
  });

  afterAll(async () => {
    if (servers === undefined) return;
    try {
      expect(await shop.faults()).toEqual([]);
      await shop.close();
    } finally {
      await servers.remove();
      await Promise.all([authority.remove(), stranger.remove()]);
    }
  });

  async function withRedis(url: string, work: (redis: Redis) => Promise<void>): Promise<void> {
    const redis = new Redis(url);
    await work(redis).finally(() => redis.disconnect());
  }

  function mysqlUrl(options: Readonly<Record<string, string>>, host = 'localhost'): string {
    const url = new URL(shop.databaseUrl);
    url.hostname = host;
    url.search = new URLSearchParams(options).toString();
    return url.href;
  }

  function redisUrl(options: Readonly<Record<string, string>>, host = 'localhost'): string {
    const { username, password } = new URL(shop.redisUrl);
    return `rediss://${username}:${password}@${host}:${tlsPort}?${new URLSearchParams(options)}`;
  }

  const asEnv = (databaseUrl: string, redis = shop.redisUrl) => ({
    SHOP_DATABASE_URL: databaseUrl,
    SHOP_REDIS_URL: redis,
  });
  const read = (databaseUrl: string) => ({ env: asEnv(databaseUrl) });
  /** Returns the options of a command that needs only Redis. */
  const ranked = (redis: string) => ({ env: asEnv(shop.databaseUrl, redis) });

  it('encrypts every connection from command to worker and back', async () => {
    const env = asEnv(
      mysqlUrl({ 'ssl-mode': 'VERIFY_IDENTITY', 'ssl-ca': authority.cert }),
      redisUrl({ 'ssl-ca': authority.cert }),
    );
    const worker = await shop.startWorker({ env });
    const charged = await shop.ok(['charge', '1', '500'], { env });
    expect(charged).toMatchObject({ balance: 500 });
    expect(await shop.ok(['balance', '1'], { env })).toMatchObject({ balance: 500 });
    expect(await shop.ok(['user', 'show', '1'], { env })).toMatchObject({ balance: 500 });
    // the sessions of the shop's database, including the worker's; the test's own session is left out, as it is not
    // encrypted
    const [own] = await shop.sql<{ id: number }>('SELECT CONNECTION_ID() AS id');
    const sessions = await shop.sql<{ id: number; cipher: string | null }>(
      `SELECT t.PROCESSLIST_ID AS id, s.VARIABLE_VALUE AS cipher FROM performance_schema.threads t
       LEFT JOIN performance_schema.status_by_thread s ON s.THREAD_ID = t.THREAD_ID AND s.VARIABLE_NAME = 'Ssl_cipher'
       WHERE t.PROCESSLIST_DB = DATABASE() AND t.PROCESSLIST_ID <> ?`,
      [own?.id ?? 0],
    );
    // by default, MariaDB does not list sessions in these tables
    if (!(await version()).includes('MariaDB')) expect(sessions.length).toBeGreaterThan(0);
    expect(sessions.filter(({ cipher }) => !cipher)).toEqual([]);
    await withRedis(shop.redisUrl, async (redis) => {
      const clients = (await redis.client('LIST')) as string;
      const names = clients.split('\n').filter((line) => line.includes(`laddr=127.0.0.1:${tlsPort} `));
      expect(names.length).toBeGreaterThan(0);
      // the list also contains the client that requests it
      expect(clients.trim().split('\n').length - names.length).toBe(1);
    });
    expect((await worker.stop()).status).toBe(0);
  });

  it.each([
    ['REQUIRED with any authority', () => ({ 'ssl-mode': 'REQUIRED' }), 'localhost'],
    ['VERIFY_CA with any host name', () => ({ 'ssl-mode': 'VERIFY_CA', 'ssl-ca': authority.cert }), '127.0.0.1'],
    ['only an authority', () => ({ 'ssl-ca': authority.cert }), '127.0.0.1'],
    [
      'a certificate of its own',
      () => ({ 'ssl-ca': authority.cert, 'ssl-cert': client.cert, 'ssl-key': client.key }),
      'localhost',
    ],
  ] as const)('accepts %s', async (_name, options, host) => {
    expect(await shop.ok(['balance', '1'], read(mysqlUrl(options(), host)))).toMatchObject({ userId: 1 });
    expect(await shop.ok(['ranking', 'refresh'], ranked(redisUrl(options(), host)))).toMatchObject({
      source: 'database',
    });
  });

  it('verifies the certificate of a rediss:// URL by default, for a name and for an address', async () => {
    const trusted = { 'ssl-ca': authority.cert };
    expect(await shop.ok(['ranking', 'refresh'], ranked(redisUrl(trusted, '127.0.0.1')))).toBeTruthy();
    expect(await shop.refused(['ranking', 'refresh'], ranked(redisUrl({})))).toMatchObject(REFUSED);
  });

  const REFUSED = { status: 78, code: 'CONFIG', hint: expect.stringMatching(/ssl-ca/) };

  it.each(['VERIFY_CA', 'VERIFY_IDENTITY'])('refuses a server whose authority is unknown: %s', async (mode) => {
    const options = { 'ssl-mode': mode, 'ssl-ca': stranger.cert };
    for (const error of [
      await shop.refused(['balance', '1'], read(mysqlUrl(options))),
      await shop.refused(['user', 'show', '1'], read(mysqlUrl(options))),
      await shop.refused(['db', 'status'], read(mysqlUrl(options))),
      await shop.refused(['ranking', 'refresh'], ranked(redisUrl(options))),
      await shop.refused(['worker'], { env: asEnv(mysqlUrl(options)) }),
      await shop.refused(['worker'], ranked(redisUrl(options))),
    ]) {
      expect(error).toMatchObject({ ...REFUSED, message: expect.stringMatching(/trusted connection.*self.signed/) });
    }
  });

  it('refuses a certificate for another host', async () => {
    const other = await authority.sign('other', 'DNS:db.example');
    await withRedis(shop.redisUrl, async (redis) => {
      await redis.call('CONFIG', 'SET', 'tls-cert-file', other.cert, 'tls-key-file', other.key);
    });
    const refused = { ...REFUSED, message: expect.stringContaining("does not match certificate's altnames") };
    expect(await shop.refused(['ranking', 'refresh'], ranked(redisUrl({ 'ssl-ca': authority.cert })))).toMatchObject(
      refused,
    );
    const loose = redisUrl({ 'ssl-ca': authority.cert, 'ssl-mode': 'VERIFY_CA' });
    expect(await shop.ok(['ranking', 'refresh'], ranked(loose))).toBeTruthy();
    await shop.sql(`SET GLOBAL ssl_cert = '${other.cert}'`).catch(() => {});
    if ((await version()).includes('MariaDB')) return;
    await shop.sql(`SET GLOBAL ssl_key = '${other.key}'`);
    await shop.sql('ALTER INSTANCE RELOAD TLS');
    const strict = { 'ssl-mode': 'VERIFY_IDENTITY', 'ssl-ca': authority.cert };
    expect(await shop.refused(['balance', '1'], read(mysqlUrl(strict)))).toMatchObject(refused);
    expect(await shop.ok(['balance', '1'], read(mysqlUrl({ 'ssl-ca': authority.cert })))).toBeTruthy();
  });

  it('never falls back to plain text, and reports a server without TLS', async () => {
    // Redis's port for plain text sends a malformed response to TLS
    const plain = new URL(shop.redisUrl);
    const confused = `rediss://:${plain.password}@localhost:${plain.port}`;
    expect(await shop.refused(['ranking', 'refresh'], ranked(confused))).toMatchObject({ code: expect.anything() });
    const reached = await shop.run(['ranking', 'refresh'], ranked(`redis://:${plain.password}@localhost:${tlsPort}`));
    expect(reached.status).toBe(69);

    await shop.sql('SET GLOBAL require_secure_transport = ON');
    try {
      const error = await shop.refused(['balance', '1'], read(shop.databaseUrl));
      expect(error).toMatchObject({
        status: 78,
        code: 'CONFIG',
        // MariaDB's error has no details
        message: expect.stringMatching(/insecure transport|Access denied/),
        hint: expect.stringMatching(/ssl-mode/),
      });
      expect(await shop.ok(['balance', '1'], read(mysqlUrl({ 'ssl-mode': 'REQUIRED' })))).toBeTruthy();
    } finally {
      await shop.sql('SET GLOBAL require_secure_transport = OFF');
    }
  });

  async function version(): Promise<string> {
    const [row] = await shop.sql<{ version: string }>('SELECT VERSION() AS version');
    return row?.version ?? '';
  }
});
