import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Connection } from 'mysql2/promise';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { limitIdle, TRANSACTION_IDLE_SECONDS } from '../../src/db/mysql/idle-limit.ts';
import { eventually } from '../support/eventually.ts';
import { type Held, TcpProxy } from '../support/proxy.ts';
import { seededRandom } from '../support/random-batch.ts';
import { waitForRecovery } from '../support/recovery.ts';
import { type Result, type TestProcess, TestShop } from '../support/shop.ts';
import { TechnicalFailures } from '../support/technical-failures.ts';

const SEED = Number(process.env.SHOP_SUSPEND_SEED ?? 20_26);
/** Number of rounds; each suspends four commands at the same time. */
const ROUNDS = 5;
const LIMIT_MS = 10_000;
/** Number of statements of a transaction. A command is suspended before or after one of them. */
const STATEMENTS = 5;
const PRODUCTS = 40;
/** The byte that begins a statement in MySQL's protocol. */
const COM_QUERY = 3;
/** Charges of this amount fail while the failure is active. */
const POISON = 13;

let shop: TestShop;
let folder: string;

beforeAll(async () => {
  shop = await TestShop.create({ inProcess: true });
  folder = await mkdtemp(join(tmpdir(), 'shop-suspended-'));
  await shop.startWorker();
  const users = ['buyer', 'owner', 'poor', 'many'].map((name) => `${name},${name}`).join('\n');
  await shop.ok(['user', 'import', '-'], { stdin: `reference,name\n${users}\n` });
  await shop.ok(['product', 'import', '-'], { stdin: `${catalogue(1)}in-cart,In a cart,1,1000\n` });
  await shop.ok(['charge', '@buyer', '100000']);
  await shop.ok(['charge', '@many', '100000']);
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await shop.close();
});

function catalogue(price: number): string {
  const rows = Array.from({ length: PRODUCTS }, (_, index) => `p${index},Product ${index},${price},100000`);
  return `reference,name,price,stock\n${rows.join('\n')}\n`;
}

/** A command suspended in the middle of a transaction; null if it ended before. */
interface Suspended {
  readonly process: TestProcess;
  readonly again: () => Promise<Result>;
  readonly proxy: TcpProxy;
}

/**
 * Starts a command and suspends it at a statement of its transaction, before the server receives it or after it has responded.
 */
async function suspend(
  args: readonly string[],
  at: { readonly statement: number; readonly side: 'request' | 'reply' },
  stdin = '',
): Promise<Suspended> {
  const proxy = await TcpProxy.before(shop.databaseUrl);
  let [inside, count] = [false, 0];
  const isStatement = ([text = '']: readonly string[]) => {
    inside ||= text.includes('START TRANSACTION');
    return inside && count++ === at.statement;
  };
  const held = at.side === 'request' ? proxy.hold(isStatement) : proxy.holdReply(isStatement);
  const process = shop.start([...args, '--json'], { env: { SHOP_DATABASE_URL: proxy.url }, stdin });
  const found = await Promise.race<Held | Result>([held, process.ended]);
  if ('release' in found) {
    process.signal('SIGSTOP');
    found.release();
  }
  return { process, again: () => shop.run([...args, '--json'], { stdin }), proxy };
}

/** Resumes the command, and runs it again if the server has ended its transaction. Returns true in that case. */
async function resume({ process, again, proxy }: Suspended): Promise<boolean> {
  process.signal('SIGCONT');
  const { status, stderr } = await process.ended;
  await proxy.close();
  if (status === 0) return false;
  const { error } = JSON.parse(stderr.trim().split('\n').at(-1) ?? '');
  expect({ status, ...error }).toMatchObject({ status: 69, code: 'UNAVAILABLE' });
  expect(error.hint).toMatch(/again|Continue with/);
  const repeated = await again();
  expect(repeated, repeated.stderr).toMatchObject({ status: 0 });
  return true;
}

it(`an import, a cart, a retry and a batch that are suspended at random points block no one, seed ${SEED} (fault 35)`, async () => {
  const random = seededRandom(SEED);
  const failures = await TechnicalFailures.on(shop);
  await failures.fail(POISON, 1_000);
  const failed = Array.from({ length: ROUNDS }, (_, round) => `failed-${round}`);
  const file = join(folder, 'failed.csv');
  await writeFile(file, `kind,user,amount,key\n${failed.map((key) => `charge,@poor,${POISON},${key}`).join('\n')}\n`);
  expect((await shop.run(['batch', 'run', file])).status).toBe(6);
  await failures.end();

  let [cutOff, slowest, sent] = [0, 0, 0];
  for (let round = 0; round < ROUNDS; round++) {
    const at = () => ({ statement: random(STATEMENTS), side: random(2) === 0 ? 'request' : 'reply' }) as const;
    const rows = join(folder, `batch-${round}.csv`);
    // each round has other content, because the same content under another name is refused
    const count = 300 + round;
    sent += count;
    await writeFile(rows, `kind,user,amount\n${'charge,@many,1\n'.repeat(count)}`);
    const commands = await Promise.all([
      suspend(['product', 'import', '-'], at(), `${catalogue(round + 2)}new-${round},New ${round},1,1\n`),
      suspend(['cart', 'add', '@owner', '@in-cart:1'], at()),
      suspend(['queue', 'retry', failed[round] ?? ''], at()),
      suspend(['batch', 'run', rows, '--name', `batch-${round}`, '--no-wait'], at()),
    ]);
    const suspended = performance.now();
    // the commands have locked some of these rows
    for (const product of ['p0', 'p20', 'in-cart']) {
      await shop.ok(['order', 'place', '@buyer', `@${product}`, '--no-wait']);
    }
    for (const user of ['owner', 'poor', 'many']) await shop.ok(['charge', `@${user}`, '1', '--no-wait']);
    slowest = Math.max(slowest, await waitForRecovery(shop, 35, suspended));
    for (const command of commands) if (await resume(command)) cutOff++;
  }
  process.stderr.write(
    `suspended ${SEED}: ${cutOff} of ${4 * ROUNDS} cut off, others waited ${Math.round(slowest)} ms at most\n`,
  );
  expect(slowest).toBeLessThan(LIMIT_MS);
  expect(cutOff).toBeGreaterThan(0);

  await waitForRecovery(shop, 35, performance.now());
  expect(await shop.sql('SELECT DISTINCT status, attempts FROM outcomes')).toEqual([
    { status: 'applied', attempts: 1 },
  ]);
  expect(await shop.sql('SELECT * FROM attempts')).toEqual([]);
  // each command has taken effect once, even if it was run again
  expect(await shop.ok(['cart', 'show', '@owner'])).toMatchObject({ lines: [{ quantity: ROUNDS }] });
  expect(await shop.ok(['product', 'show', '@p7'])).toMatchObject({ price: ROUNDS + 1 });
  expect(await shop.sql("SELECT id FROM products WHERE reference LIKE 'new-%'")).toHaveLength(ROUNDS);
  expect(await shop.ok(['balance', '@many'])).toMatchObject({ balance: 100_000 + ROUNDS + sent });
  expect(await shop.ok(['balance', '@poor'])).toMatchObject({ balance: ROUNDS * (POISON + 1) });
  await shop.expectSound();
});

it('ends a transaction of TypeORM too: nothing of a new product is stored, and the error says so', async () => {
  const command = await suspend(['product', 'create', 'Half', '--price', '1', '--stock', '5'], {
    statement: 1,
    side: 'reply',
  });
  const written = async () => {
    await shop.sql('SET TRANSACTION ISOLATION LEVEL READ UNCOMMITTED');
    return (await shop.sql("SELECT id FROM products WHERE name = 'Half'")).length;
  };
  expect(await written()).toBe(1);
  await eventually('the transaction is rolled back', async () => (await written()) === 0, LIMIT_MS);
  command.process.signal('SIGCONT');
  const { status, stderr } = await command.process.ended;
  await command.proxy.close();
  expect(status).toBe(69);
  expect(JSON.parse(stderr).error).toMatchObject({
    code: 'UNAVAILABLE',
    message: expect.stringMatching(/was lost during a transaction: .*\. The transaction was rolled back\./),
    hint: expect.stringContaining('Run the same command again.'),
  });
  expect(await shop.sql("SELECT * FROM products WHERE name = 'Half'")).toEqual([]);
});

it('keeps the session of a shell that waits for its next command', async () => {
  const proxy = await TcpProxy.before(shop.databaseUrl);
  const shell = shop.startOnTerminal(['shell'], { env: { SHOP_DATABASE_URL: proxy.url } });
  await shell.shows('shop>');
  shell.type('cart add @owner @in-cart:1\r');
  await shell.shows('In a cart');
  const [connections, ended] = [proxy.connections, performance.now()];
  expect(connections).toBeGreaterThan(0);
  await eventually('a transaction would be ended', () => performance.now() - ended > 1_500 * TRANSACTION_IDLE_SECONDS);
  expect(proxy.connections).toBe(connections);
  shell.type('exit\r');
  expect((await shell.ended).status).toBe(0);
  await proxy.close();
});

it.each([
  {
    what: 'while the server has received only a part of a statement',
    stop: (socket: Socket) => {
      const statement = Buffer.from('SELECT 1');
      // the header announces more bytes than follow
      const header = Buffer.from([2 * statement.length + 1, 0, 0, 0, COM_QUERY]);
      socket.write(Buffer.concat([header, statement]));
    },
  },
  {
    what: 'while nobody reads a result',
    stop: (socket: Socket, connection: Connection) => {
      socket.pause();
      connection.query("SELECT REPEAT('x', 16000000) FROM products").catch(() => {});
    },
  },
])('ends an idle transaction $what', async ({ stop }) => {
  const connection = await shop.connection();
  connection.on('error', () => {});
  await connection.query(limitIdle(2));
  await connection.query('START TRANSACTION');
  await connection.query("SELECT * FROM products WHERE reference = 'p1' FOR UPDATE");
  stop((connection as unknown as { connection: { stream: Socket } }).connection.stream, connection);
  const free = () => shop.sql("SELECT id FROM products WHERE reference = 'p1' FOR UPDATE SKIP LOCKED");
  expect(await free()).toEqual([]);
  await eventually('the row is unlocked', async () => (await free()).length === 1, LIMIT_MS);
  connection.destroy();
});
