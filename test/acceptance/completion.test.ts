import { once } from 'node:events';
import { access, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { PROGRAM } from '../support/environment.ts';
import { eventually } from '../support/eventually.ts';
import { hasShell, SHELL_SETUPS, type ShellSetup, TestShell } from '../support/shells.ts';
import { TestShop } from '../support/shop.ts';

const AWAY = { SHOP_DATABASE_URL: 'mysql://shop:secret@127.0.0.1:1/shop' };

let shop: TestShop;
let bin: string;

beforeAll(async () => {
  shop = await TestShop.create();
  bin = await mkdtemp(join(tmpdir(), 'shop-completion-'));
  await symlink(PROGRAM, join(bin, 'shop'));
  await shop.ok(['user', 'create', 'Corner Cafe', '--reference', 'corner-cafe']);
  await shop.sql('ALTER TABLE users AUTO_INCREMENT = 4200');
  await shop.ok(['user', 'create', '미래 $(touch owned) `touch owned` "\'\\', '--reference', 'mirae']);
  await shop.product('Pencil HB', 150, 5_000, '--reference', 'pencil-hb');
  await shop.sql('ALTER TABLE products AUTO_INCREMENT = 730');
  await shop.product('Pen: blue', 300, 20, '--reference', 'pen-blue');
  await shop.whileWorking(async () => {
    await shop.ok(['charge', '4200', '9000', '--key', 'pay:2041.a']);
    await shop.ok(['order', 'place', '4200', '730']);
    await shop.run(['batch', 'run', '-', '--name', 'decided'], { stdin: 'kind,user,amount\ncharge,4200,1\n' });
  });
});

afterAll(async () => {
  await shop.close();
  await rm(bin, { recursive: true, force: true });
});

describe.each(SHELL_SETUPS)('completion in %s', (setup: ShellSetup) => {
  it.skipIf(!hasShell(setup))('completes commands, options, values, ids, references, keys and files', async () => {
    const home = await mkdtemp(join(bin, 'home-'));
    await writeFile(join(home, 'users.csv'), '');
    const shell = await TestShell.start(shop, setup, { home, bin });

    for (const [typed, becomes] of [
      ['shop ord\tpl\t', 'shop order place '],
      ['shop user list --lim\t', 'shop user list --limit '],
      ['shop user list -o c\t', 'shop user list -o csv '],
      ['shop order list --status=pl\t', 'shop order list --status=placed '],
      ['shop request list --code FAI\t', 'shop request list --code FAI'],
      ['shop charge 42\t', 'shop charge 4200 '],
      ['shop charge @mi\t', 'shop charge @mirae '],
      ['shop order list --user=@mi\t', 'shop order list --user=@mirae '],
      ['shop product restock 7\t', 'shop product restock 730 '],
      ['shop order place 4200 @penc\t3 7\t2 ', 'shop order place 4200 @pencil-hb:3 730:2 '],
      ['shop order show \t', 'shop order show 2 '],
      ['shop order return \t', 'shop order return 2 '],
      ['shop order return 2 \t', 'shop order return 2 730:'],
      ['shop request show pay:20\t', 'shop request show pay:2041.a '],
      ['shop user import us\t', 'shop user import users.csv '],
      ['shop batch run --results=us\t', 'shop batch run --results=users.csv '],
    ] as const) {
      await shell.expectCompletion(typed, becomes);
    }

    // lists show descriptions
    await shell.listCompletions('shop charge ', ['Corner Cafe (@corner-cafe)', '4200', '미래 $(touch owned)']);
    await expect(access(join(home, 'owned'))).rejects.toThrow();
  });

  it.skipIf(!hasShell(setup))('prints no error if MySQL is down, and completes the rest', async () => {
    const home = await mkdtemp(join(bin, 'home-'));
    const shell = await TestShell.start(shop, setup, { home, bin }, AWAY);
    await shell.expectCompletion('shop charge 4\t', 'shop charge 4');
    await shell.expectCompletion('shop ord\t', 'shop order ');
    expect(shell.screen).not.toMatch(/error|mysql|shop:/i);
  });
});

/** Returns the words that are offered for the end of a command line. */
async function offered(...words: string[]): Promise<string[]> {
  // on a busy machine, a completion may reach its time limit before it finds any word
  return eventually('words are offered', async () => {
    const { status, stdout, stderr } = await shop.run(['__complete', ...words]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const lines = stdout.split('\n').slice(1, -1);
    return lines.length > 0 && lines.map((line) => line.split('\t')[0] ?? '');
  });
}

it('offers only orders and requests that can be cancelled', async () => {
  await shop.ok(['charge', '4200', '5', '--key', 'waiting', '--no-wait']);
  await shop.ok(['charge', '4200', '5', '--key', 'withdrawn', '--no-wait']);
  await shop.ok(['batch', 'run', '-', '--name', 'late', '--no-wait'], { stdin: 'kind,user,amount\ncharge,4200,77\n' });
  await shop.ok(['request', 'cancel', 'withdrawn', '--no-wait']);
  const { id } = await shop.ok<{ id: number }>(['request', 'show', 'waiting']);
  expect(await offered('request', 'cancel', '')).toEqual(expect.arrayContaining([String(id), String(id + 2)]));
  expect(await offered('request', 'cancel', '')).toHaveLength(2);
  expect(await offered('request', 'cancel', 'w')).toEqual(['waiting']);
  expect(await offered('batch', 'cancel', '')).toEqual(['2']);
  expect(await offered('batch', 'cancel', 'l')).toEqual(['late']);
});

it('offers only failed requests to retry', async () => {
  const failed = 'failed-once';
  const { requestId } = await shop.ok<{ requestId: number }>(['charge', '4200', '6', '--key', failed, '--no-wait']);
  await shop.sql(
    "INSERT INTO outcomes (request_id, status, code, attempts, details, decided_at) VALUES (?, 'failed', 'CHARGE_FAILED', 3, '{}', NOW())",
    [requestId],
  );
  await shop.sql("INSERT INTO attempts (request_id, attempt, reason, failed_at) VALUES (?, 3, 'broken', NOW())", [
    requestId,
  ]);
  expect(await offered('queue', 'retry', '')).toEqual([String(requestId)]);
  expect(await offered('queue', 'retry', 'f')).toEqual([failed]);
});

/** Returns the text that a shell inserts if these words are offered: their common beginning. */
function inCommon([first = '', ...others]: readonly string[]): string {
  const ends = [...first].findIndex((letter, at) => others.some((other) => other[at] !== letter));
  return ends === -1 ? first : first.slice(0, ends);
}

it('reads a negative number as the value of its option', async () => {
  for (const change of [['--by', '-3'], ['--by=-3']]) {
    expect(await offered('balance', 'adjust', '4200', ...change, '--re')).toContain('--reason');
  }
  expect(await offered('product', 'adjust', '--by', '-3', '7')).toContain('730');
});

it('offers only users who can be blocked or unblocked, and only products that can be ordered, retired or restored', async () => {
  const blocked = await shop.created(['user', 'create', 'Late Payer', '--reference', 'late']);
  const retired = await shop.product('Quill', 1, 1, '--reference', 'quill');
  await shop.ok(['user', 'block', '@late', '--reason', 'late']);
  await shop.ok(['product', 'retire', '@quill']);
  expect(await offered('user', 'unblock', '')).toEqual([`${blocked}`]);
  expect(await offered('user', 'block', '')).toEqual(expect.not.arrayContaining([`${blocked}`]));
  expect(await offered('user', 'block', '@')).toEqual(['@corner-cafe', '@mirae']);
  expect(await offered('charge', '@l')).toEqual(['@late']);
  expect(await offered('product', 'restore', '@')).toEqual(['@quill']);
  expect(await offered('product', 'retire', '@')).toEqual(['@pen-blue', '@pencil-hb']);
  expect(await offered('product', 'history', '@q')).toEqual(['@quill']);
  expect(await offered('order', 'place', '1', '@')).toEqual(['@pen-blue:', '@pencil-hb:']);
  expect(await offered('cart', 'remove', '1', `${retired}`)).toEqual([`${retired}:`]);
});

it('offers only some of many matching words, and keeps a shell from inserting the prefix that only these share', async () => {
  await shop.sql('ALTER TABLE users AUTO_INCREMENT = 9050');
  const rows = Array.from({ length: 130 }, (_, at) => `r${String(at).padStart(4, '0')},Shop ${at}`);
  await shop.ok(['user', 'import', '-'], { stdin: `reference,name\n${rows.join('\n')}\n` });

  const byId = await offered('charge', '9');
  expect(byId.length).toBeLessThanOrEqual(60);
  expect([byId, inCommon(byId)]).toEqual([expect.arrayContaining(['9179', '9050']), '9']);
  const byReference = await offered('charge', '@r');
  expect(byReference.length).toBeLessThanOrEqual(60);
  expect(inCommon(byReference)).toBe('@r0');
  expect(await offered('charge', '')).toEqual(expect.arrayContaining(['9179', '4200', '1']));
  expect(await offered('charge', '917')).toHaveLength(10);
});

it('returns soon, without words, if MySQL accepts the connection and never responds', async () => {
  const server = createServer(() => {}).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const env = { SHOP_DATABASE_URL: `mysql://shop:secret@127.0.0.1:${address.port}/shop` };
  const started = performance.now();
  expect(await shop.run(['__complete', 'charge', ''], { env })).toEqual({ status: 0, stdout: 'words\n', stderr: '' });
  // without completion, a command waits ten seconds for a connection
  expect(performance.now() - started).toBeLessThan(8_000);
});

it('offers only orders that can be returned or cancelled, and the products that are left in an order', async () => {
  const nothing = { status: 0, stdout: 'words\n', stderr: '' };
  const order = await shop.whileWorking(async () => {
    const { orderId } = await shop.ok(['order', 'place', '4200', '730:2', '@pencil-hb']);
    await shop.ok(['order', 'return', String(orderId), '@pencil-hb']);
    return String(orderId);
  });
  for (const command of ['return', 'cancel']) expect(await offered('order', command, '')).toEqual([order, '2']);
  expect(await offered('order', 'return', order, '')).toEqual(['730:']);
  expect(await offered('order', 'return', order, '@')).toEqual(['@pen-blue:']);
  expect(await shop.run(['__complete', 'order', 'return', order, '1'])).toEqual({ ...nothing, stdout: 'open\n' });
  expect(await shop.run(['__complete', 'order', 'return', 'x', '7'])).toEqual({ ...nothing, stdout: 'open\n' });
  await shop.whileWorking(() => shop.ok(['order', 'cancel', order]));
  for (const command of ['return', 'cancel']) expect(await offered('order', command, '')).toEqual(['2']);
  expect(await offered('order', 'show', '')).toEqual([order, '2']);
});
