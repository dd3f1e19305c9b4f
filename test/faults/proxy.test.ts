import { Redis } from 'ioredis';
import { type Connection, createConnection } from 'mysql2/promise';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { script } from '../support/protocols.ts';
import { TcpProxy } from '../support/proxy.ts';
import { TestShop } from '../support/shop.ts';

let shop: TestShop;

beforeAll(async () => {
  shop = await TestShop.create({ migrated: false });
  await shop.sql('CREATE TABLE notes (id INT PRIMARY KEY)');
});

afterAll(async () => {
  await shop.close();
});

describe('the proxy in front of MySQL', () => {
  let proxy: TcpProxy;
  const clients: Connection[] = [];

  const connect = async () => {
    const client = await createConnection(proxy.url);
    client.on('error', () => {});
    clients.push(client);
    return client;
  };
  const notes = async () => (await shop.sql<{ id: number }>('SELECT id FROM notes ORDER BY id')).map(({ id }) => id);
  const beginWith = async (id: number) => {
    const client = await connect();
    await client.query('START TRANSACTION');
    await client.query('INSERT INTO notes VALUES (?)', [id]);
    return client;
  };

  beforeAll(async () => {
    proxy = await TcpProxy.before(shop.databaseUrl);
  });

  afterEach(async () => {
    for (const client of clients.splice(0)) client.destroy();
    await eventually('no connection is left in the proxy', () => proxy.connections === 0);
    await shop.sql('DELETE FROM notes');
  });

  afterAll(() => proxy.close());

  it('passes on messages that arrive in many chunks', async () => {
    const client = await connect();
    const text = 'é'.repeat(300_000);
    const [rows] = await client.query('SELECT ? AS text', [text]);
    expect(rows).toEqual([{ text }]);
  });

  it('drops the response to an executed COMMIT', async () => {
    const client = await beginWith(1);
    const dropped = proxy.dropReply('commit');
    await expect(client.query('COMMIT')).rejects.toThrow(/closed|ECONNRESET/);
    await dropped;
    expect(await notes()).toEqual([1]);
  });

  it('holds a COMMIT, then passes it on or discards it', async () => {
    const first = await beginWith(2);
    const held = proxy.hold('COMMIT');
    const committed = first.query('COMMIT');
    (await held).release();
    await committed;
    expect(await notes()).toEqual([2]);

    const second = await beginWith(3);
    const again = proxy.hold('COMMIT');
    const lost = expect(second.query('COMMIT')).rejects.toThrow(/closed|ECONNRESET/);
    (await again).discard();
    await lost;
    expect(await notes()).toEqual([2]);
  });

  it('holds the response to a statement that the server has executed', async () => {
    const client = await connect();
    const held = proxy.holdReply((words) => words.join().includes('notes VALUES (4)'));
    const inserted = client.query('INSERT INTO notes VALUES (4)');
    const { release } = await held;
    expect(await notes()).toEqual([4]);
    release();
    await inserted;
  });

  it('holds everything, so that neither side notices that the other has closed its connection', async () => {
    const client = await connect();
    const [[row]] = (await client.query('SELECT CONNECTION_ID() AS id')) as unknown as [[{ id: number }]];
    const isConnected = async () =>
      (await shop.sql('SELECT ID FROM information_schema.PROCESSLIST WHERE ID = ?', [row.id])).length === 1;
    proxy.pause();
    const late = connect();
    const inserted = client.query('INSERT INTO notes VALUES (5)');
    client.destroy();
    expect(await isConnected()).toBe(true);
    expect(await notes()).toEqual([]);
    proxy.resume();
    await Promise.all([late, inserted]);
    await eventually('the server has seen the end', async () => !(await isConnected()));
    expect(await notes()).toEqual([5]);
  });

  it('cuts, refuses and accepts connections', async () => {
    const client = await connect();
    proxy.refuse();
    await client.query('SELECT 1');
    await expect(createConnection(proxy.url)).rejects.toThrow(/closed|ECONNRESET/);
    proxy.cut();
    await expect(client.query('SELECT 1')).rejects.toThrow(/closed|ECONNRESET/);
    proxy.accept();
    await (await connect()).query('SELECT 1');
  });

  it('delays bytes in both directions', async () => {
    const client = await connect();
    proxy.delay(150);
    const asked = performance.now();
    await client.query('SELECT 1');
    // both directions are delayed
    expect(performance.now() - asked).toBeGreaterThan(290);
    proxy.delay(0);
  });
});

describe('the proxy in front of Redis', () => {
  let proxy: TcpProxy;
  let direct: Redis;

  beforeAll(async () => {
    proxy = await TcpProxy.before(inject('redisUrl'));
    direct = new Redis(inject('redisUrl'));
  });

  afterAll(async () => {
    await direct.quit();
    await proxy.close();
  });

  const key = (name: string) => `{${shop.prefix}}:${name}`;

  /** Connects a client that does not reconnect. */
  const connect = () => {
    const client = new Redis(proxy.url, { retryStrategy: () => null, maxRetriesPerRequest: 0 });
    client.on('error', () => {});
    return client;
  };

  it('drops the response to one command of a pipeline: earlier responses arrive, and all commands are executed', async () => {
    const client = connect();
    await client.ping();
    const dropped = proxy.dropReply('INCR');
    const before = client.set(key('a'), 'x'.repeat(200_000));
    const lost = Promise.allSettled([client.incr(key('b')), client.get(key('a'))]);
    expect(await before).toBe('OK');
    await dropped;
    expect((await lost).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await direct.get(key('b'))).toBe('1');
  });

  it('recognizes a script by its source, sent as text or by digest', async () => {
    const source = "return redis.call('INCR', KEYS[1])";
    const client = connect();
    client.defineCommand('count', { numberOfKeys: 1, lua: source });
    const count = client as Redis & { count(key: string): Promise<number> };
    const held = proxy.hold(script(source));
    const counted = count.count(key('c'));
    const { release } = await held;
    expect(await direct.get(key('c'))).toBeNull();
    release();
    expect(await counted).toBe(1);
    client.disconnect();
  });

  it('leaves no connection open when it is closed', async () => {
    const another = await TcpProxy.before(inject('redisUrl'));
    const client = new Redis(another.url, { retryStrategy: () => null });
    client.on('error', () => {});
    await client.client('SETNAME', shop.prefix);
    const ended = new Promise((resolve) => client.on('end', resolve));
    await another.close();
    await ended;
    expect(another.connections).toBe(0);
    await eventually('the connection to the server is closed', async () => {
      return !String(await direct.client('LIST')).includes(shop.prefix);
    });
  });
});
