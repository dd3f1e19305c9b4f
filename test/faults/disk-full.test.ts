import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { FaultShop, LANE_BEGIN } from '../support/fault-shop.ts';
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

/** The servers for the tests of one `describe`, with MySQL's data or its binary log on a small disk. */
class SmallDisk {
  #faults: FaultShop | null = null;
  #servers: OwnServers | null = null;
  #path = '';

  /** @param folder mount point of the disk, beside the folders of the servers. */
  static for(folder: 'mysql' | 'binlog', ...mysqldArguments: readonly string[]): SmallDisk {
    const disk = new SmallDisk();
    beforeAll(() => disk.#start(folder, mysqldArguments));
    afterAll(() => disk.#remove());
    return disk;
  }

  get started(): { readonly faults: FaultShop } {
    if (this.#faults === null) throw new Error('the servers have not been started');
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

  /** Fills the disk while `work` runs, and frees the space afterwards. */
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

  it('waits for free space and resumes by itself (fault 18)', async () => {
    const { faults } = disk.started;
    const load = await faults.load('disk', 3_000);
    const worker = await faults.startWorker();
    const { release } = await faults.beginUntil(load, () => faults.mysql.hold(LANE_BEGIN));
    await disk.whileFull(async () => {
      release();
      await worker.logged('MySQL is unavailable or the lane was lost');
    });
    const freed = performance.now();
    await faults.waitForRecovery(18, freed);
    await faults.expectHealthy(load, worker);
  });
});

describe.skipIf(reason !== null)(`MySQL without space for its binary log ${reason ?? ''}`, () => {
  // The binary log has a disk of its own. The lane sends its writes together with the COMMIT, and only the COMMIT must
  // run out of space.
  const disk = SmallDisk.for('binlog', '--log-bin=../../binlog/binlog');

  it('applies nothing twice if a COMMIT succeeds after the worker has given up on it (fault 18)', async () => {
    const { faults } = disk.started;
    const load = await faults.load('binlog');
    load.begin();
    await load.recorded();
    // the load is a single group, which is larger than the last page of the log
    const commit = faults.holdCommit();
    const worker = faults.shop.start(['worker'], { env: { SHOP_DATABASE_URL: faults.mysql.url } });
    const { release } = await commit;
    await disk.whileFull(async () => {
      release();
      // the server waits for space and checks once a minute
      await worker.logged('MySQL is unavailable or the lane was lost');
    });
    const freed = performance.now();
    await faults.waitForRecovery('18, binary log', freed);
    await faults.expectHealthy(load, worker);
  });
});

/** Fills the disk in one step, because the server ends the lane's session if a COMMIT is held for a few seconds. */
async function fill(path: string, disk: string): Promise<void> {
  const { bavail, bsize } = await statfs(disk);
  run('fallocate', '--length', String(bavail * bsize), path);
}
