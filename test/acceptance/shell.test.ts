import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { lockName } from '../../src/db/mysql/named-lock.ts';
import { eventually } from '../support/eventually.ts';
import { clientsOf, killClients, serversWithRedisDatabase } from '../support/redis-clients.ts';
import { TestShop } from '../support/shop.ts';
import { KEYS, type TestTerminal } from '../support/terminal.ts';

/** Idle time after which a shell checks its connections before it uses them again. */
const IDLE_MS = 1_500;
/** A Redis database that only this file uses, because the tests kill its clients. */
const DATABASE = 11;

let shop: TestShop;
let user: string;
let directory: string;
let env: Record<string, string>;

beforeAll(async () => {
  shop = await TestShop.create({ servers: serversWithRedisDatabase(DATABASE) });
  directory = await mkdtemp(join(tmpdir(), 'shop-shell-'));
  env = { XDG_STATE_HOME: directory, SHOP_DEV_DIR: join(directory, 'dev') };
  user = await shop.userWith(0);
});

afterAll(async () => {
  await shop.close();
  await rm(directory, { recursive: true, force: true });
});

/** Starts a shell and waits for its prompt. */
async function openShell(...args: readonly string[]): Promise<TestTerminal> {
  const terminal = shop.startOnTerminal(['shell', ...args], { env, columns: 110, rows: 60 });
  await atPrompt(terminal);
  return terminal;
}

async function atPrompt(terminal: TestTerminal): Promise<void> {
  await terminal.shows(/(^|\n)shop>$/);
}

/** Types a line and waits for the end of its command; returns the screen from that line on. */
async function runLine(terminal: TestTerminal, line: string): Promise<string> {
  const before = terminal.history.split('\n').length;
  terminal.type(`${line}${KEYS.enter}`);
  await terminal.shows(() => {
    const lines = terminal.history.split('\n');
    return lines.length > before && lines.at(-1) === 'shop>';
  });
  return terminal.history
    .split('\n')
    .slice(before - 1, -1)
    .join('\n');
}

/** Types text and then a tab in a separate write, because tabs in pasted text complete nothing. */
async function complete(terminal: TestTerminal, text: string, completed: string): Promise<void> {
  terminal.type(text);
  await terminal.shows((screen) => screen.endsWith(text));
  terminal.type(KEYS.tab);
  await terminal.shows((screen) => screen.endsWith(`shop> ${completed}`));
}

it('runs one command after another at a prompt, and continues after a failure', async () => {
  const terminal = await openShell();
  expect(terminal.screen).toMatch(/^shop \d+\.\d+\.\d+: type `help` to list the commands/);
  expect(await runLine(terminal, `shop balance ${user}`)).toMatch(/^Ann \(1\)\nBALANCE +0$/m);
  expect(await runLine(terminal, 'user create "Corner \'Cafe\'" # a comment')).toMatch(
    /^✓ User Corner 'Cafe' \(\d+\) created\.$/m,
  );
  expect(await runLine(terminal, 'balance 4711')).toMatch(/^shop: There is no user 4711\./m);
  expect(await runLine(terminal, 'balance "1')).toMatch(/^shop: the line has a quote that is not closed: "1\./m);
  expect(await runLine(terminal, 'worker')).toMatch(/^shop: `worker` is not available in the shell\./m);
  expect(await runLine(terminal, 'batch run -')).toMatch(/^shop: file can't be standard input in `shop shell`/m);
  const help = await runLine(terminal, 'help');
  expect(help).toContain('Usage: shop');
  expect(help).toContain('`exit`, `quit` or Ctrl-D ends the shell.');
  expect(help).not.toMatch(/^ +(worker|shell) /m);
  // the first command continues on the next line, and the second one is discarded
  terminal.type(`balance \\${KEYS.enter}`);
  await terminal.shows(/^>$/m);
  expect(await runLine(terminal, user)).toMatch(/^Ann \(\d+\)$/m);
  terminal.type('user create Bob');
  await terminal.shows('Bob');
  terminal.type(KEYS.ctrlC);
  await terminal.shows(/Bob\^C\nshop>$/);
  // two pasted lines are two commands
  const both = runLine(terminal, `balance 4712${KEYS.enter}balance 4713`);
  await terminal.shows(/no user 4713/);
  expect(await both).toMatch(/no user 4712/);
  terminal.type(KEYS.ctrlD);
  expect(await terminal.ended).toEqual({ status: 0, signal: null });
  expect(await shop.sql("SELECT name FROM users WHERE name = 'Bob'")).toEqual([]);
});

it('completes commands and options, and keeps a history that only its owner can read', async () => {
  const first = await openShell('--quiet');
  expect(first.screen).toBe('shop>');
  await complete(first, 'bal', 'balance');
  await complete(first, 'hi', 'balance history');
  await complete(first, `${user} --js`, `balance history ${user} --json`);
  expect(await runLine(first, '')).toMatch(/^\[\]$/m);
  await complete(first, 'ord', 'order');
  first.type(KEYS.tab);
  first.type(KEYS.tab);
  await first.shows(/^place +show +list +cancel/m);
  first.type(`${KEYS.ctrlU}exit${KEYS.enter}`);
  expect(await first.ended).toEqual({ status: 0, signal: null });

  const file = join(directory, 'shop/history');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect((await readFile(file, 'utf8')).trimEnd().split('\n').slice(-2)).toEqual([
    `balance history ${user} --json `,
    'exit',
  ]);
  const second = await openShell();
  second.type(KEYS.up + KEYS.up);
  await second.shows(`shop> balance history ${user} --json`);
  expect(await runLine(second, '')).toMatch(/^\[\]$/m);
  second.type(`quit${KEYS.enter}`);
  expect(await second.ended).toEqual({ status: 0, signal: null });
});

it("works without a history if it can't be stored", async () => {
  const blocked = join(directory, 'blocked');
  await writeFile(blocked, '');
  const terminal = shop.startOnTerminal(['shell'], { env: { ...env, XDG_STATE_HOME: blocked } });
  await terminal.shows(/The command history is not saved: [\s\S]*\nshop>$/);
  await runLine(terminal, 'balance 4711');
  terminal.type(KEYS.up);
  await terminal.shows(/shop> balance 4711$/);
  terminal.type(`${KEYS.ctrlU}${KEYS.ctrlD}`);
  expect(await terminal.ended).toEqual({ status: 0, signal: null });
});

it('interrupts only the running command on Ctrl-C', async () => {
  const terminal = await openShell('--actor', 'night-shift');
  // no worker runs, so the charge stays pending
  terminal.type(`charge ${user} 500 --key kept${KEYS.enter}`);
  await terminal.shows('No worker is running');
  terminal.type(KEYS.ctrlC);
  await terminal.shows(/Interrupted\. Request \d+ is recorded and will be decided; its key is kept\.[\s\S]*\nshop>$/);
  expect(await runLine(terminal, 'request show kept')).toMatch(/^ACTOR +night-shift$/m);
  // live screens and prompts of a command use the same terminal
  terminal.type(`queue status --watch${KEYS.enter}`);
  await terminal.shows('q or Ctrl-C to quit');
  terminal.type(KEYS.ctrlC);
  await terminal.shows(/Stopped watching\.[\s\S]*\nshop>$/);
  terminal.type(`dev reset${KEYS.enter}`);
  await terminal.shows('Delete the local environment');
  terminal.type(`n${KEYS.enter}`);
  await terminal.shows(/Nothing was done\.\nshop>$/);
  terminal.type(`balance${KEYS.enter}`);
  await terminal.shows(/\? user/);
  terminal.type(KEYS.ctrlC);
  await terminal.shows(/Interrupted\.[\s\S]*\nshop>$/);
  expect(await runLine(terminal, `balance ${user}`)).toMatch(/^BALANCE +0$/m);
  terminal.type(`exit${KEYS.enter}`);
  expect(await terminal.ended).toEqual({ status: 0, signal: null });
});

it("waits for work that can't be interrupted, unless it is interrupted again", async () => {
  const lock = lockName(new URL(shop.databaseUrl).pathname.slice(1), 'schema');
  const [holder, terminal] = [await shop.connection(), await openShell()];
  const interruptMigration = async () => {
    await holder.query('SELECT GET_LOCK(?, 0)', [lock]);
    terminal.type(`db migrate${KEYS.enter}`);
    await eventually('the migration waits', async () => {
      const statements = await shop.sql(
        "SELECT ID FROM information_schema.PROCESSLIST WHERE DB = DATABASE() AND ID <> CONNECTION_ID() AND INFO LIKE '%GET_LOCK(%300)%'",
      );
      return statements.length > 0;
    });
    terminal.type(KEYS.ctrlC);
    await terminal.shows(/Interrupted\.[\s\S]*The command can't be interrupted; waiting for it to finish\.[^\n]*$/);
  };
  await interruptMigration();
  await holder.query('SELECT RELEASE_LOCK(?)', [lock]);
  await terminal.shows(/to leave the shell\.\nshop>$/);
  await runLine(terminal, `balance ${user}`);
  await runLine(terminal, 'help');
  await interruptMigration();
  terminal.type(KEYS.ctrlC);
  expect(await terminal.ended).toEqual({ status: 130, signal: null });
  await holder.end();
});

it('reuses its connections, and opens them again if they are lost', async () => {
  const terminal = await openShell('-o', 'json');
  const redis = new Redis(shop.redisUrl);
  const clients = () => clientsOf(redis, DATABASE, 'normal');
  const commands = [`user show ${user}`, `balance ${user}`, `charge ${user} 500 --no-wait`];
  const runAll = async () => {
    for (const command of commands)
      expect(await runLine(terminal, command)).toMatch(/^ {2}"(id|userId|requestId)": \d+,$/m);
    return { mysql: await shop.connections(), redis: await clients() };
  };
  const first = await runAll();
  expect(first.mysql).toHaveLength(2);
  expect(first.redis).toHaveLength(1);
  expect(await runAll()).toEqual(first);
  for (const id of first.mysql) await shop.sql(`KILL ${id}`);
  await killClients(redis, first.redis);
  const second = await runAll();
  for (const id of [...first.mysql, ...first.redis]) expect([...second.mysql, ...second.redis]).not.toContain(id);
  expect(await runAll()).toEqual(second);
  await redis.quit();
  terminal.type(KEYS.ctrlD);
  expect(await terminal.ended).toEqual({ status: 0, signal: null });
});

it('waits for outcomes again after its connections were lost, either during a command or while it was idle', async () => {
  const worker = await shop.startWorker();
  const terminal = await openShell('-o', 'json');
  const redis = new Redis(shop.redisUrl);
  const cutConnections = async () => {
    const lane = await shop.laneConnection();
    for (const id of await shop.connections()) if (id !== lane) await shop.sql('KILL ?', [id]).catch(() => {});
    for (const type of ['normal', 'pubsub'] as const) await killClients(redis, await clientsOf(redis, DATABASE, type));
  };
  const charge = async () => expect(await runLine(terminal, `charge ${user} 5`)).toMatch(/"transactionId": \d+/);
  await charge();
  await cutConnections();
  await charge();
  await charge();
  await cutConnections();
  await delay(IDLE_MS);
  await charge();
  redis.disconnect();
  terminal.type(KEYS.ctrlD);
  expect(await terminal.ended).toEqual({ status: 0, signal: null });
  expect((await worker.stop()).status).toBe(0);
});
