import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { FaultShop } from '../support/fault-shop.ts';
import { noServersOfOwn, OwnServers } from '../support/own-servers.ts';

/** Duration of the outage: much longer than three attempts with their pauses, and longer than a command waits. */
const AWAY_MS = 60_000;

describe.skipIf(noServersOfOwn !== null)(
  `the shop, if MySQL is killed, hangs or is down ${noServersOfOwn ?? ''}`,
  () => {
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

    it('keeps all data if MySQL dies in the middle of a group, and resumes (fault 5)', async () => {
      const load = await faults.load('killed');
      const worker = await faults.startWorker();
      await faults.beginUntilCommit(load);
      await servers.kill('mysql');
      faults.mysql.cut();
      await worker.logged('MySQL is unavailable or the lane was lost');
      await servers.startAgain();
      const back = performance.now();
      await faults.shop.reconnect();
      await faults.waitForRecovery(5, back);
      await faults.expectHealthy(load, worker);
    });

    it('applies a group once if MySQL hangs at its COMMIT and commits after the worker has given up (fault 6)', async () => {
      const load = await faults.load('late');
      const worker = await faults.startWorker();
      const { release } = await faults.beginUntilCommit(load);
      const before = await faults.outcomes();
      await servers.freeze('mysql');
      release();
      // the worker waits for the response until the statement timeout, and then opens a new connection
      await worker.logged('MySQL is unavailable or the lane was lost');
      await servers.thaw('mysql');
      const thawed = performance.now();
      await eventually('MySQL has committed', async () => (await faults.outcomes()) > before);
      await faults.waitForRecovery(6, thawed);
      await faults.expectHealthy(load, worker);
    });

    it('counts no attempt while MySQL is down under load, and then applies everything (fault 7)', async () => {
      const load = await faults.load('away', 2_500);
      const worker = await faults.startWorker();
      const begun = await faults.outcomes();
      load.begin();
      await eventually('some requests are applied', async () => (await faults.outcomes()) > begun);
      await servers.stop();
      await worker.logged('MySQL is unavailable or the lane was lost');
      await delay(AWAY_MS);
      await servers.startAgain();
      const back = performance.now();
      await faults.shop.reconnect();
      await faults.waitForRecovery(7, back);
      await faults.expectHealthy(load, worker);
    });
  },
);
