import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { noServersOfOwn, OwnServers } from '../support/own-servers.ts';
import { TcpProxy } from '../support/proxy.ts';
import { waitUntilDecided } from '../support/recovery.ts';
import { type TestProcess, TestShop } from '../support/shop.ts';

/** Long enough for four commands to start at once on a busy machine. */
const TIMEOUT_MS = 5_000;
/** Less than 10 s, after which the database clients give up even without `--timeout`. */
const LIMIT_MS = 9_000;
/** The exit codes of `UNAVAILABLE` and `PENDING`. */
const [NOT_RECORDED, RECORDED] = [69, 75] as const;

/** A command that is running while a server hangs. */
interface Running {
  /** The key of its request, or the name of its batch. */
  readonly key: string;
  readonly process: TestProcess;
}

// no worker runs during the tests, so the commands wait
describe.skipIf(noServersOfOwn !== null)(`--timeout limits the wait if a server hangs ${noServersOfOwn ?? ''}`, () => {
  let servers: OwnServers;
  let shop: TestShop;
  const proxies: TcpProxy[] = [];
  let round = 0;
  let slowest = 0;

  beforeAll(async () => {
    servers = await OwnServers.start();
    shop = await TestShop.create({ servers: servers.urls, inProcess: true });
    await shop.ok(['db', 'seed']);
  });

  afterAll(async () => {
    process.stderr.write(`--timeout ${TIMEOUT_MS} ms, kept within ${Math.round(slowest)} ms\n`);
    await Promise.all(proxies.map((proxy) => proxy.close()));
    await shop.close();
    await servers.remove();
  });

  /** Starts a command of each kind, at the same time. */
  function startAll(databaseUrls: readonly string[] = []): Running[] {
    const name = `round-${++round}`;
    return [
      ['charge', '1', '5'],
      ['order', 'place', '1', '1'],
      ['cart', 'checkout', '1'],
      ['batch', 'run', '-'],
    ].map((args, index) => {
      const key = `${name}-${args[0]}`;
      const isBatch = args[0] === 'batch';
      const [option, stdin] = [isBatch ? '--name' : '--key', isBatch ? `kind,user,amount\ncharge,1,${round}\n` : ''];
      const env = { SHOP_DATABASE_URL: databaseUrls[index] ?? shop.databaseUrl };
      const process = shop.start([...args, option, key, '--timeout', `${TIMEOUT_MS}ms`], { env, stdin });
      return { key, process };
    });
  }

  /** Starts all commands, and calls `hang` when each of them is about to send its request to MySQL. */
  async function startUntilRecording(hang: () => Promise<void>): Promise<{ running: Running[]; since: number }> {
    const own = await Promise.all(Array.from({ length: 4 }, () => TcpProxy.before(shop.databaseUrl)));
    proxies.push(...own);
    const held = own.map((proxy) => proxy.hold(([packet = '']) => packet.includes('INSERT INTO requests')));
    await shop.ok(['cart', 'add', '1', '1']);
    const running = startAll(own.map(({ url }) => url));
    const all = await Promise.all(held);
    await hang();
    for (const { release } of all) release();
    const since = performance.now();
    return { running, since };
  }

  /** Expects that all commands end in time, with this exit code, and print their key if their request may be recorded. */
  async function expectEnd(
    running: readonly Running[],
    since: number,
    { exit, named }: { exit: number; named: boolean },
  ): Promise<void> {
    await Promise.all(
      running.map(async ({ key, process }) => {
        const { status, stdout, stderr } = await process.ended;
        const ms = performance.now() - since;
        slowest = Math.max(slowest, ms);
        expect({ key, status, stdout, stderr }).toMatchObject({ status: exit, stdout: '' });
        if (named) expect(stderr).toContain(key);
        expect(ms, `${key}: ${stderr}`).toBeLessThan(LIMIT_MS);
      }),
    );
  }

  /** Returns how many of the commands have recorded their request. */
  async function countRecorded(running: readonly Running[]): Promise<number> {
    const keys = running.flatMap(({ key }) => [key, `${key}:2`]);
    return (await shop.sql('SELECT id FROM requests WHERE idempotency_key IN (?)', [keys])).length;
  }

  it.each(['redis', 'mysql'] as const)('records nothing if %s hangs from the start', async (server) => {
    await shop.ok(['cart', 'add', '1', '1']);
    await servers.freeze(server);
    const since = performance.now();
    try {
      await expectEnd(startAll(), since, { exit: NOT_RECORDED, named: false });
    } finally {
      await servers.thaw(server);
    }
  });

  it('reports the request as pending if Redis hangs after connecting', async () => {
    const { running, since } = await startUntilRecording(() => servers.freeze('redis'));
    try {
      await expectEnd(running, since, { exit: RECORDED, named: true });
    } finally {
      await servers.thaw('redis');
    }
    expect(await countRecorded(running)).toBe(running.length);
  });

  it('reports the key if MySQL hangs while the request is being recorded', async () => {
    const { running, since } = await startUntilRecording(() => servers.freeze('mysql'));
    try {
      await expectEnd(running, since, { exit: NOT_RECORDED, named: true });
    } finally {
      await servers.thaw('mysql');
    }
  });

  it('reports the request as pending if MySQL hangs after it is recorded', async () => {
    await shop.ok(['cart', 'add', '1', '1']);
    const running = startAll();
    await eventually('all requests are recorded', async () => (await countRecorded(running)) === running.length);
    await eventually('the batch waits', async () => {
      const [batch] = await shop.sql<{ last: number | null }>('SELECT last_line AS last FROM batches ORDER BY id DESC');
      return batch?.last === 2;
    });
    await servers.freeze('mysql');
    try {
      await expectEnd(running, performance.now(), { exit: RECORDED, named: true });
    } finally {
      await servers.thaw('mysql');
    }
  });

  it('no request is lost or applied twice', async () => {
    await shop.whileWorking(() => waitUntilDecided(shop));
    await shop.expectSound();
  });
});
