import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { freePort } from '../../src/dev/ports.ts';
import { inheritedEnvironment, PROGRAM } from '../support/environment.ts';
import { eventually } from '../support/eventually.ts';
import { fetchMetrics, noPromtool, urlOf } from '../support/metrics.ts';
import { type TestProcess, TestShop } from '../support/shop.ts';

const DEPLOY = fileURLToPath(new URL('../../deploy/', import.meta.url));
const OPERATIONS = fileURLToPath(new URL('../../docs/operations.md', import.meta.url));

const isMissing = (program: string, ...args: string[]) => spawnSync(program, args).status !== 0;
const noPrometheus = isMissing('prometheus', '--version') ? 'there is no prometheus here' : null;
const noSystemd = isMissing('systemd-analyze', '--version') ? 'there is no systemd-analyze here' : null;
const noCompose = isMissing('docker', 'compose', 'version') ? 'there is no Docker Compose here' : null;

/** The parts of Grafana's dashboard that the tests read. */
interface Dashboard {
  readonly panels: readonly {
    readonly id: number;
    readonly title: string;
    readonly gridPos: Readonly<Record<'x' | 'y' | 'w' | 'h', number>>;
    readonly targets: readonly { readonly refId: string; readonly expr: string }[];
  }[];
}

let shop: TestShop;
let worker: TestProcess;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shop-deploy-'));
  shop = await TestShop.create({ inProcess: true });
  await shop.ok(['db', 'seed']);
  worker = await shop.startWorker({ env: { SHOP_METRICS_PORT: '0' } });
  await shop.ok(['charge', '1', '5000']);
  await shop.ok(['order', 'place', '1', '1']);
  await eventually('a ranking', async () => (await readMetrics()).labels.has('shop_ranking_age_seconds'));
});

afterAll(async () => {
  await worker.kill();
  await shop.close();
  await rm(folder, { recursive: true });
});

/** Reads `/metrics`. Returns the labels of each sample by its name, and the type of each metric by its name. */
async function readMetrics() {
  const text = await (await fetchMetrics(worker, '/metrics')).text();
  const labels = new Map<string, Set<string>>();
  for (const [, name = '', list = ''] of text.matchAll(/^([a-z]\w*)(?:\{(.*)\})? \S+$/gm))
    labels.set(name, new Set([...(labels.get(name) ?? []), ...namesIn(list, /(\w+)="/g)]));
  const types = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', type = '']) => ({ name, type }));
  return { labels, types };
}

/** Returns the first group of each match. */
function namesIn(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, name = '']) => name);
}

async function readDashboard(): Promise<Dashboard> {
  return JSON.parse(await readFile(join(DEPLOY, 'dashboard.json'), 'utf8'));
}

/** Returns the expressions of the alerts and of the dashboard. */
async function readExpressions(): Promise<string[]> {
  const alerts = await readFile(join(DEPLOY, 'alerts.yml'), 'utf8');
  const rules = [...alerts.matchAll(/expr: (?:\|-\n((?: {10}.*\n)+)|(.*)\n)/g)].map(
    ([, lines, line]) => lines ?? line ?? '',
  );
  expect(rules).toHaveLength(alerts.match(/- alert:/g)?.length ?? 0);
  const { panels } = await readDashboard();
  return [...rules, ...panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))];
}

describe('the metrics', () => {
  it('are those listed in docs/operations.md', async () => {
    const rows = (await readFile(OPERATIONS, 'utf8')).matchAll(/^\| `(shop_\w+)(\{[\w,]+\})?` \| (\w+) \|/gm);
    const documented = [...rows].map(([, name, labels = '', type]) => [
      name,
      type,
      ...namesIn(labels, /(\w+)/g).sort(),
    ]);
    const { labels, types } = await readMetrics();
    const served = types
      .filter(({ name }) => name.startsWith('shop_'))
      .map(({ name, type }) => {
        const own = labels.get(type === 'histogram' ? `${name}_count` : name) ?? [];
        return [name, type, ...[...own].sort()];
      });
    expect(documented.sort()).toEqual(served.sort());
  });

  it('have each name and label that an alert or the dashboard uses', async () => {
    const { labels } = await readMetrics();
    for (const expr of await readExpressions()) {
      const names = namesIn(expr, /\b((?:shop|process|nodejs)_\w+|up\b)/g);
      expect(names, expr).not.toEqual([]);
      // Prometheus adds `up` and these labels
      const known = new Set(['job', 'instance']);
      for (const name of names.filter((name) => name !== 'up')) {
        expect([...labels.keys()], expr).toContain(name);
        for (const label of labels.get(name) ?? []) known.add(label);
      }
      const used = [
        ...namesIn(expr, /(\w+)=/g),
        ...namesIn(expr, /\b(?:by|on) \(([^)]*)\)/g).flatMap((list) => list.split(', ')),
      ];
      expect([...known], expr).toEqual(expect.arrayContaining(used));
    }
  });
});

describe('the dashboard', () => {
  it('has panels with unique ids that do not overlap', async () => {
    const { panels } = await readDashboard();
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, at) => `${x + (at % w)} ${y + Math.floor(at / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(panels.every(({ gridPos: { x, w } }) => x + w <= 24)).toBe(true);
  });

  it.skipIf(noPrometheus !== null)(`gets data from Prometheus for each query ${noPrometheus ?? ''}`, async () => {
    const config = (await readFile(join(DEPLOY, 'prometheus.yml'), 'utf8'))
      .replace('localhost:9464', new URL(urlOf(worker)).host)
      .replace('alerts.yml', join(DEPLOY, 'alerts.yml'))
      .replaceAll('15s', '1s');
    const path = join(folder, 'prometheus.yml');
    await writeFile(path, config);
    const url = `http://127.0.0.1:${await freePort()}`;
    const prometheus = spawn(
      'prometheus',
      [
        `--config.file=${path}`,
        `--storage.tsdb.path=${join(folder, 'data')}`,
        `--web.listen-address=${new URL(url).host}`,
      ],
      { stdio: 'ignore' },
    );
    onTestFinished(async () => {
      prometheus.kill();
      if (prometheus.exitCode === null) await once(prometheus, 'exit');
    });
    const resultOf = async (query: string): Promise<unknown[]> => {
      const response = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query })}`).catch(() => null);
      // Prometheus is still starting
      if (response === null || response.status === 503) return [];
      const { data, error } = (await response.json()) as { data?: { result: unknown[] }; error?: string };
      expect(error, query).toBeUndefined();
      return data?.result ?? [];
    };
    await eventually(
      'two scrapes',
      async () => (await resultOf('changes(process_cpu_seconds_total[1m]) > 0')).length > 0,
    );
    for (const { title, targets } of (await readDashboard()).panels) {
      for (const { expr } of targets) {
        const query = expr.replaceAll('$job', '.*').replaceAll('$__rate_interval', '1m');
        await eventually(`${title}: ${query}`, async () => (await resultOf(query)).length > 0);
      }
    }
    expect(await resultOf('ALERTS{alertstate="firing"}')).toEqual([]);
  });
});

it.skipIf(noPromtool !== null)(`the alerts are valid and pass their tests ${noPromtool ?? ''}`, () => {
  for (const args of [
    ['check', 'config', 'prometheus.yml'],
    ['test', 'rules', 'alerts.test.yml'],
  ]) {
    const { status, stdout, stderr } = spawnSync('promtool', args, { cwd: DEPLOY, encoding: 'utf8' });
    expect({ status, stderr }, stdout).toMatchObject({ status: 0 });
  }
});

it.skipIf(noSystemd !== null)(`systemd accepts the unit, and rates it as hardened ${noSystemd ?? ''}`, async () => {
  const unit = join(folder, 'shop-worker.service');
  // the executable must exist
  await writeFile(
    unit,
    (await readFile(join(DEPLOY, 'shop-worker.service'), 'utf8')).replace('/usr/local/bin/shop', process.execPath),
  );
  const verified = spawnSync('systemd-analyze', ['verify', unit], { encoding: 'utf8' });
  expect(verified).toMatchObject({ status: 0, stdout: '', stderr: '' });
  // the exposure is a number from 0 to 100; systemd calls 20 "OK"
  const judged = spawnSync('systemd-analyze', ['security', '--offline=true', '--threshold=20', unit], {
    encoding: 'utf8',
  });
  expect(judged, judged.stdout).toMatchObject({ status: 0 });
});

it.skipIf(noCompose !== null)(`Compose accepts the file for production ${noCompose ?? ''}`, async () => {
  for (const account of ['migrate', 'worker', 'operator']) {
    await mkdir(join(folder, account), { recursive: true });
    await writeFile(join(folder, account, '.env'), `SHOP_ACTOR=${account}\n`);
  }
  const { status, stdout, stderr } = spawnSync(
    'docker',
    ['compose', '--profile', 'tools', 'config', '--format', 'json'],
    {
      env: { ...inheritedEnvironment(), COMPOSE_FILE: join(DEPLOY, 'compose.yaml'), SHOP_SETTINGS: folder },
      encoding: 'utf8',
    },
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const { services } = JSON.parse(stdout) as { services: Record<string, { environment: Record<string, string> }> };
  expect(Object.entries(services).map(([name, { environment }]) => [name, environment.SHOP_ACTOR])).toEqual([
    ['migrate', 'migrate'],
    ['operator', 'operator'],
    ['worker', 'worker'],
  ]);
});

it('the commands in the crontab succeed', async () => {
  const settings = join(folder, 'operator');
  await mkdir(settings, { recursive: true });
  await mkdir(join(folder, 'bin'));
  await symlink(PROGRAM, join(folder, 'bin', 'shop'));
  await writeFile(
    join(settings, '.env'),
    Object.entries(shop.env)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
  );
  await writeFile(join(folder, 'orders.csv'), 'user,items\n1,1:2\n');
  const crontab = await readFile(join(DEPLOY, 'crontab'), 'utf8');
  const jobs = [...crontab.matchAll(/^#?(?:[\d*]+ +){5}(.*)$/gm)].map(([, command = '']) => command);
  expect(jobs).toHaveLength(5);
  for (const command of jobs) {
    // cron ends a command at a percent sign without a backslash
    expect(command).not.toMatch(/(?<!\\)%/);
    if (command.includes('mysqldump')) continue;
    const shell = command.replaceAll('\\%', '%').replaceAll('/etc/shop', folder).replaceAll('/srv/shop', folder);
    const env = { PATH: `${join(folder, 'bin')}:${process.env.PATH}` };
    const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', shell], { env, encoding: 'utf8' });
    expect({ status, stdout, stderr }, command).toEqual({ status: 0, stdout: '', stderr: '' });
  }
  expect(await shop.ok(['batch', 'list'])).toMatchObject([{ total: 1, applied: 1 }]);
});
