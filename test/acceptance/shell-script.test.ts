import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TestShop } from '../support/shop.ts';

let shop: TestShop;
let user: string;
let directory: string;

beforeAll(async () => {
  shop = await TestShop.create();
  directory = await mkdtemp(join(tmpdir(), 'shop-script-'));
  user = await shop.userWith(0);
});

afterAll(async () => {
  await shop.close();
  await rm(directory, { recursive: true, force: true });
});

const names = async () =>
  (await shop.sql<{ name: string }>('SELECT name FROM users ORDER BY id')).map(({ name }) => name);

it('runs commands from a pipe until the first failure, and exits with its status', async () => {
  const stdin = [
    '\ufeff# who is there\r',
    `shop balance ${user}\r`,
    '',
    `user create 'Corner "Cafe"' \\`,
    '  --reference CC-4',
    `balance ${user} -o csv`,
    'balance 4711',
    'user create Nobody',
  ].join('\n');
  const { status, stdout, stderr } = await shop.run(['shell'], { stdin });
  expect(stderr).toBe(
    'shop: line 7: There is no user 4711. List users with `shop user list`.\nThe command on line 7 failed with exit status 4; the remaining lines were not run.\n',
  );
  expect(status).toBe(4);
  expect(stdout.split('\n').map((line) => line.replace(/\t\d{4}-.*/, '\t...'))).toEqual([
    'userId\tname\tbalance',
    `${user}\tAnn\t0`,
    'id\treference\tname\tbalance\tblocked\tblockedReason\tcreatedAt',
    '2\tCC-4\tCorner "Cafe"\t0\tfalse\t\t...',
    'userId,name,balance',
    `${user},Ann,0`,
    '',
  ]);
  expect(await names()).toEqual(['Ann', 'Corner "Cafe"']);
});

it.each([
  ['crlf', { status: 0, stderr: '' }],
  [
    'smart-quotes',
    {
      status: 2,
      stderr: expect.stringMatching(/^shop: line 1: .*has a typographic quote \(“\); use " or '\./),
    },
  ],
])('runs or refuses a script as an editor has saved it: script-%s.txt', async (name, result) => {
  await shop.product('Pen', 1, 1);
  const stdin = await readFile(new URL(`../cases/script-${name}.txt`, import.meta.url), 'utf8');
  const before = await names();
  expect(await shop.run(['shell'], { stdin })).toMatchObject(result);
  expect(await names()).toEqual(before);
});

it('continues after a failure with --keep-going, and exits with the status of the first', async () => {
  const orders = join(directory, 'orders.csv');
  await writeFile(orders, 'user,items\n1,4711\n');
  const stdin = `worker
shell
batch run -
user import /dev/stdin
balance "1
balance 1 | wc
queue retry --all --json
user list -o table --limit 1 --quiet
batch run ${orders} --dry-run
exit
user create Nobody`;
  const args = ['shell', '--keep-going', '-o', 'jsonl', '--actor', 'night-shift'];
  const { status, stdout, stderr } = await shop.run(args, { stdin });
  expect(status).toBe(2);
  const errors = stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).error);
  expect(errors.map(({ line, code }) => [line, code])).toEqual([
    [1, 'INVALID_INPUT'],
    [2, 'INVALID_INPUT'],
    [3, 'INVALID_INPUT'],
    [4, 'INVALID_INPUT'],
    [5, 'INVALID_INPUT'],
    [6, 'INVALID_INPUT'],
  ]);
  expect(errors[1].message).toBe('`shell` is not available in the shell.');
  expect(stdout).toMatch(/^\[\]\nID +REFERENCE +NAME/);
  expect(await names()).not.toContain('Nobody');
});

it('exits with 0 if nothing fails, and records its actor with each request', async () => {
  const stdin = `charge ${user} 500 --key by-shell --no-wait\nbalance ${user}\n`;
  expect(await shop.run(['shell', '--actor', 'night-shift', '--quiet'], { stdin })).toMatchObject({
    status: 0,
    stderr: '',
  });
  const { actor } = await shop.ok<{ actor: string }>(['request', 'show', 'by-shell']);
  expect(actor).toBe('night-shift');
  expect(await shop.sql("SELECT host <> '' AS known FROM requests WHERE idempotency_key = 'by-shell'")).toEqual([
    { known: 1 },
  ]);
});

it('stops on an interruption and skips the remaining commands', async () => {
  // no worker runs, so the charge stays pending
  const stdin = `charge ${user} 500 --key waiting\nuser create Nobody`;
  const shell = shop.start(['shell', '--keep-going'], { stdin });
  await shell.logged('No worker is running');
  shell.signal('SIGINT');
  const { status, stderr } = await shell.ended;
  expect(stderr).toMatch(
    /^shop: line 1: Interrupted\. Request \d+ is recorded and will be decided; its key is waiting\./m,
  );
  expect(status).toBe(130);
  expect(await names()).not.toContain('Nobody');
});

it('detects that the schema has changed since it was checked', async () => {
  const other = await TestShop.create();
  const stdin = `user create Ann
queue pause
db revert --yes
db revert --yes
db revert --yes
queue resume
queue resume
db migrate
queue resume
user create Bo
`;
  const { status, stderr, stdout } = await other.run(['shell', '--keep-going', '-o', 'json'], { stdin });
  const errors = stderr
    .trim()
    .split('\n')
    .flatMap((line) => (line.startsWith('{') ? [JSON.parse(line).error] : []));
  expect(errors.map(({ line, code, hint }) => [line, code, hint])).toEqual([
    [6, 'CONFIG', 'Run `shop db migrate`.'],
    [7, 'CONFIG', 'Run `shop db migrate`.'],
  ]);
  expect(status).toBe(78);
  expect(stdout).toContain('"name":"Bo"');
  await other.close();
});
