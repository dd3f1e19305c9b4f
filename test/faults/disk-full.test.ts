import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { FaultShop } from '../support/fault-shop.ts';
import { noServerPrograms, OwnServers } from '../support/own-servers.ts';

const SIZE = '512m';
const noMount = process.platform !== 'linux' || process.getuid?.() !== 0 || !canMount();
const reason = noServerPrograms ?? (noMount ? 'no file system can be mounted here' : null);

function canMount(): boolean {
  const { status } = spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']);
  return status === 0;
}

function run(command: string, ...args: string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command}: ${stderr}`);
}

/** Servers of the tests of one `describe`, with the data of MySQL, or its binary log, on a small disk. */
class SmallDisk {
  #faults: FaultShop | null = null;
  #servers: OwnServers | null = null;
  #path = '';

  /** @param folder that the disk is mounted on, beside those of the servers. */
  static for(folder: 'mysql' | 'binlog', ...mysqldArguments: readonly string[]): SmallDisk {
    const disk = new SmallDisk();
    beforeAll(() => disk.#start(folder, mysqldArguments));
    afterAll(() => disk.#remove());
    return disk;
  }

  get started(): { readonly faults: FaultShop } {
    if (this.#faults === null) throw new Error('there are no servers');
    return { faults: this.#faults };
  }

  async #start(folder: string, mysqldArguments: readonly string[]): Promise<void> {
    this.#servers = await OwnServers.start({
      mysqldArguments,
      prepare: async (directory) => {
        this.#path = join(directory, folder);
        mkdirSync(this.#path, { mode: 0o700 });
        run('mount', '-t', 'tmpfs', '-o', `size=${SIZE},mode=700`, 'tmpfs', this.#path);
      },
    });
    this.#faults = await FaultShop.create(this.#servers);
  }

  async #remove(): Promise<void> {
    try {
      await this.#faults?.close();
    } finally {
      await this.#servers?.stop();
      run('umount', this.#path);
      await this.#servers?.remove();
    }
  }

  /** Leaves no room while `work` is done; when it returns there is room again. */
  async whileFull(work: () => Promise<void>): Promise<void> {
    const ballast = join(this.#path, 'ballast');
    try {
      await fill(ballast, this.#path);
      await work();
    } finally {
      await rm(ballast);
    }
  }
}

describe.skipIf(reason !== null)(`MySQL whose disk is full ${reason ?? ''}`, () => {
  const disk = SmallDisk.for('mysql', '--skip-log-bin');

  it('waits for room, and goes on by itself (row 18)', async () => {
    const { faults } = disk.started;
    const load = await faults.load('disk', 3_000);
    const worker = await faults.startWorker();
    const group = faults.mysql.hold(([sql = '']) => sql.startsWith('START TRANSACTION;'));
    load.begin();
    const { release } = await group;
    await load.recorded();
    await disk.whileFull(async () => {
      release();
      await worker.logged('the database is away or took the lane');
    });
    const freed = performance.now();
    await faults.recovered(18, freed);
    await faults.expectHealthy(load, worker);
  });
});

describe.skipIf(reason !== null)(`MySQL whose binary log finds no room ${reason ?? ''}`, () => {
  // on a disk of its own: the lane sends what it writes with its COMMIT, which is what must find no room
  const disk = SmallDisk.for('binlog', '--log-bin=../../binlog/binlog');

  it('commits late, when there is room: the worker has given it up by then, and applies nothing again (row 18)', async () => {
    const { faults } = disk.started;
    const load = await faults.load('binlog');
    load.begin();
    await load.recorded();
    // all of it is one group, which is more than may fit in the log's last page
    const commit = faults.holdCommit();
    const worker = faults.shop.start(['worker'], { env: { SHOP_DATABASE_URL: faults.mysql.url } });
    const { release } = await commit;
    await disk.whileFull(async () => {
      release();
      // the server waits for room, and looks once a minute
      await worker.logged('the database is away or took the lane');
    });
    const freed = performance.now();
    await faults.recovered('18, binary log', freed);
    await faults.expectHealthy(load, worker);
  });
});

/** Makes a file that leaves no room, at once: a lane whose COMMIT is held is ended by the server after some seconds. */
async function fill(path: string, disk: string): Promise<void> {
  const { bavail, bsize } = await statfs(disk);
  run('fallocate', '--length', String(bavail * bsize), path);
}
