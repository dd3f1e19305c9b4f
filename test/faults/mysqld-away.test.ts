import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { FaultShop } from '../support/fault-shop.ts';
import { noServersOfOwn, OwnServers } from '../support/own-servers.ts';

/** Many times what three attempts with their pauses take, and longer than a command waits. */
const AWAY_MS = 60_000;

describe.skipIf(noServersOfOwn !== null)(`MySQL that is killed, hangs or is away ${noServersOfOwn ?? ''}`, () => {
  let servers: OwnServers;
  let faults: FaultShop;

  beforeAll(async () => {
    servers = await OwnServers.start();
    faults = await FaultShop.create(servers);
  });

  afterAll(async () => {
    await faults.close();
    await servers.remove();
  });

  it('dies in the middle of a group: all comes back with it, and the worker goes on (row 5)', async () => {
    const load = await faults.load('killed');
    const worker = await faults.startWorker();
    await faults.beginToCommit(load);
    await servers.kill('mysql');
    faults.mysql.cut();
    await worker.logged('the database is away or took the lane');
    await servers.startAgain();
    const back = performance.now();
    await faults.shop.reconnect();
    await faults.recovered(5, back);
    await faults.expectHealthy(load, worker);
  });

  it('hangs with a COMMIT on its way, and commits when the worker has long given it up (row 6)', async () => {
    const load = await faults.load('late');
    const worker = await faults.startWorker();
    const { release } = await faults.beginToCommit(load);
    const before = await faults.outcomes();
    await servers.freeze('mysql');
    release();
    // it waits for the answer as long as a statement may take, and asks for a new connection then
    await worker.logged('the database is away or took the lane');
    await servers.thaw('mysql');
    const thawed = performance.now();
    await eventually('it has committed', async () => (await faults.outcomes()) > before);
    await faults.recovered(6, thawed);
    await faults.expectHealthy(load, worker);
  });

  it('is away under load: no attempt is spent, and all goes through (row 7)', async () => {
    const load = await faults.load('away', 2_500);
    const worker = await faults.startWorker();
    const begun = await faults.outcomes();
    load.begin();
    await eventually('some are applied', async () => (await faults.outcomes()) > begun);
    await servers.stop();
    await worker.logged('the database is away or took the lane');
    await delay(AWAY_MS);
    await servers.startAgain();
    const back = performance.now();
    await faults.shop.reconnect();
    await faults.recovered(7, back);
    await faults.expectHealthy(load, worker);
  });
});
