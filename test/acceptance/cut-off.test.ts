import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { TestShop } from '../support/shop.ts';

let shop: TestShop;

beforeAll(async () => {
  shop = await TestShop.create();
  await shop.ok(['db', 'seed']);
});

afterAll(async () => {
  expect(await shop.faults()).toEqual([]);
  await shop.close();
});

/** Kills the connection that is running a statement that matches the pattern. */
async function killWhile(pattern: string): Promise<void> {
  const id = await eventually(`a statement like ${pattern}`, async () => {
    const [row] = await shop.sql<{ id: number }>(
      'SELECT ID AS id FROM information_schema.PROCESSLIST WHERE DB = DATABASE() AND ID <> CONNECTION_ID() AND INFO LIKE ?',
      [pattern],
    );
    return row?.id;
  });
  await shop.sql(`KILL ${id}`);
}

it('names the key if the connection is lost while the request is being recorded', async () => {
  const other = await shop.connection();
  await other.query('LOCK TABLES requests WRITE');
  const charge = shop.start(['charge', '1', '5', '--json']);
  await killWhile('INSERT INTO requests%');
  await other.query('UNLOCK TABLES');
  await other.end();
  const { status, stderr } = await charge.ended;
  const { error } = JSON.parse(stderr);
  expect({ status, code: error.code }).toEqual({ status: 69, code: 'UNAVAILABLE' });
  expect(error.hint).toContain(`--key ${error.details.key}`);

  await shop.startWorker();
  expect(await shop.ok(['charge', '1', '5', '--key', error.details.key])).toMatchObject({ balance: 5 });
});
