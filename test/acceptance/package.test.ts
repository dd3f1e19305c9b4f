import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXIT_CODES } from '../../src/cli/exit-codes.ts';
import { loadConfig } from '../../src/config/config.ts';
import { reuseDataDirectory } from '../support/data-directory.ts';
import { brokenLinks } from '../support/links.ts';
import { noServerPrograms, noServersOfOwn } from '../support/own-servers.ts';
import type { Result } from '../support/shop.ts';

// The package is installed into an empty folder, with an environment that does not refer to the checkout.

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const LIMIT_MS = 170_000;
const MAX_BYTES = 12_000_000;

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'shop-package-')));
const prefix = join(folder, 'prefix');
const installed = join(prefix, 'lib/node_modules/shop');
const devDirectory = join(folder, 'state/shop/dev');
const env: Record<string, string> = {
  HOME: folder,
  PATH: `${join(prefix, 'bin')}:${dirname(process.execPath)}:/usr/local/bin:/usr/local/sbin:/usr/bin:/usr/sbin:/bin:/sbin`,
  XDG_STATE_HOME: join(folder, 'state'),
  LC_ALL: 'C.UTF-8',
};
let tarball: string;

function run(program: string, args: readonly string[], more: Record<string, string> = {}): Promise<Result> {
  return new Promise((resolve) => {
    const options = { cwd: folder, env: { ...env, ...more }, timeout: LIMIT_MS };
    execFile(program, args, options, (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

function install(): Promise<Result> {
  return run('npm', ['install', '--global', '--offline', '--prefix', prefix, tarball]);
}

/** Runs the installed command, which must succeed with `--json`; returns its output. */
async function ok<T = Record<string, unknown>>(...args: readonly string[]): Promise<T> {
  const { status, stdout, stderr } = await run('shop', [...args, '--json']);
  expect({ args, status, stderr }).toEqual({ args, status: 0, stderr: '' });
  return JSON.parse(stdout);
}

function files(root: string): string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => statSync(join(root, name)).isFile());
}

beforeAll(() => {
  tarball = execFileSync(process.execPath, [join(ROOT, 'scripts/package.mjs'), folder], { encoding: 'utf8' }).trim();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the package', () => {
  it('installs offline without a warning, as one package of less than 12 MB', async () => {
    const { status, stdout, stderr } = await install();
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^\s*added 1 package in /);
    const listed = await run('npm', ['ls', '--global', '--all', '--json', '--prefix', prefix]);
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    expect(JSON.parse(listed.stdout).dependencies).toEqual({ shop: { version, overridden: false } });
    const bytes = files(installed).reduce((sum, name) => sum + statSync(join(installed, name)).size, 0);
    expect(bytes).toBeLessThan(MAX_BYTES);
    expect(await run('shop', ['--version'])).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('has neither dependencies nor scripts, and does not name the checkout', () => {
    const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
    expect(Object.keys(manifest).filter((field) => /dependencies|scripts|overrides/i.test(field))).toEqual([]);
    expect(files(installed).filter((name) => readFileSync(join(installed, name)).includes(ROOT))).toEqual([]);
  });

  it('has documentation without dead links', () => {
    const pages = files(installed).filter((name) => name.endsWith('.md'));
    expect(pages).toEqual(expect.arrayContaining(['README.md', 'CHANGELOG.md', 'docs/install.md']));
    expect(pages.flatMap((page) => brokenLinks(installed, page))).toEqual([]);
  });

  it('puts its manual pages where man finds them', async () => {
    const pages = readdirSync(join(prefix, 'share/man/man1'));
    expect(pages).toEqual(expect.arrayContaining(['shop.1', 'shop-charge.1', 'shop-config-show.1']));
    if (spawnSync('man', ['--version']).error !== undefined) return;
    const found = await run('man', ['-w', 'shop-charge']);
    expect(realpathSync(found.stdout.trim())).toBe(join(installed, 'man/man1/shop-charge.1'));
  });

  it('has completion scripts that work', async () => {
    for (const [shell, file] of Object.entries({ bash: 'shop.bash', zsh: '_shop', fish: 'shop.fish' })) {
      const { stdout } = await run('shop', ['completion', shell]);
      expect(readFileSync(join(installed, 'completions', file), 'utf8')).toBe(stdout);
    }
    expect((await run('shop', ['__complete', 'ord'])).stdout).toMatch(/^words\norder\t/);
  });
});

describe.skipIf(noServersOfOwn !== null)(`the installed program with local servers: ${noServersOfOwn ?? ''}`, () => {
  beforeAll(async () => {
    const { mysqld, redisServer } = loadConfig().dev;
    env.SHOP_DEV_SERVERS = noServerPrograms === null ? 'programs' : 'docker';
    if (noServerPrograms === null) await reuseDataDirectory(devDirectory);
    if (mysqld !== null) env.SHOP_MYSQLD = mysqld;
    if (redisServer !== null) env.SHOP_REDIS_SERVER = redisServer;
  });

  afterAll(async () => {
    await run('shop', ['dev', 'reset', '--yes']);
  });

  it('runs the steps of the quickstart, and keeps data and servers when it is installed again', async () => {
    const first = await ok<{ directory: string; services: { name: string; pid: number }[] }>('dev', 'up');
    expect(first.directory).toBe(devDirectory);
    await ok('db', 'seed');
    await ok('charge', '1', '5000', '--key', 'quickstart-charge');
    expect(await ok('order', 'place', '1', '1:2', '3:1', '--key', 'quickstart-order')).toMatchObject({ total: 3500 });
    expect(await ok('product', 'top', '--fresh')).toMatchObject({ items: [{ productId: 1 }, { productId: 3 }] });

    expect(await install()).toMatchObject({ status: 0, stderr: '' });
    const pids = ({ services }: typeof first) => Object.fromEntries(services.map(({ name, pid }) => [name, pid]));
    expect(pids(await ok('dev', 'status'))).toEqual(pids(first));
    expect(await ok('balance', '1')).toMatchObject({ balance: 1500 });
    // the worker is that of the new installation
    const again = pids(await ok('dev', 'up'));
    expect(again).toEqual({ ...pids(first), worker: again.worker });
    expect(again.worker).not.toBe(pids(first).worker);
  });

  it('starts no servers while URLs are set, and stops none', async () => {
    const URLS = { SHOP_DATABASE_URL: 'mysql://shop@127.0.0.1:1/shop', SHOP_REDIS_URL: 'redis://127.0.0.1:1' };
    const before = await ok('dev', 'status');
    const refused = await run('shop', ['dev', 'up', '--json'], URLS);
    expect(refused.status).toBe(EXIT_CODES.CONFIG);
    expect(JSON.parse(refused.stderr).error).toMatchObject({
      code: 'CONFIG',
      message: 'SHOP_DATABASE_URL and SHOP_REDIS_URL are set, so commands do not use local servers.',
    });
    writeFileSync(join(folder, '.env'), 'SHOP_REDIS_URL=redis://127.0.0.1:1\n');
    try {
      expect((await run('shop', ['dev', 'up'])).status).toBe(EXIT_CODES.CONFIG);
      const shown = await run('shop', ['dev', 'status']);
      expect({ ...shown, stdout: '' }).toEqual({
        status: 0,
        stdout: '',
        stderr: 'SHOP_REDIS_URL is set, so commands do not use local servers.\n',
      });
    } finally {
      rmSync(join(folder, '.env'));
    }
    expect(await ok('dev', 'status')).toEqual(before);
    // the local servers are stopped only on request, even while URLs are set
    expect((await run('shop', ['dev', 'down', '--json'], URLS)).status).toBe(0);
    const { services } = await ok<{ services: { state: string }[] }>('dev', 'status');
    expect(services.map(({ state }) => state)).toEqual(['stopped', 'stopped', 'stopped']);
    await ok('dev', 'up');
    expect(await ok('balance', '1')).toMatchObject({ balance: 1500 });
  });
});
