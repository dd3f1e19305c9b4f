import { execFile, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../src/dev/ports.ts';
import { hasImages } from '../support/dev.ts';
import { inheritedEnvironment } from '../support/environment.ts';
import { eventually } from '../support/eventually.ts';
import { TestProcess } from '../support/shop.ts';
import { KEYS, TestTerminal } from '../support/terminal.ts';

const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));
/** Time limit for building and starting. The build may have to install packages. */
const START_LIMIT_MS = 900_000;

interface Container {
  readonly Name: string;
  readonly Service: string;
  readonly State: string;
  readonly Health: string;
  readonly ExitCode: number;
}

/** Fields of `docker inspect` that the tests read. */
interface Inspected {
  readonly Config: { readonly User: string };
  readonly HostConfig: Readonly<Record<string, unknown>>;
  readonly NetworkSettings: { readonly Ports: Readonly<Record<string, { readonly HostIp: string }[] | null>> };
  readonly State: { readonly Health: { readonly Status: string; readonly Log: { readonly Output: string }[] } };
}

const reason = hasImages('node:24-slim')
  ? spawnSync('docker', ['compose', 'version']).status === 0
    ? null
    : 'Docker has no Compose'
  : 'no Docker engine responds, or it lacks the images';

describe.skipIf(reason !== null)(`the compose file${reason === null ? '' : `: ${reason}`}`, () => {
  // the test has its own project, ports and passwords, to avoid conflicts with other projects
  const project = `shop-test-${randomBytes(4).toString('hex')}`;
  const password = randomBytes(12).toString('hex');
  let composeEnv: Record<string, string>;
  /** URLs for the host, as the first lines of the compose file describe them. */
  let hostEnv: Record<string, string>;

  beforeAll(async () => {
    const [mysql, redis] = [await freePort(), await freePort()];
    composeEnv = {
      COMPOSE_FILE: 'docker-compose.development.yaml',
      COMPOSE_PROJECT_NAME: project,
      SHOP_MYSQL_PORT: String(mysql),
      SHOP_REDIS_PORT: String(redis),
      SHOP_MYSQL_PASSWORD: password,
      SHOP_REDIS_PASSWORD: password,
      SHOP_MYSQL_ROOT_PASSWORD: password,
    };
    hostEnv = {
      SHOP_DATABASE_URL: `mysql://shop:${password}@127.0.0.1:${mysql}/shop`,
      SHOP_REDIS_URL: `redis://:${password}@127.0.0.1:${redis}`,
    };
    await up('--build');
  }, START_LIMIT_MS);

  afterAll(async () => {
    await docker('compose', 'down', '--volumes', '--remove-orphans');
    await docker('image', 'rm', '--force', `${project}:latest`);
  });

  it('starts servers, schema, sample data and a healthy worker', async () => {
    expect(
      (await containers()).map(({ Service, State, Health, ExitCode }) => [Service, State, Health, ExitCode]),
    ).toEqual([
      ['migrate', 'exited', '', 0],
      ['mysql', 'running', 'healthy', 0],
      ['redis', 'running', 'healthy', 0],
      ['seed', 'exited', '', 0],
      ['worker', 'running', 'healthy', 0],
    ]);
    expect((await inspect(await worker())).State.Health.Log.at(-1)?.Output).toContain('"lane":"held"');
    expect(await docker('compose', 'logs', 'worker')).toContain('worker ready');
  });

  it('runs commands in the container and on the host, and `doctor` finds no fault from either', async () => {
    expect(await inside('charge', '1', '5000', '--key', 'paid')).toMatchObject({ balance: 5_000, replayed: false });
    expect(await inside('order', 'place', '1', '1:2', '3:1')).toMatchObject({ total: 3_500, balance: 1_500 });
    expect(await onHost('charge', '1', '500')).toMatchObject({ balance: 2_000 });
    expect(await onHost('order', 'place', '1', '1')).toMatchObject({ total: 150, balance: 1_850 });
    expect(await inside('doctor')).toMatchObject({ ok: true });
    expect(await onHost('doctor')).toMatchObject({ ok: true });
  });

  it('reads a file from standard input', async () => {
    const file = await dockerWith(
      'kind,user,amount\ncharge,1,100\n',
      ...inWorker('batch', 'run', '-', '--name', 'november'),
    );
    expect(JSON.parse(file)).toMatchObject({ applied: 1, total: 1 });
  });

  it('runs a shell with a history, and tables with lines, on a terminal', async () => {
    const env = composeEnv;
    const shell = new TestTerminal('docker', ['compose', 'exec', 'worker', 'shop', 'shell'], { env, cwd: CHECKOUT });
    await shell.shows(/(^|\n)shop>$/);
    shell.type(`order show 2${KEYS.enter}`);
    await shell.shows('TOTAL');
    shell.type(`exit${KEYS.enter}`);
    expect((await shell.ended).status).toBe(0);
    expect(shell.screen).toContain('───');
    expect(shell.screen).not.toContain('history');
    expect(await docker('compose', 'exec', '-T', 'worker', 'sh', '-c', 'cat "$XDG_STATE_HOME/shop/history"')).toContain(
      'order show 2',
    );
  });

  it('runs the shop without write access to files, and exposes servers on loopback only', async () => {
    const { Config, HostConfig } = await inspect(await worker());
    expect(Config.User).toBe('node');
    expect(HostConfig).toMatchObject({ ReadonlyRootfs: true, CapDrop: ['ALL'], Init: true });
    const all = await Promise.all((await containers()).map(({ Name }) => inspect(Name)));
    const published = all.flatMap(({ NetworkSettings }) =>
      Object.values(NetworkSettings.Ports).flatMap((at) => at ?? []),
    );
    expect(published.map(({ HostIp }) => HostIp)).toEqual(['127.0.0.1', '127.0.0.1']);
    const image = `${project}:latest`;
    expect((await docker('image', 'inspect', image)) + (await docker('history', '--no-trunc', image))).not.toMatch(
      /SHOP_|password/i,
    );
  });

  it('reports the worker as unhealthy while Redis is down, and as healthy afterwards', async () => {
    await docker('compose', 'stop', 'redis');
    await eventually('the worker is unhealthy', async () => (await health()) === 'unhealthy');
    await docker('compose', 'start', 'redis');
    await eventually('the worker is healthy', async () => (await health()) === 'healthy');
  });

  it('exits cleanly on docker compose stop, and keeps its data for the next start', async () => {
    await docker('compose', 'stop');
    for (const container of await containers()) expect(container).toMatchObject({ State: 'exited', ExitCode: 0 });
    await docker('compose', 'down');
    expect(await containers()).toEqual([]);
    await up('--no-build');
    expect(await inside('balance', '1')).toMatchObject({ balance: 1_950 });
    expect(await inside('charge', '1', '5000', '--key', 'paid')).toMatchObject({ balance: 5_000, replayed: true });
    expect(await inside('order', 'place', '1', '1')).toMatchObject({ total: 150, balance: 1_800 });
    expect(await inside('audit')).toMatchObject({ ok: true });
  });

  it('lets a second worker take over when the first is killed', async () => {
    const first = await worker();
    await up('--no-build', '--scale', 'worker=2');
    const second = (await containers()).find(({ Service, Name }) => Service === 'worker' && Name !== first)?.Name ?? '';
    expect(await logsOf(second)).toContain('standing by');
    expect(await logsOf(second)).not.toContain('worker ready');
    await docker('kill', first);
    expect(await onHost('order', 'place', '1', '1')).toMatchObject({ total: 150, balance: 1_650, replayed: false });
    expect(await logsOf(second)).toContain('worker ready');
    expect(await onHost('audit')).toMatchObject({ ok: true });
  });

  it('leaves nothing behind after down --volumes', async () => {
    await docker('compose', 'down', '--volumes');
    const ours = ['--quiet', '--filter', `label=com.docker.compose.project=${project}`];
    expect(await docker('container', 'ls', '--all', ...ours)).toBe('');
    expect(await docker('volume', 'ls', ...ours)).toBe('');
    expect(await docker('network', 'ls', ...ours)).toBe('');
  });

  async function up(...options: string[]): Promise<void> {
    await docker('compose', 'up', '--detach', '--wait', ...options);
  }

  /** Runs a `shop` command in the worker's container and returns its output. */
  async function inside(...command: string[]): Promise<Record<string, unknown>> {
    return JSON.parse(await docker(...inWorker(...command)));
  }

  function inWorker(...command: string[]): string[] {
    return ['compose', 'exec', '-T', 'worker', 'shop', ...command, '--json'];
  }

  async function onHost(...command: string[]): Promise<Record<string, unknown>> {
    const { status, stdout, stderr } = await new TestProcess(process.execPath, [...command, '--json'], hostEnv).ended;
    if (status !== 0) throw new Error(`shop ${command.join(' ')} exited with ${status}: ${stderr}`);
    return JSON.parse(stdout);
  }

  async function containers(): Promise<Container[]> {
    const lines = (await docker('compose', 'ps', '--all', '--format', 'json')).split('\n');
    const found: Container[] = lines.filter((line) => line !== '').map((line) => JSON.parse(line));
    return found.sort((a, b) => (a.Service < b.Service ? -1 : 1));
  }

  /** Returns the container of the only worker. */
  async function worker(): Promise<string> {
    return (await containers()).find(({ Service }) => Service === 'worker')?.Name ?? '';
  }

  async function health(): Promise<string> {
    return (await inspect(await worker())).State.Health.Status;
  }

  async function inspect(container: string): Promise<Inspected> {
    return JSON.parse(await docker('container', 'inspect', '--format', '{{json .}}', container));
  }

  /** Returns the log of one of several workers. */
  function logsOf(container: string): Promise<string> {
    return docker('compose', 'logs', 'worker', '--index', container.replace(/^.*-/, ''));
  }

  function docker(...args: string[]): Promise<string> {
    return dockerWith('', ...args);
  }

  /** Runs docker with the given standard input and returns its standard output. Throws if it fails. */
  async function dockerWith(input: string, ...args: string[]): Promise<string> {
    const env = { ...inheritedEnvironment(), ...composeEnv };
    const running = promisify(execFile)('docker', args, { cwd: CHECKOUT, env });
    running.child.stdin?.end(input);
    return (await running).stdout.trim();
  }
});
