import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { connect } from '../../src/db/mysql/connection.ts';
import { databaseError } from '../../src/db/mysql/errors.ts';
import { freePort } from '../../src/dev/ports.ts';
import type { Diagnosis } from '../../src/domain/doctor/doctor.ts';
import { closeOrm, isOrmUsable, isSessionUsable, openOrm, openSession } from '../../src/domain/servers/connections.ts';
import { MysqlProcess, rootUrlOf } from '../support/mysql-servers.ts';
import { noServerPrograms } from '../support/own-servers.ts';
import { TestShop } from '../support/shop.ts';

const password = randomBytes(12).toString('hex');

describe.skipIf(noServerPrograms !== null)(`the shop with MySQL on several hosts ${noServerPrograms ?? ''}`, () => {
  let root: string;
  let one: MysqlProcess;
  let other: MysqlProcess;
  let shop: TestShop;

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'shop-hosts-'));
    const args = (port: number) => [`--server-id=${port}`];
    [one, other] = await Promise.all([
      MysqlProcess.start(root, { password, args }),
      MysqlProcess.start(root, { password, args }),
    ]);
    await one.sql('SET GLOBAL read_only = ON');
    shop = await TestShop.create({
      inProcess: true,
      servers: { rootUrl: rootUrlOf([one, other], password), redisUrl: inject('redisUrl') },
    });
    // the database exists on both servers, as with a replica
    await one.sql(`CREATE DATABASE ${shop.prefix}`);
  });

  afterAll(async () => {
    await shop?.close();
    for (const server of [one, other]) await server?.kill();
    await rm(root, { recursive: true, force: true });
  });

  /** Connects to these servers; returns the port of the chosen one and the elapsed time. */
  async function portFor(url: string): Promise<{ port: number; ms: number }> {
    const start = performance.now();
    const session = await connect(url);
    try {
      const [{ port = 0 } = {}] = await session.query<{ port: number }>('SELECT @@port AS port');
      return { port, ms: performance.now() - start };
    } finally {
      await session.close();
    }
  }

  it('connects to the server that accepts writes, at any position in the list', async () => {
    for (const order of [
      [one, other],
      [other, one],
    ])
      expect((await portFor(rootUrlOf(order, password))).port).toBe(other.port);
    // the first command uses TypeORM, and the second one plain SQL
    expect(await shop.ok(['user', 'create', 'Ann'])).toMatchObject({ name: 'Ann' });
    expect(await shop.ok(['balance', '1'])).toMatchObject({ balance: 0 });
  });

  it('limits the wait for a silent server, and first tries the last working one', async () => {
    const order = rootUrlOf([one, other], password);
    one.freeze();
    try {
      const first = await portFor(order.replace('/mysql', '/mysql?ssl-mode=DISABLED'));
      expect(first.port).toBe(other.port);
      expect(first.ms).toBeLessThan(5_000);
      expect(first.ms).toBeGreaterThan(900);
      const second = await portFor(order.replace('/mysql', '/mysql?ssl-mode=DISABLED'));
      expect(second.port).toBe(other.port);
      // the first attempt had waited one second for the silent server
      expect(second.ms).toBeLessThan(first.ms - 500);
    } finally {
      one.thaw();
    }
  });

  it('reports the error of each server if none accepts writes, without the password', async () => {
    const closed = await freePort();
    const url = `mysql://root:${password}@127.0.0.1:${closed},127.0.0.1:${one.port}/mysql`;
    const error = await connect(url).catch(databaseError);
    expect(error).toMatchObject({ kind: 'outage' });
    const start = performance.now();
    const { status, code, message } = await shop.refused(['balance', '1'], { env: { SHOP_DATABASE_URL: url } });
    expect({ status, code }).toEqual({ status: 69, code: 'UNAVAILABLE' });
    expect(message).toContain(`127.0.0.1:${one.port}: it is read-only`);
    expect(message).toContain(`127.0.0.1:${closed}: connect ECONNREFUSED`);
    expect(message).not.toContain(password);
    // the command waits, because a replica might be about to take over
    expect(performance.now() - start).toBeGreaterThan(10_000);
  });

  it('fails at once if all servers are down or the password is wrong', async () => {
    const start = performance.now();
    const [a, b] = [await freePort(), await freePort()];
    const gone = { SHOP_DATABASE_URL: `mysql://root:x@127.0.0.1:${a},127.0.0.1:${b}/mysql` };
    expect(await shop.refused(['balance', '1'], { env: gone })).toMatchObject({ status: 69, code: 'UNAVAILABLE' });
    const wrong = { SHOP_DATABASE_URL: rootUrlOf([one, other], 'wrong') };
    const refused = await shop.refused(['balance', '1'], { env: wrong });
    expect(refused).toMatchObject({ status: 78, code: 'CONFIG' });
    expect(refused.message).toContain(
      `127.0.0.1:${one.port}, 127.0.0.1:${other.port} refused the connection: Access denied`,
    );
    expect(performance.now() - start).toBeLessThan(9_000);
  });

  it('drops open connections to a server that no longer accepts writes', async () => {
    const session = await openSession(shop.databaseUrl);
    const orm = await openOrm(shop.databaseUrl);
    expect([await isSessionUsable(session), await isOrmUsable(orm)]).toEqual([true, true]);
    // root may write despite `read_only`, and MariaDB lacks `super_read_only`, so the test uses another account
    const account = await shop.account(['SELECT', '*'], ['INSERT, UPDATE', 'users']);
    const limited = await connect(account.env.SHOP_DATABASE_URL ?? '');
    await other.sql('SET GLOBAL read_only = ON');
    try {
      const error = await limited.execute("INSERT INTO users (name) VALUES ('Bo')").catch(databaseError);
      expect(error).toMatchObject({ errno: 1290, kind: 'outage' });
      expect(limited.broken).toBe(true);
      // a read would still succeed, so a session must check whether the server accepts writes
      expect([await isSessionUsable(session), await isOrmUsable(orm)]).toEqual([false, false]);
    } finally {
      await other.sql('SET GLOBAL read_only = OFF');
      await closeOrm(orm);
      await session.close();
    }
  });

  it('is checked by `doctor`, server by server', async () => {
    const failover = async () => {
      const { stdout } = await shop.run(['doctor', '--json']);
      const { checks }: Diagnosis = JSON.parse(stdout);
      const { seen, faults } = checks.find(({ name }) => name === 'mysql-failover') ?? {};
      return { seen, faults: faults?.map(({ fault }) => fault) };
    };
    expect(await failover()).toMatchObject({
      seen: { mode: 'hosts', hosts: 2, primary: `127.0.0.1:${other.port}`, standby: 1, away: 0 },
      faults: [],
    });
    await one.sql('SET GLOBAL read_only = OFF');
    try {
      expect((await failover()).faults).toEqual([expect.stringContaining('More than one server accepts writes')]);
    } finally {
      await one.sql('SET GLOBAL read_only = ON');
    }
    await one.kill();
    try {
      expect((await failover()).faults).toEqual([expect.stringContaining(`127.0.0.1:${one.port} is unavailable`)]);
    } finally {
      await one.startAgain();
      await one.sql('SET GLOBAL read_only = ON');
    }
  });
});
