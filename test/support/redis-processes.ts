import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { loadConfig } from '../../src/config/config.ts';
import { freePort } from '../../src/dev/ports.ts';
import { findProgram } from '../../src/dev/programs.ts';
import type { Certificate } from './certificates.ts';
import { eventually } from './eventually.ts';

const STARTS = 3;

/** Lines of a Redis configuration file. */
export type Settings = readonly string[];

/** Certificates of servers that accept TLS only. */
export interface RedisTls {
  /** Path of the authority's certificate. */
  readonly authority: string;
  readonly server: Certificate;
}

export interface RedisProcessOptions {
  readonly password: string;
  readonly sentinel?: boolean;
  readonly tls?: RedisTls | undefined;
}

/** A `redis-server` or sentinel of a test. Tests may kill it and restart it with its data and port. */
export class RedisProcess {
  readonly port: number;
  readonly client: Redis;
  readonly #program: string;
  readonly #folder: string;
  readonly #sentinel: boolean;
  #child: ChildProcess | null = null;

  private constructor(port: number, program: string, folder: string, options: RedisProcessOptions) {
    const { password, sentinel = false, tls } = options;
    this.port = port;
    this.#program = program;
    this.#folder = folder;
    this.#sentinel = sentinel;
    this.client = new Redis({
      port,
      host: '127.0.0.1',
      password,
      lazyConnect: true,
      maxRetriesPerRequest: null,
      ...(tls === undefined ? {} : { tls: { ca: readFileSync(tls.authority) } }),
    });
    // each call reports its own error; without a listener, an `error` event would end the process
    this.client.on('error', () => {});
  }

  /** Starts a server in its own folder below `root`, on a free port. */
  static async start(root: string, settings: Settings, options: RedisProcessOptions): Promise<RedisProcess> {
    const program = await findProgram('redis', { given: loadConfig().dev.redisServer, remembered: null });
    if (program === null) throw new Error('redis-server is not installed');
    for (let starts = 1; ; starts++) {
      const port = await freePort();
      const folder = join(root, String(port));
      await mkdir(folder);
      const common = [
        ...listening(port, options.tls),
        'bind 127.0.0.1',
        `dir ${folder}`,
        `logfile ${join(folder, 'log')}`,
        'save ""',
      ];
      const lines = [...common, `requirepass ${options.password}`, ...settings];
      await writeFile(join(folder, 'conf'), `${lines.join('\n')}\n`, { mode: 0o600 });
      const server = new RedisProcess(port, program.path, folder, options);
      try {
        await server.startAgain();
        return server;
      } catch (error) {
        server.client.disconnect();
        // another program may have taken a port after it was chosen
        if (starts === STARTS) throw error;
      }
    }
  }

  async startAgain(): Promise<void> {
    const child = spawn(this.#program, [join(this.#folder, 'conf'), ...(this.#sentinel ? ['--sentinel'] : [])], {
      stdio: 'ignore',
    });
    this.#child = child;
    await Promise.race([
      this.client.ping(),
      once(child, 'exit').then(async () => {
        throw new Error(`the server on ${this.port} ended: ${await readFile(join(this.#folder, 'log'), 'utf8')}`);
      }),
    ]);
  }

  get running(): boolean {
    return this.#child !== null;
  }

  /** Sends SIGKILL and waits for the end of the process. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    // a stopped process handles signals only after SIGCONT
    child.kill('SIGCONT');
    await gone;
  }

  /** Sends SIGSTOP: connections stay open, and the server does not respond. */
  freeze(): void {
    this.#child?.kill('SIGSTOP');
  }

  /** Sends SIGCONT. */
  thaw(): void {
    this.#child?.kill('SIGCONT');
  }
}

function listening(port: number, tls: RedisTls | undefined): Settings {
  if (tls === undefined) return [`port ${port}`];
  return [
    'port 0',
    `tls-port ${port}`,
    `tls-ca-cert-file ${tls.authority}`,
    `tls-cert-file ${tls.server.cert}`,
    `tls-key-file ${tls.server.key}`,
    'tls-auth-clients no',
    'tls-replication yes',
  ];
}

/** Several servers that belong together, in one folder. */
export class RedisGroup {
  readonly root: string;
  readonly all: RedisProcess[] = [];

  private constructor(root: string) {
    this.root = root;
  }

  static async create(): Promise<RedisGroup> {
    return new RedisGroup(await mkdtemp(join(tmpdir(), 'shop-redis-')));
  }

  async start(settings: Settings, options: RedisProcessOptions): Promise<RedisProcess> {
    const server = await RedisProcess.start(this.root, settings, options);
    this.all.push(server);
    return server;
  }

  /** Ends all servers and removes their data. */
  async remove(): Promise<void> {
    for (const server of this.all) {
      server.client.disconnect();
      await server.kill();
    }
    await rm(this.root, { recursive: true, force: true });
  }
}

/** Starts killed servers. Resolves when each is a primary, or a replica that has caught up. */
export async function restartAll(servers: readonly RedisProcess[]): Promise<void> {
  for (const server of servers) if (!server.running) await server.startAgain();
  for (const server of servers) {
    await eventually(`the server on ${server.port} is a primary or has a link to it`, async () =>
      /role:master|master_link_status:up/.test(await server.client.info('replication')),
    );
  }
}
