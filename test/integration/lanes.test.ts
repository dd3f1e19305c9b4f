import { afterAll, beforeAll, expect, it } from 'vitest';
import { applyGroup } from '../../src/domain/apply.ts';
import { openBatch } from '../../src/domain/batch.ts';
import { readBatchRow } from '../../src/domain/batch-row.ts';
import { laneOf, type Slotted, slotOf, userSlot } from '../../src/domain/lane-place.ts';
import { readRequests } from '../../src/domain/pending.ts';
import { LanesChanged } from '../../src/domain/queue-state.ts';
import { openRedis, openSession } from '../../src/domain/store.ts';
import { BatchRun } from '../../src/jobs/batch.ts';
import { Producer } from '../../src/jobs/producer.ts';
import { eventually } from '../support/eventually.ts';
import { TestShop } from '../support/shop.ts';

interface Worker {
  readonly lanes: readonly number[];
}
interface Status {
  readonly lanes: number;
  readonly lanesHeld: number;
  readonly laneHeld: boolean;
  readonly workers: readonly Worker[];
}

const LANES = 4;

let shop: TestShop;

beforeAll(async () => {
  shop = await TestShop.create({ inProcess: true });
  await shop.ok(['db', 'seed']);
});

afterAll(async () => {
  await shop.expectSound();
  await shop.close();
});

async function slotsOf(...keys: readonly string[]): Promise<number[]> {
  const rows = await shop.sql<{ slot: number }>('SELECT slot FROM requests WHERE idempotency_key IN (?) ORDER BY id', [
    keys,
  ]);
  return rows.map(({ slot }) => slot);
}

it('has one lane until somebody decides otherwise', async () => {
  expect(await shop.ok(['queue', 'lanes'])).toEqual({ lanes: 1, changed: false });
  await shop.whileWorking(async () => {
    expect(await shop.ok<Status>(['queue', 'status'])).toMatchObject({
      lanes: 1,
      lanesHeld: 1,
      laneHeld: true,
      workers: [{ lanes: [0] }],
    });
  });
});

it('has all requests of a user in one lane, by whatever they name the user', async () => {
  await shop.ok(['queue', 'pause']);
  const user = await shop.created(['user', 'create', 'Ina', '--reference', 'ina']);
  await shop.ok(['queue', 'resume']);
  await shop.whileWorking(async () => {
    await shop.ok(['charge', String(user), '100000', '--key', 'by-id']);
    await shop.ok(['charge', '@ina', '1', '--key', 'by-reference']);
    const { orderId } = await shop.ok(['order', 'place', '@ina', '1', '--key', 'order']);
    await shop.ok(['cart', 'add', String(user), '1']);
    await shop.ok(['cart', 'checkout', '@ina', '--key', 'checkout']);
    await shop.ok(['order', 'cancel', String(orderId), '--key', 'cancel']);
    const file = `kind,user,items,amount,key\ncharge,@ina,,5,row-1\norder,${user},1:1,,row-2\n`;
    await shop.ok(['batch', 'run', '-', '--name', 'lanes'], { stdin: file });
  });
  const slots = await slotsOf('by-id', 'by-reference', 'order', 'checkout', 'cancel', 'row-1', 'row-2');
  expect(slots).toEqual(new Array(7).fill(userSlot(user)));
});

it('gives requests that were recorded before there were slots those of their users', async () => {
  const users: number[] = [];
  // the end of an id may be the reference of another user
  for (let i = 0; i < 12; i++) users.push(await shop.created(['user', 'create', `U${i}`, '--reference', `0${i}`]));
  const byId = users.find((id) => id >= 10) ?? 0;
  const end = String(byId).slice(1);
  const other = await shop.created(['user', 'create', 'Other', '--reference', end]);
  await shop.ok(['charge', String(byId), '1', '--no-wait', '--key', 'old-by-id']);
  await shop.ok(['charge', `@${end}`, '1', '--no-wait', '--key', 'old-by-reference']);
  await shop.ok(['charge', '@nobody', '1', '--no-wait', '--key', 'old-of-nobody']);
  const expected = [userSlot(byId), userSlot(other), slotOf('@nobody')];
  expect(await slotsOf('old-by-id', 'old-by-reference', 'old-of-nobody')).toEqual(expected);
  expect(await shop.ok(['db', 'revert', '--yes'])).toEqual({ reverted: 'Lanes1764100000000' });
  await shop.ok(['db', 'migrate']);
  expect(await slotsOf('old-by-id', 'old-by-reference', 'old-of-nobody')).toEqual(expected);
  await shop.whileWorking(() => shop.decided('old-of-nobody'));
});

it('is decided by the first worker that wants a number; one with another refuses to start', async () => {
  const worker = await shop.startWorker({ args: ['--lanes', String(LANES)] });
  await eventually('all lanes are held', async () => (await shop.ok<Status>(['queue', 'status'])).laneHeld);
  const { lanes, lanesHeld, workers } = await shop.ok<Status>(['queue', 'status']);
  expect({ lanes, lanesHeld, workers: workers.map((one) => one.lanes) }).toEqual({
    lanes: LANES,
    lanesHeld: LANES,
    workers: [[0, 1, 2, 3]],
  });
  expect(await shop.refused(['worker', '--lanes', '2'])).toMatchObject({
    status: 78,
    code: 'CONFIG',
    message: 'This shop has 4 lanes, not 2.',
    details: { setting: '--lanes', wanted: 2, lanes: LANES },
  });
  expect((await worker.stop()).status).toBe(0);
  for (const wrong of ['0', '65', '1.5', 'many']) {
    expect(await shop.refused(['worker', '--lanes', wrong])).toMatchObject({ status: 2, code: 'INVALID_INPUT' });
    expect(await shop.refused(['queue', 'lanes', wrong])).toMatchObject({ status: 2, code: 'INVALID_INPUT' });
  }
  expect(await shop.ok(['queue', 'lanes'])).toEqual({ lanes: LANES, changed: false });
});

it('applies what is in no job, or in the queue of another lane', async () => {
  const redis = await openRedis(shop.redisUrl);
  const producer = new Producer(redis, shop.prefix);
  try {
    await shop.whileWorking(async () => {
      const recorded: Slotted[] = [];
      for (const user of ['1', '2', '3', '4']) {
        const { requestId } = await shop.ok<{ requestId: number }>(['charge', user, '3', '--no-wait']);
        recorded.push({ id: requestId, slot: userSlot(Number(user)) + 1 });
      }
      await producer.enqueue(recorded, LANES);
      await eventually('all have their outcome', async () => {
        const requests = await Promise.all(recorded.map(({ id }) => shop.ok(['request', 'show', String(id)])));
        return requests.every(({ status }) => status === 'applied');
      });
    });
  } finally {
    await producer.close();
    redis.disconnect();
  }
});

it('decides a request of nobody as it was recorded, if it is not in the lane of who came to be', async () => {
  const { id: last } = await shop.ok<{ id: number }>(['user', 'create', 'Last']);
  const lane = laneOf(userSlot(last + 1), LANES);
  const name = (there: boolean) => {
    const names = Array.from({ length: 100 }, (_, i) => `late-${i}`);
    return names.find((reference) => (laneOf(slotOf(`@${reference}`), LANES) === lane) === there) ?? '';
  };
  const elsewhere = name(false);
  await shop.ok(['charge', `@${elsewhere}`, '5', '--no-wait', '--key', 'too-early']);
  expect(await shop.created(['user', 'create', 'Late', '--reference', elsewhere])).toBe(last + 1);
  await shop.ok(['charge', `@${elsewhere}`, '7', '--no-wait', '--key', 'in-time']);
  await shop.whileWorking(async () => {
    expect(await shop.decided('too-early')).toMatchObject({ status: 'refused', code: 'INVALID_USER' });
    expect(await shop.decided('in-time')).toMatchObject({ status: 'applied', outcome: { balance: 7 } });
  });
});

it('applies nothing by another number of lanes than there is, and counts no attempt', async () => {
  const { requestId } = await shop.ok<{ requestId: number }>(['charge', '1', '5', '--no-wait', '--key', 'gate']);
  const session = await openSession(shop.databaseUrl);
  try {
    const group = await readRequests(session, [requestId]);
    for (const lanes of [1, 3, 8]) {
      const place = { lane: laneOf(userSlot(1), lanes), lanes };
      await expect(applyGroup(session, group, place, () => 1)).rejects.toThrow(LanesChanged);
    }
    expect(await shop.ok(['request', 'show', 'gate'])).toMatchObject({ status: 'pending' });
    const place = { lane: laneOf(userSlot(1), LANES), lanes: LANES };
    expect((await applyGroup(session, group, place, () => 1)).decided).toMatchObject([{ id: requestId }]);
  } finally {
    await session.close();
  }
});

it('is changed when nothing is pending, and not before; a worker goes along that was told no number', async () => {
  await shop.ok(['charge', '1', '5', '--no-wait', '--key', 'in-the-way']);
  const { id } = await shop.ok<{ id: number }>(['request', 'show', 'in-the-way']);
  expect(await shop.refused(['queue', 'lanes', '2', '--timeout', '300ms'])).toMatchObject({
    status: 75,
    code: 'PENDING',
    message: `Request ${id} is pending: the shop has 4 lanes still.`,
    details: { requestId: id, lanes: LANES, paused: false },
    hint: expect.stringContaining('with a longer --timeout'),
  });
  await shop.ok(['queue', 'pause']);
  expect(await shop.refused(['queue', 'lanes', '2', '--timeout', '300ms'])).toMatchObject({
    code: 'PENDING',
    details: { paused: true },
    hint: expect.stringContaining('`shop queue resume`'),
  });
  await shop.ok(['queue', 'resume']);
  expect(await shop.ok(['queue', 'lanes'])).toEqual({ lanes: LANES, changed: false });

  const along = await shop.startWorker();
  const stubborn = await shop.startWorker({ args: ['--lanes', String(LANES)] });
  expect(await shop.ok(['queue', 'lanes', '2'])).toEqual({ lanes: 2, changed: true });
  const { status, stderr } = await stubborn.ended;
  expect({ status, told: stderr.includes('This shop has 2 lanes, not 4') }).toEqual({ status: 78, told: true });
  await along.logged('the number of lanes was changed');
  expect(await shop.ok(['charge', '1', '5'])).toMatchObject({ attempts: 1 });
  expect(await shop.ok(['queue', 'lanes', '1'])).toEqual({ lanes: 1, changed: true });
  expect(await shop.ok(['charge', '2', '5'])).toMatchObject({ attempts: 1 });
  expect(await shop.ok(['queue', 'lanes', '1'])).toEqual({ lanes: 1, changed: false });
  const { status: end, stderr: log } = await along.stop();
  expect(end).toBe(0);
  // two fields of one name are an error to some who read logs
  expect(log.split('\n').filter((line) => /"lane":.*"lane":/.test(line))).toEqual([]);
});

it('queues a batch for the lanes that there are by then', async () => {
  const rows = Array.from({ length: 8 }, (_, line) =>
    readBatchRow(line + 2, { kind: 'charge', user: line + 1, amount: 1, key: `by-then-${line}` }, null),
  );
  const redis = await openRedis(shop.redisUrl);
  const session = await openSession(shop.databaseUrl);
  const producer = new Producer(redis, shop.prefix);
  const sender = { actor: 'test', host: 'test' };
  const notQueued: unknown[] = [];
  const listener = {
    progress: () => {},
    recorded: () => {},
    exceptions: async () => {},
    notQueued: async (error: unknown) => void notQueued.push(error),
    noWorker: async () => {},
    paused: async () => {},
  };
  const waiting = async (lanes: number) => (await producer.countJobs(lanes)).waiting;
  try {
    const address = { databaseUrl: shop.databaseUrl, prefix: shop.prefix };
    const batch = await openBatch(session, 'by-then', sender);
    // begun when there were more
    const run = new BatchRun({ session, producer, address, lanes: LANES }, batch, sender, listener);
    expect(await shop.ok(['queue', 'lanes'])).toMatchObject({ lanes: 1 });
    const [first, all] = [await waiting(1), await waiting(LANES)];
    async function* pieces() {
      yield rows;
    }
    await run.send(pieces(), new AbortController().signal);
    expect(notQueued).toEqual([]);
    // none is left behind where no worker looks any more
    expect([(await waiting(1)) - first, (await waiting(LANES)) - all]).toEqual([1, 1]);
    await shop.whileWorking(() => shop.decided('by-then-7'));
  } finally {
    await producer.close();
    await session.close();
    redis.disconnect();
  }
});
