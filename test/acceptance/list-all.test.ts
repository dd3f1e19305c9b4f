import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXIT_CODES, EXIT_INTERRUPTED } from '../../src/cli/exit-codes.ts';
import { PROGRAM } from '../support/environment.ts';
import { TestShop } from '../support/shop.ts';

/** More than one of the pages that `--all` reads. */
const ROWS = 1_345;
const MORE = /^There are more rows\. Next page: `shop (.+)`; all rows: `shop (.+)`\.\n$/;

let shop: TestShop;

beforeAll(async () => {
  shop = await TestShop.create({ inProcess: true });
  const users = Array.from({ length: ROWS }, (_, index) => [`User ${index}`.padEnd(200, 'x'), 0, new Date()]);
  await shop.sql('INSERT INTO users (name, balance, created_at) VALUES ?', [users]);
  const products = Array.from({ length: ROWS }, (_, index) => [`Pen ${index}`, 1, 1_000_000, new Date()]);
  await shop.sql('INSERT INTO products (name, price, stock, created_at) VALUES ?', [products]);
  const batches = Array.from({ length: ROWS }, (_, index) => [`batch-${index}`, 'cron', 'host', 0, new Date()]);
  await shop.sql('INSERT INTO batches (name, actor, host, replayed, created_at) VALUES ?', [batches]);
  const requests = Array.from({ length: ROWS }, (_, index) => [
    ...[index + 1, `key:${index}`, Buffer.alloc(32), 'order', '{"user":1,"items":[{"productId":1,"quantity":1}]}'],
    ...['cron', 'host', 1, index + 2, new Date()],
  ]);
  await shop.sql(
    `INSERT INTO requests (id, idempotency_key, request_hash, kind, payload, actor, host, batch_id, batch_line, created_at)
     VALUES ?`,
    [requests],
  );
  await shop.sql(
    `INSERT INTO outcomes (request_id, status, code, attempts, details, decided_at)
     SELECT id, 'failed', 'PAYMENT_FAILED', 3, '{}', created_at FROM requests`,
  );
  await shop.sql(
    "INSERT INTO orders (id, user_id, status, total, created_at) SELECT id, 1, 'placed', 2, created_at FROM requests",
  );
  await shop.sql(
    `INSERT INTO order_lines (order_id, product_id, position, quantity, unit_price)
     SELECT r.id, p.id, p.id, 1, 1 FROM requests r JOIN products p ON p.id <= 2`,
  );
  await shop.sql(
    `INSERT INTO point_transactions (id, user_id, type, amount, balance_after, request_id, created_at)
     SELECT id, 1, 'charge', 1, id, id, created_at FROM requests`,
  );
  await shop.sql(
    `INSERT INTO stock_movements (product_id, type, quantity, stock_after, request_id, created_at)
     SELECT 1, 'restock', 1, id, id, created_at FROM requests`,
  );
  await shop.sql('DELETE FROM activities');
  await shop.sql(
    `INSERT INTO activities (actor, host, action, subject, created_at)
     SELECT 'cron', 'host', 'queue pause', 'queue', created_at FROM requests`,
  );
});

afterAll(() => shop.close());

/** Every list, with its number of rows and the field whose value `--after` takes. */
const LISTS: readonly { args: readonly string[]; field: string; rows?: number }[] = [
  { args: ['user', 'list'], field: 'id' },
  { args: ['product', 'list'], field: 'id' },
  { args: ['product', 'list', '--sort', 'name'], field: 'id' },
  { args: ['product', 'list', '--sort', 'stock'], field: 'id' },
  { args: ['product', 'list', '--sort', 'price'], field: 'id' },
  { args: ['product', 'history', '1'], field: 'id' },
  { args: ['order', 'list'], field: 'orderId' },
  { args: ['balance', 'history', '1'], field: 'id' },
  { args: ['ledger', 'list'], field: 'id' },
  { args: ['batch', 'list'], field: 'batchId' },
  { args: ['batch', 'results', 'batch-0'], field: 'line' },
  { args: ['request', 'list'], field: 'id' },
  { args: ['queue', 'failed'], field: 'id' },
  { args: ['activity', 'list'], field: 'cursor', rows: 2 * ROWS },
];

describe.each(LISTS)('$args', ({ args, field, rows = ROWS }) => {
  const idsOf = (list: readonly Record<string, unknown>[]) => list.map((row) => row[field]);

  it('prints every row once, in the same order as page by page', async () => {
    const all = await shop.ok<Record<string, unknown>[]>([...args, '--all']);
    expect(new Set(idsOf(all)).size).toBe(rows);
    const first = await shop.ok<Record<string, unknown>[]>([...args, '--limit', '1000']);
    const after = String(first.at(-1)?.[field]);
    const second = await shop.ok<Record<string, unknown>[]>([...args, '--limit', '1000', '--after', after]);
    expect(all.slice(0, 1_000 + second.length)).toEqual([...first, ...second]);
    expect(await shop.ok([...args, '--all', '--after', after])).toEqual(all.slice(1_000));
  });

  it('prints the same rows in every format, with one header', async () => {
    const ids = idsOf(await shop.ok<Record<string, unknown>[]>([...args, '--all'])).map(String);
    const text = async (format: string) => {
      const { status, stdout, stderr } = await shop.run([...args, '--all', '-o', format]);
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      return stdout.trimEnd().split('\n');
    };
    expect((await text('jsonl')).map((line) => String(JSON.parse(line)[field]))).toEqual(ids);
    for (const [format, separator] of [
      ['tsv', '\t'],
      ['csv', ','],
    ] as const) {
      const [header = '', ...lines] = await text(format);
      const column = header.split(separator).indexOf(field);
      expect(lines.map((line) => line.split(separator)[column])).toEqual(ids);
    }
    const table = await text('table');
    expect(table.filter((line) => /\d/.test(line))).toHaveLength(rows);
  });

  it('says that a page is not the whole list, and prints the commands for the rest', async () => {
    const { stdout, stderr } = await shop.run([...args, '--limit', '2', '-o', 'jsonl', '--no-input']);
    const last = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')[field];
    const given = `shop ${args.join(' ')}`;
    expect(JSON.parse(stderr)).toEqual({
      more: {
        after: last,
        next: `${given} --limit 2 --output jsonl --no-input --after ${last}`,
        all: `${given} --output jsonl --no-input --all`,
      },
    });
    const people = await shop.run([...args, '-o', 'csv']);
    const [, next = '', all = ''] = MORE.exec(people.stderr) ?? [];
    expect(people.stdout.split('\n')).toHaveLength(22);
    const whole = (await shop.run(all.split(' '))).stdout;
    const nextPage = (await shop.run(next.split(' '))).stdout.split('\n').slice(1);
    expect(whole.split('\n').slice(0, 41)).toEqual([
      ...people.stdout.split('\n').slice(0, 21),
      ...nextPage.slice(0, 20),
    ]);
  });
});

it('prints no message about further rows if there are none, or with --quiet', async () => {
  for (const more of [['--limit', '3'], ['--limit', '1000', '--after', '1001'], ['--all']])
    expect((await shop.run(['user', 'list', '--after', '4', '-o', 'csv', ...more])).stderr).toBe('');
  for (const format of ['csv', 'json'])
    expect((await shop.run(['user', 'list', '-o', format, '--quiet'])).stderr).toBe('');
});

it('keeps the filters in the commands that print further rows', async () => {
  const { stderr } = await shop.run([
    'request',
    'list',
    '--actor=cron',
    '--kind',
    'order',
    '--limit',
    '3',
    '-o',
    'tsv',
  ]);
  expect(stderr).toBe(
    'There are more rows. Next page: `shop request list --kind order --limit 3 --output tsv --actor cron --after 1343`; ' +
      'all rows: `shop request list --kind order --output tsv --actor cron --all`.\n',
  );
});

it('prints the message about further rows in Korean', async () => {
  const { stderr } = await shop.run(['user', 'list', '-o', 'csv'], { env: { SHOP_LANG: 'ko' } });
  expect(stderr).toMatch(/^행이 더 있습니다\. 다음 페이지: `shop user list .+`, 모든 행: `.+`\.\n$/);
});

it('refuses --all with --limit', async () => {
  expect(await shop.refused(['user', 'list', '--all', '--limit', '5'])).toMatchObject({
    status: EXIT_CODES.INVALID_INPUT,
    details: { field: '--all' },
    message: "--all can't be combined with --limit.",
  });
});

it.each([
  ['json', '[]\n'],
  ['jsonl', ''],
  ['csv', 'id,reference,name,price,stock,retired\n'],
  ['tsv', 'id\treference\tname\tprice\tstock\tretired\n'],
  ['table', 'No products.\n'],
])('prints an empty list as %s', async (format, text) => {
  const { status, stdout } = await shop.run(['product', 'list', '--all', '--retired', '-o', format]);
  expect({ status, stdout }).toEqual({ status: 0, stdout: text });
});

describe('a list that is being printed', () => {
  /** Starts a list and waits for its first output, which is more than its pipe holds. */
  async function started(format: string) {
    const child = spawn(process.execPath, [PROGRAM, 'user', 'list', '--all', '-o', format], {
      env: { PATH: process.env.PATH, ...shop.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text;
    });
    await once(child.stdout, 'readable');
    return { child, ended: once(child, 'exit').then(([status]) => ({ status, stderr })) };
  }

  it.each(['json', 'csv', 'table'])('ends without an error if the reader closes the pipe: %s', async (format) => {
    const { child, ended } = await started(format);
    child.stdout.destroy();
    expect(await ended).toEqual({ status: 0, stderr: '' });
  });

  it('ends at SIGINT, even if nobody reads it', async () => {
    const { child, ended } = await started('csv');
    child.kill('SIGINT');
    const { status, stderr } = await ended;
    expect(status).toBe(EXIT_INTERRUPTED.SIGINT);
    expect(stderr).toContain('The list is incomplete; run the command again.');
    child.stdout.destroy();
  });

  it.runIf(process.platform === 'linux')('reports the cause if the disk is full', async () => {
    const child = spawn('sh', ['-c', `exec "${process.execPath}" "${PROGRAM}" user list --all -o csv > /dev/full`], {
      env: { PATH: process.env.PATH, ...shop.env },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const [text] = await once(child.stderr.setEncoding('utf8'), 'data');
    expect(text).toContain('ENOSPC');
    expect((await once(child, 'close'))[0]).toBe(EXIT_CODES.OUTPUT_FAILED);
  });
});
