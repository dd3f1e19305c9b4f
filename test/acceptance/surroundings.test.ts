import { execFile, execFileSync } from 'node:child_process';
import { chmod, chown, copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EXIT_CODES } from '../../src/cli/exit-codes.ts';
import { folderOf } from '../../src/dev/folder.ts';
import { isAlive, startDetached, stopProcess } from '../../src/dev/process.ts';
import { newState, writeState } from '../../src/dev/state.ts';
import { inheritedEnvironment, PROGRAM } from '../support/environment.ts';
import type { Result } from '../support/shop.ts';

const { CONFIG, UNAVAILABLE } = EXIT_CODES;
/** A user id without a name, as in some containers. */
const STRANGER = 54_321;
const isRoot = process.getuid?.() === 0;
/** Settings that point to no server. */
const NOWHERE = ['SHOP_DATABASE_URL=mysql://shop@127.0.0.1:1/shop', 'SHOP_REDIS_URL=redis://127.0.0.1:1'];
/** Commands that work in any environment. */
const ALWAYS = [['--help'], ['order', 'place', '--help'], ['--version'], ['completion', 'bash'], ['__complete', 'ord']];

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'shop-surroundings-'));
  await chmod(directory, 0o755);
});

afterEach(() => rm(directory, { recursive: true, force: true }));

interface Surroundings {
  readonly cwd?: string;
  readonly uid?: number;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** Runs the program with exactly these environment variables. */
function run(args: readonly string[], { cwd = directory, uid, env = {} }: Surroundings = {}): Promise<Result> {
  const limited = { timeout: 60_000, killSignal: 'SIGKILL' as const };
  const asUser = uid === undefined ? {} : { uid, gid: uid };
  const all = { ...inheritedEnvironment(), SHOP_DEV_DIR: join(directory, 'none'), ...env };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [PROGRAM, ...args],
      { cwd, env: all, ...asUser, ...limited },
      (error, stdout, stderr) => {
        resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr });
      },
    );
  });
}

async function expectAlways(surroundings: Surroundings): Promise<void> {
  for (const args of ALWAYS) expect(await run(args, surroundings)).toMatchObject({ status: 0, stderr: '' });
}

/** Expects that a command that needs settings fails and names the path. */
async function expectRefused(path: string, surroundings: Surroundings = {}): Promise<string> {
  const { status, stdout, stderr } = await run(['balance', '1', '--json'], surroundings);
  expect({ status, stdout, stderr }).toMatchObject({ status: CONFIG, stdout: '' });
  const { code, message, hint } = JSON.parse(stderr).error;
  expect({ code, message }).toEqual({ code: 'CONFIG', message: expect.stringContaining(path) });
  return `${message} ${hint}`;
}

describe('a working directory', () => {
  it('may have been deleted', async () => {
    const script = `mkdir gone; cd gone; rmdir "$PWD"; "$0" "$1" balance 1`;
    const [database = '', redis = ''] = NOWHERE.map((line) => line.slice(line.indexOf('=') + 1));
    const env = { ...inheritedEnvironment(), SHOP_DATABASE_URL: database, SHOP_REDIS_URL: redis };
    const ended = new Promise((resolve) => {
      execFile('sh', ['-c', script, process.execPath, PROGRAM], { cwd: directory, env }, (error) =>
        resolve(error?.code),
      );
    });
    expect(await ended).toBe(UNAVAILABLE);
  });

  it.runIf(isRoot)("that can't be read is named, and does not affect help", async () => {
    await chmod(directory, 0o700);
    const surroundings = { uid: STRANGER, env: { HOME: undefined, SHOP_DEV_DIR: undefined } };
    expect(await expectRefused(join(directory, '.env'), surroundings)).toContain('ls -ld');
    await expectAlways(surroundings);
  });
});

describe('a .env file', () => {
  const path = () => join(directory, '.env');

  it.each([
    ['a folder', () => mkdir(path())],
    ['a FIFO', async () => execFileSync('mkfifo', [path()])],
    ['a link to a device that never ends', () => symlink('/dev/zero', path())],
    ['a link to itself', () => symlink('.env', path())],
    ['a file of more than 1 MB', () => writeFile(path(), '#'.repeat(1024 * 1024 + 1))],
    ['a file that is not UTF-8', () => writeFile(path(), Buffer.from([0x53, 0x3d, 0xb0, 0xa1]))],
  ])('that is %s is named, and does not affect help', async (_, make) => {
    await make();
    await expectRefused(path());
    await expectAlways({});
  });

  it('in UTF-16 is refused with the command that converts it', async () => {
    await copyFile(new URL('../cases/env-utf16.env', import.meta.url), path());
    expect(await expectRefused(path())).toContain(`iconv -f UTF-16 -t UTF-8 '${path()}'`);
    await writeFile(path(), Buffer.from(NOWHERE.join('\n'), 'utf16le'));
    expect(await expectRefused(path())).toContain('iconv');
  });

  it.each([
    ['a byte-order mark', `\ufeff${NOWHERE.join('\n')}\n`],
    ['CR LF', `${NOWHERE.join('\r\n')}\r\n`],
  ])('with %s is read', async (_, content) => {
    await writeFile(path(), content);
    const { status, stderr } = await run(['balance', '1']);
    expect({ status, stderr }).toEqual({ status: UNAVAILABLE, stderr: expect.stringContaining('127.0.0.1:1') });
  });

  it.each([
    ['env-bom.env', 'db.invalid'],
    ['env-crlf.env', 'No database is configured.'],
  ])('such as %s is read', async (name, message) => {
    await copyFile(new URL(`../cases/${name}`, import.meta.url), path());
    expect((await run(['balance', '1'])).stderr).toContain(message);
  });

  describe.runIf(isRoot)('of another user', () => {
    it.each(['SHOP_MYSQLD', 'SHOP_REDIS_SERVER', 'SHOP_DEV_DIR'])('must not set %s', async (setting) => {
      await writeFile(path(), `${setting}=/bin/false\n${NOWHERE.join('\n')}\n`);
      await chown(path(), STRANGER, STRANGER);
      const env = { SHOP_DEV_DIR: undefined };
      expect(await expectRefused(path(), { env })).toContain(setting);
      // variables of the environment take precedence over the file
      expect((await run(['balance', '1'], { env: { ...env, [setting]: '/bin/true' } })).status).toBe(UNAVAILABLE);
      // the owner of the file may set it, and so may root
      await chown(path(), 0, 0);
      expect((await run(['balance', '1'], { env, uid: STRANGER })).status).toBe(UNAVAILABLE);
    });

    it('may set the URLs', async () => {
      await writeFile(path(), NOWHERE.join('\n'));
      await chown(path(), STRANGER, STRANGER);
      expect((await run(['balance', '1'])).status).toBe(UNAVAILABLE);
    });
  });
});

describe.runIf(isRoot)('a user id without a name and without a home folder', () => {
  it('is recorded as a number', async () => {
    await writeFile(join(directory, '.env'), NOWHERE.join('\n'));
    const surroundings = { uid: STRANGER, env: { HOME: undefined } };
    expect((await run(['balance', '1'], surroundings)).status).toBe(UNAVAILABLE);
    expect((await run(['worker'], surroundings)).status).toBe(UNAVAILABLE);
    await expectAlways(surroundings);
  });
});

describe.runIf(isRoot)('a local environment of another user', () => {
  it("that can't be read is named", async () => {
    const dev = join(directory, 'dev');
    await mkdir(dev, { mode: 0o700 });
    await expectRefused(dev, { uid: STRANGER, env: { SHOP_DEV_DIR: dev } });
  });

  it('stops no process, even if its state file names one', async () => {
    const folder = folderOf(join(directory, 'dev'));
    await mkdir(folder.root);
    const sleep = await startDetached('sleep', ['600'], { log: join(directory, 'log') });
    try {
      const state = newState(folder);
      state.services.worker.running = { kind: 'process', ...sleep };
      await writeState(folder, state);
      await chown(folder.state, STRANGER, STRANGER);
      const env = { SHOP_DEV_DIR: folder.root };
      const { status, stderr } = await run(['dev', 'down'], { env });
      expect({ status, stderr }).toEqual({ status: CONFIG, stderr: expect.stringContaining('another user') });
      expect(await isAlive(sleep)).toBe(true);
      await chown(folder.state, 0, 0);
      expect((await run(['dev', 'down'], { env })).status).toBe(0);
      expect(await isAlive(sleep)).toBe(false);
    } finally {
      await stopProcess(sleep, 10_000);
    }
  });

  it("is not created in a folder that can't be written", async () => {
    const { status, stderr } = await run(['dev', 'up'], { uid: STRANGER });
    expect({ status, stderr }).toEqual({ status: CONFIG, stderr: expect.stringContaining(join(directory, 'none')) });
  });
});
