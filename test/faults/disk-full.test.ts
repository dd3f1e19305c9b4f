import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { open, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { FaultShop } from '../support/fault-shop.ts';
import { noServersOfOwn, OwnServers } from '../support/own-servers.ts';

const SIZE = '512m';
const noMount = process.platform !== 'linux' || process.getuid?.() !== 0 || !canMount();
const reason = noServersOfOwn ?? (noMount ? 'no file system can be mounted here' : null);

function canMount(): boolean {
  const { status } = spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']);
  return status === 0;
}

function run(command: string, ...args: string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command}: ${stderr}`);
}

describe.skipIf(reason !== null)(`MySQL whose disk is full ${reason ?? ''}`, () => {
  let servers: OwnServers;
  let faults: FaultShop;
  let disk: string;

  beforeAll(async () => {
    servers = await OwnServers.start({
      // a server that can't write its binary log looks again once a minute only
      mysqldArguments: ['--skip-log-bin'],
      prepare: async (directory) => {
        disk = join(directory, 'mysql');
        mkdirSync(disk, { mode: 0o700 });
        run('mount', '-t', 'tmpfs', '-o', `size=${SIZE},mode=700`, 'tmpfs', disk);
      },
    });
    faults = await FaultShop.create(servers);
  });

  afterAll(async () => {
    try {
      await faults.close();
    } finally {
      await servers.stop();
      run('umount', disk);
      await servers.remove();
    }
  });

  it('waits for room, and goes on by itself (row 18)', async () => {
    const load = await faults.load('disk', 3_000);
    const worker = await faults.startWorker();
    const group = faults.mysql.hold(([sql]) => sql === 'START TRANSACTION');
    load.begin();
    const { release } = await group;
    await load.recorded();
    const ballast = join(disk, 'ballast');
    try {
      await fill(ballast, disk);
      release();
      await worker.logged('the database is away or took the lane');
    } finally {
      await rm(ballast);
    }
    const freed = performance.now();
    await faults.recovered(18, freed);
    await faults.expectHealthy(load, worker);
  });
});

/** Writes a file that leaves no room. */
async function fill(path: string, disk: string): Promise<void> {
  const { bavail, bsize } = await statfs(disk);
  const file = await open(path, 'w');
  try {
    await file.write(Buffer.alloc(bavail * bsize));
  } finally {
    await file.close();
  }
}
