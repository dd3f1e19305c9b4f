import { execFile } from 'node:child_process';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXIT_CODES } from '../../src/cli/exit-codes.ts';
import { inheritedEnvironment, PROGRAM } from '../support/environment.ts';
import { eventually } from '../support/eventually.ts';
import { type Result, TestShop } from '../support/shop.ts';

const { OUTPUT_FAILED } = EXIT_CODES;
const SHOP = `"${process.execPath}" "${PROGRAM}"`;
const CHARGES = 'kind,user,amount,key\ncharge,1,5,first-row\ncharge,1,nothing,\n';

let shop: TestShop;
let directory: string;

beforeAll(async () => {
  shop = await TestShop.create();
  directory = await mkdtemp(join(tmpdir(), 'shop-output-'));
  await shop.ok(['user', 'create', 'Ann']);
  const rows = Array.from({ length: 1_000 }, (_, index) => [`product ${index}`.padEnd(100, 'x'), 1, 1, new Date()]);
  await shop.sql('INSERT INTO products (name, price, stock, created_at) VALUES ?', [rows]);
  await shop.startWorker();
  await writeFile(join(directory, 'charges.csv'), CHARGES);
  await writeFile(join(directory, 'commands.txt'), 'charge 1 7 --key of-the-shell\nbalance 1\n');
});

afterAll(async () => {
  await shop.close();
  await rm(directory, { recursive: true });
});

/** Runs a shell script that has the program as `shop`. */
function sh(script: string): Promise<Result> {
  return new Promise((resolve) => {
    const env = { ...inheritedEnvironment(), ...shop.env };
    execFile(
      'sh',
      ['-c', script.replaceAll(/\bshop /g, `${SHOP} `)],
      { env, cwd: directory },
      (error, stdout, stderr) => resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

// the devices and limits are specific to Linux
describe.runIf(process.platform === 'linux')("a command whose output can't be written completely", () => {
  it('exits with the cause if the disk has room for only a part', async () => {
    const { status, stderr } = await sh('ulimit -f 1; shop product list --limit 1000 --json > part.json');
    expect((await stat(join(directory, 'part.json'))).size).toBeLessThanOrEqual(1_024);
    expect(status).toBe(OUTPUT_FAILED);
    expect(JSON.parse(stderr).error).toMatchObject({
      code: 'OUTPUT_FAILED',
      message: expect.stringContaining('EFBIG'),
    });
  });

  it.each([
    'shop product list',
    'shop product list -o csv',
    'shop --help',
    'shop order --help',
    'shop --version',
    'shop completion bash',
    'shop __complete order p',
    'shop queue status --watch -o jsonl',
  ])('exits with the cause if the disk is full: %s', async (command) => {
    const { status, stderr } = await sh(`${command} > /dev/full`);
    expect({ status, stderr }).toMatchObject({ status: OUTPUT_FAILED, stderr: expect.stringContaining('ENOSPC') });
  });

  it('exits with the cause if the device fails', async () => {
    // a write to an unmapped address of /proc/$$/mem fails with EIO
    const { status, stderr } = await sh('exec 3>/proc/$$/mem; shop product list >&3; exit $?');
    expect({ status, stderr }).toMatchObject({ status: OUTPUT_FAILED, stderr: expect.stringContaining('EIO') });
  });

  it.each(['', ' --no-wait'])('names the key of a request, which is still applied: charge%s', async (option) => {
    const { status, stderr } = await sh(`shop charge 1 5 --json${option} > /dev/full`);
    expect(status).toBe(OUTPUT_FAILED);
    const { error } = JSON.parse(stderr);
    expect(error).toMatchObject({ code: 'OUTPUT_FAILED', hint: expect.stringContaining(error.details.key) });
    expect(await shop.decided(error.details.key)).toMatchObject({ status: 'applied' });
  });

  it('names the batch, whose results file is written completely or not at all', async () => {
    const run = await sh('shop batch run charges.csv --name full > /dev/full');
    expect(run).toMatchObject({ status: OUTPUT_FAILED, stderr: expect.stringContaining('shop batch show full') });
    const dryRun = await sh('shop batch run charges.csv --name fresh --dry-run > /dev/full');
    expect(dryRun).toMatchObject({ status: OUTPUT_FAILED, stderr: expect.not.stringContaining('shop batch show') });
    const results = await sh('shop batch results full > /dev/full');
    expect(results).toMatchObject({ status: OUTPUT_FAILED, stderr: expect.stringContaining('ENOSPC') });
  });

  it('ends a shell script', async () => {
    const { status, stderr } = await sh('shop shell < commands.txt > /dev/full');
    expect(status).toBe(OUTPUT_FAILED);
    expect(stderr).toContain('line 1: The output could not be written completely');
    expect(stderr).toContain('shop request show of-the-shell');
    expect(stderr).toContain('The command on line 1 failed with exit status 74; the remaining lines were not run.');
  });
});

describe.runIf(process.platform === 'linux')("diagnostics that can't be written", () => {
  it.each([
    { command: 'shop charge 1 5 --key quiet-1', expected: 0, data: expect.stringContaining('quiet-1') },
    { command: 'shop charge 1 5 --key quiet-1 --json', expected: 0, data: expect.stringContaining('quiet-1') },
    { command: 'shop charge 1 6 --key quiet-1', expected: EXIT_CODES.IDEMPOTENCY_CONFLICT, data: '' },
    { command: 'shop balance 99', expected: EXIT_CODES.INVALID_USER, data: '' },
    {
      command: 'shop batch run charges.csv --name quiet',
      expected: 6,
      data: expect.stringContaining('quiet\t2\t1\t1'),
    },
    { command: 'shop order', expected: EXIT_CODES.INPUT_REQUIRED, data: '' },
    { command: 'shop shell --keep-going < commands.txt', expected: 0, data: expect.stringContaining('of-the-shell') },
  ])('change neither exit status nor data: $command', async ({ command, expected, data }) => {
    const { status, stdout } = await sh(`${command} 2> /dev/full`);
    expect({ status, stdout }).toEqual({ status: expected, stdout: data });
  });

  it('leave the data unchanged if the disk has room for only a part of them', async () => {
    const { status, stdout } = await sh(
      'ulimit -f 1; for i in 1 2 3 4 5 6 7 8; do shop balance 99 --verbose; done 2> messages; shop balance 1 2>> messages',
    );
    // a block is 512 bytes in one shell and 1,024 in another
    expect([512, 1_024]).toContain((await stat(join(directory, 'messages'))).size);
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining('Ann') });
  });

  it('do not stop a worker', async () => {
    const other = await TestShop.create();
    try {
      await other.ok(['user', 'create', 'Bo']);
      const script = `${SHOP} worker 2> /dev/full & worker=$!; read line; kill $worker; wait $worker`;
      const ended = new Promise<number>((resolve) => {
        const child = execFile(
          'sh',
          ['-c', script],
          { env: { ...inheritedEnvironment(), ...other.env, SHOP_LOG_LEVEL: 'trace' } },
          (error) => resolve(error === null ? 0 : Number(error.code)),
        );
        void eventually('the charge is applied', async () => {
          const { status } = await other.run(['charge', '1', '5', '--key', 'unheard']);
          return status === 0;
        }).finally(() => child.stdin?.end('\n'));
      });
      expect(await ended).toBe(0);
      expect(await other.ok(['balance', '1'])).toMatchObject({ balance: 5 });
    } finally {
      await other.close();
    }
  });
});
