import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noServersOfOwn, OwnServers } from '../support/own-servers.ts';
import { TestShop } from '../support/shop.ts';

/** The maximum number of products of an order. */
const PRODUCTS = 1_000;
const ORDERS = 24;
/** The name that takes the most bytes as JSON in a statement, because all but one of its characters are escaped. */
const NAME = `n${'\u0001'.repeat(199)}`;

// the default is 16 MiB in MariaDB and 64 MiB in MySQL
describe.skipIf(noServersOfOwn !== null)('a server that limits packets to 16 MiB', () => {
  let servers: OwnServers;
  let shop: TestShop;

  beforeAll(async () => {
    servers = await OwnServers.start({ mysqldArguments: ['--max-allowed-packet=16M'] });
    shop = await TestShop.create({ servers: servers.urls, inProcess: true });
  });

  afterAll(async () => {
    await shop.close();
    await servers.remove();
  });

  it('accepts many of the largest rows and outcomes at once', async () => {
    const references = Array.from({ length: PRODUCTS }, (_, index) => `${'r'.repeat(60)}${1_000 + index}`);
    await shop.ok(['user', 'import', '-'], { stdin: 'reference,name\nann,Ann\n' });
    const products = references.map((reference) => JSON.stringify({ reference, name: NAME, price: 1, stock: 1 }));
    await shop.ok(['product', 'import', '-', '--format', 'jsonl'], { stdin: products.join('\n') });
    const worker = await shop.startWorker();
    await shop.ok(['charge', '@ann', '1000000']);
    // each order is refused for all its products, whose names are in the outcome
    const items = (quantity: number) => references.map((reference) => `@${reference}:${quantity}`).join(' ');
    const stdin = `user,items\n${`@ann,${items(2)}\n`.repeat(ORDERS)}@ann,${items(1)}\n`;
    const result = await shop.run(['batch', 'run', '-', '--name', 'large', '--json', '--timeout', '60s'], { stdin });
    expect(result).toMatchObject({ status: 6, stderr: expect.not.stringContaining('"error"') });
    expect(JSON.parse(result.stdout)).toMatchObject({ total: ORDERS + 1, applied: 1, refused: ORDERS });
    expect(await shop.ok(['balance', '@ann'])).toMatchObject({ balance: 1_000_000 - PRODUCTS });
    expect(worker.stderr).not.toContain('MySQL is unavailable or the lane was lost');
    expect(await shop.sql('SELECT DISTINCT attempts FROM outcomes')).toEqual([{ attempts: 1 }]);
    expect(await shop.faults()).toEqual([]);
    expect(await shop.ok(['audit'])).toMatchObject({ ok: true });
    expect((await worker.stop()).status).toBe(0);
  });
});
