import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { connect, type Session } from '../../src/db/mysql/connection.ts';
import { databaseError } from '../../src/db/mysql/errors.ts';
import { TRANSACTION_IDLE_SECONDS } from '../../src/db/mysql/idle-limit.ts';
import type { Statement } from '../../src/db/mysql/statements.ts';
import { inSnapshot, inTransaction, readAndWrite } from '../../src/db/mysql/transaction.ts';
import { interceptStatements } from '../support/session-interceptors.ts';
import { TestShop } from '../support/shop.ts';

let shop: TestShop;
let session: Session;

beforeAll(async () => {
  shop = await TestShop.create({ migrated: false });
  await shop.sql('CREATE TABLE notes (id INT PRIMARY KEY, text VARCHAR(2000) NOT NULL)');
});

beforeEach(async () => {
  await shop.sql('TRUNCATE notes');
  await shop.sql("INSERT INTO notes VALUES (1, 'one'), (2, 'two')");
  session = await connect(shop.databaseUrl);
});

afterEach(() => session.close());

afterAll(() => shop.close());

const insert = (...ids: number[]): Statement => ({
  sql: 'INSERT INTO notes VALUES ?',
  values: [ids.map((id) => [id, 'new'])],
  rows: null,
});

const update = (ids: readonly number[], rows: number): Statement => ({
  sql: "UPDATE notes SET text = 'changed' WHERE id IN (?)",
  values: [ids],
  rows,
});

async function write(...writes: Statement[]): Promise<void> {
  await readAndWrite<[], null>(session, [], () => ({ writes, result: null }));
}

function ids(): Promise<{ id: number }[]> {
  return shop.sql('SELECT id FROM notes ORDER BY id');
}

/** Expects that no open transaction holds a row lock. A forgotten transaction would end only at its idle limit. */
async function expectNoLocks(): Promise<void> {
  await shop.sql('SELECT * FROM notes FOR UPDATE NOWAIT');
}

/** Records the first word of each statement in each packet, in order. */
function recording(of: Session): { readonly session: Session; readonly packets: string[][] } {
  const packets: string[][] = [];
  const recorded = interceptStatements(of, (sql, send) => {
    packets.push(sql.split(';\n').map((statement) => statement.split(' ')[0] ?? ''));
    return send();
  });
  return { session: recorded, packets };
}

it('reads in one packet, and writes and commits in another', async () => {
  const own = await connect(shop.databaseUrl, { idleSeconds: 4 });
  const { session: recorded, packets } = recording(own);
  const result = await readAndWrite<[{ id: number }, never, { id: number }], string>(
    recorded,
    ['SELECT id FROM notes WHERE id = 1 FOR UPDATE', null, 'SELECT id FROM notes ORDER BY id DESC'],
    ([first, none, all]) => ({ writes: [insert(3), update([1, 2], 2)], result: JSON.stringify([first, none, all]) }),
  );
  expect(result).toBe('[[{"id":1}],[],[{"id":2},{"id":1}]]');
  await own.close();
  expect(packets).toEqual([
    ['START', 'SELECT', 'SELECT'],
    ['INSERT', 'UPDATE', 'SET', 'COMMIT'],
  ]);
  expect(await ids()).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }]);
});

it('limits the idle time of a transaction, in the packets that begin and end it, if the session has no limit', async () => {
  const limits = async () => session.query('SELECT @@wait_timeout AS idle, @@net_write_timeout AS unread');
  const before = await limits();
  const { session: recorded, packets } = recording(session);
  const limited = [{ idle: TRANSACTION_IDLE_SECONDS, unread: TRANSACTION_IDLE_SECONDS }];
  expect(await inTransaction(recorded, limits)).toEqual(limited);
  expect(await limits()).toEqual(before);
  await expect(inTransaction(recorded, () => Promise.reject(new Error('refused')))).rejects.toThrow('refused');
  expect(await limits()).toEqual(before);
  await readAndWrite<[], null>(recorded, [], () => ({ writes: [], result: null }));
  expect(await limits()).toEqual(before);
  expect(packets).toEqual([
    ['SET', 'START'],
    ['COMMIT', 'SET'],
    ['SET', 'START'],
    ['ROLLBACK', 'SET'],
    ['SET', 'START'],
    ['COMMIT', 'SET'],
  ]);
});

it('limits the idle time of a snapshot only on request', async () => {
  const limit = async () => (await session.query<{ idle: number }>('SELECT @@wait_timeout AS idle'))[0]?.idle;
  const before = await limit();
  expect(await inSnapshot(session, limit)).toBe(before);
  expect(await inSnapshot(session, limit, 60)).toBe(60);
  expect(await limit()).toBe(before);
});

it('rolls back if a statement changes fewer rows than it must, and the session stays usable', async () => {
  await expect(write(insert(3), update([1, 9], 2), insert(4))).rejects.toMatchObject({
    errno: 1690,
    kind: 'statement',
  });
  expect(await ids()).toEqual([{ id: 1 }, { id: 2 }]);
  await write(insert(5));
  expect(await ids()).toHaveLength(3);
});

it('counts rows that already have the new value', async () => {
  await write(update([1, 2], 2));
  await write(update([1, 2], 2));
});

it('rolls back if a statement in the middle fails, and frees its locks', async () => {
  await expect(write(update([1], 1), insert(2), insert(4))).rejects.toMatchObject({ errno: 1062 });
  expect(await ids()).toEqual([{ id: 1 }, { id: 2 }]);
  await expectNoLocks();
});

it("rolls back if the statements to write can't be built", async () => {
  const bug = new Error('a bug');
  const made = readAndWrite(session, ['SELECT id FROM notes FOR UPDATE'], () => {
    throw bug;
  });
  await expect(made).rejects.toBe(bug);
  await expectNoLocks();
});

it('stays one transaction across any number of packets', async () => {
  const text = 'x'.repeat(2_000);
  const long = (id: number): Statement => ({ sql: 'INSERT INTO notes VALUES ?', values: [[[id, text]]], rows: null });
  const many = Array.from({ length: 300 }, (_, index) => long(index + 10));
  await expect(write(...many, insert(1))).rejects.toMatchObject({ errno: 1062 });
  expect(await ids()).toHaveLength(2);
  await write(...many);
  expect(await ids()).toHaveLength(302);
});

it('destroys a session whose connection is lost, because the result of the commit is unknown', async () => {
  const [{ id = 0 } = {}] = await session.query<{ id: number }>('SELECT CONNECTION_ID() AS id');
  const lost = readAndWrite(session, [], () => ({
    writes: [{ sql: 'SELECT SLEEP(5)', values: [], rows: null }],
    result: null,
  }));
  const error = lost.catch(databaseError);
  await shop.sql(`KILL ${id}`);
  expect(await error).toMatchObject({ kind: 'outage' });
  expect(session.broken).toBe(true);
  expect(await ids()).toHaveLength(2);
});
