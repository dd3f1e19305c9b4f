import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Session } from '../../src/db/mysql/connection.ts';
import { openSession } from '../../src/domain/servers/connections.ts';
import { type ListedLedgerRow, listLedger, readHistory } from '../../src/domain/shop/ledger.ts';
import { readStatement } from '../../src/domain/shop/statement.ts';
import { interceptStatements } from '../support/session-interceptors.ts';
import { TestShop } from '../support/shop.ts';

const START = Date.UTC(2026, 0, 1);
const USERS = 3;
const ROWS = 400;
/** Time span of the rows in milliseconds. It is so short that some of a few hundred rows have the same time. */
const SPAN = 600;
/** How far, in milliseconds, the times of rows may deviate from the order of their ids. */
const DISORDER = 20;

interface Row {
  readonly id: number;
  readonly user: number;
  readonly type: 'charge' | 'payment' | 'refund' | 'adjustment';
  readonly amount: number;
  readonly balanceAfter: number;
  readonly at: number;
}

let shop: TestShop;
let session: Session;
let users: number[];
let rows: Row[];

beforeAll(async () => {
  shop = await TestShop.create();
  session = await openSession(shop.databaseUrl);
  users = [];
  for (let count = 0; count < USERS; count++) users.push(await shop.created(['user', 'create', `U${count}`]));
  rows = randomLedger();
  await shop.sql(
    `INSERT INTO point_transactions (id, user_id, type, amount, balance_after, request_id, order_id, created_at) VALUES ?`,
    [
      rows.map(({ id, user, type, amount, balanceAfter, at }) => {
        const order = type === 'payment' || type === 'refund' ? 1 : null;
        return [id, user, type, amount, balanceAfter, id, order, new Date(at)];
      }),
    ],
  );
});

afterAll(async () => {
  await session.close();
  await shop.close();
});

/** Makes chains of rows. Ids have gaps, some times are equal, and the times are not in the order of the ids. */
function randomLedger(): Row[] {
  const random = fc.sample(
    fc.record({
      user: fc.integer({ min: 0, max: USERS - 1 }),
      type: fc.constantFrom('charge', 'payment', 'refund', 'adjustment'),
      points: fc.integer({ min: 1, max: 1_000 }),
      gap: fc.integer({ min: 1, max: 3 }),
      shift: fc.oneof(fc.constant(0), fc.integer({ min: -DISORDER, max: DISORDER })),
    }),
    { numRuns: ROWS, seed: 7 },
  );
  const balances = new Map<number, number>();
  let id = 0;
  return random.map(({ user: index, type, points, gap, shift }, number) => {
    const user = users[index] ?? 0;
    const before = balances.get(user) ?? 0;
    // a payment needs enough points
    const amount = type === 'payment' ? -Math.min(points, before) : points;
    id += gap;
    const row = { id, user, at: START + Math.floor((number * SPAN) / ROWS) + shift };
    const change = amount === 0 ? ({ type: 'charge', amount: points } as const) : { type, amount };
    balances.set(user, before + change.amount);
    return { ...row, ...change, balanceAfter: before + change.amount };
  });
}

/** Returns the rows of a user before the first row at or after a time. */
function rowsBefore(user: number, time: number): Row[] {
  const own = rows.filter((row) => row.user === user);
  const first = own.findIndex(({ at }) => at >= time);
  return first === -1 ? own : own.slice(0, first);
}

const anyTime = fc.integer({ min: START - 2 * DISORDER, max: START + SPAN + 2 * DISORDER });
const anySpan = fc
  .tuple(anyTime, anyTime)
  .filter(([one, other]) => one !== other)
  .map(([one, other]) => [Math.min(one, other), Math.max(one, other)] as const);
const anyUser = fc.integer({ min: 0, max: USERS - 1 });

const statementOf = (user: number, from: number, to?: number) =>
  readStatement(session, user, { since: new Date(from), until: to === undefined ? undefined : new Date(to) });

describe('a statement', () => {
  it('is a continuous part of the chain of rows, so its balances and amounts agree', async () => {
    await fc.assert(
      fc.asyncProperty(anyUser, anySpan, async (index, [from, to]) => {
        const user = users[index] ?? 0;
        const { opening, entries, closing, totals } = await statementOf(user, from, to);
        const before = rowsBefore(user, from);
        const expected = rowsBefore(user, to).slice(before.length);
        expect(entries.map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
        expect(opening).toBe(before.at(-1)?.balanceAfter ?? 0);
        const sum = Object.values(totals).reduce<number>((total, amount) => total + Number(amount), 0);
        expect(closing).toBe(opening + sum);
        for (const [type, total] of Object.entries(totals)) {
          expect(total).toBe(expected.reduce((all, row) => all + (row.type === type ? row.amount : 0), 0));
        }
        let balance = opening;
        for (const { amount, balanceAfter } of entries) {
          balance += amount;
          expect(balanceAfter).toBe(balance);
        }
        expect(closing).toBe(balance);
      }),
      { numRuns: 200, seed: 1 },
    );
  });

  it('begins with the closing balance of the previous statement, and the two have each row once', async () => {
    await fc.assert(
      fc.asyncProperty(anyUser, anySpan, anyTime, async (index, [from, to], middle) => {
        fc.pre(from < middle && middle < to);
        const user = users[index] ?? 0;
        const whole = await statementOf(user, from, to);
        const [first, second] = [await statementOf(user, from, middle), await statementOf(user, middle, to)];
        expect([...first.entries, ...second.entries]).toEqual(whole.entries);
        expect(second.opening).toBe(first.closing);
        expect([first.opening, second.closing]).toEqual([whole.opening, whole.closing]);
      }),
      { numRuns: 100, seed: 2 },
    );
  });

  it('has all rows until now if no end is given, even those written by a server whose clock is ahead', async () => {
    const [user = 0] = users;
    const all = rows.filter((row) => row.user === user);
    const now = await statementOf(user, START - DISORDER);
    expect(now.entries).toHaveLength(all.length);
    expect(now).toMatchObject({ opening: 0, closing: all.at(-1)?.balanceAfter });
    const last = all.at(-1)?.id;
    const future = new Date(Date.now() + 30_000);
    const before = await shop.sql<{ at: Date }>('SELECT created_at AS at FROM point_transactions WHERE id = ?', [last]);
    await shop.sql('UPDATE point_transactions SET created_at = ? WHERE id = ?', [future, last]);
    const { entries, to } = await statementOf(user, START - DISORDER);
    expect(entries).toHaveLength(all.length);
    expect(to).toEqual(new Date(future.getTime() + 1));
    await shop.sql('UPDATE point_transactions SET created_at = ? WHERE id = ?', [before[0]?.at, last]);
  });

  it('has no row that is written while the statement is read', async () => {
    const user = await shop.created(['user', 'create', 'Busy now']);
    const add = () =>
      shop.sql(
        `INSERT INTO point_transactions (id, user_id, type, amount, balance_after, request_id, created_at)
         SELECT MAX(id) + 1, ?, 'charge', 1, 1, 1, UTC_TIMESTAMP(3) + INTERVAL 1 SECOND FROM point_transactions`,
        [user],
      );
    const meanwhile = interceptStatements(session, async (sql, send) => {
      if (sql.startsWith('SELECT')) await add();
      return send();
    });
    expect(await readStatement(meanwhile, user, { since: new Date(START) })).toMatchObject({ entries: [], closing: 0 });
    await shop.sql('DELETE FROM point_transactions WHERE user_id = ?', [user]);
  });

  it('has exact sums, even above 2^53', async () => {
    const rich = await shop.created(['user', 'create', 'Rich']);
    const most = Number.MAX_SAFE_INTEGER;
    const amounts = [most, -most, most - 2, -(most - 3)];
    let balance = 0;
    await shop.sql(
      'INSERT INTO point_transactions (id, user_id, type, amount, balance_after, request_id, order_id, created_at) VALUES ?',
      [
        amounts.map((amount, index) => {
          balance += amount;
          const [type, order] = amount > 0 ? ['charge', null] : ['payment', 1];
          return [1_000_000 + index, rich, type, amount, balance, 1, order, new Date(START)];
        }),
      ],
    );
    expect(await statementOf(rich, START, START + 1)).toMatchObject({
      closing: 1,
      totals: { charge: '18014398509481980', payment: '-18014398509481979', refund: 0, adjustment: 0 },
    });
    await shop.sql('DELETE FROM point_transactions WHERE user_id = ?', [rich]);
  });

  it('refuses more entries than it can keep in memory', async () => {
    const busy = await shop.created(['user', 'create', 'Busy']);
    const digits = 'SELECT 0 AS i UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4';
    const ten = `(SELECT a.i * 2 + b.i AS i FROM (${digits}) a JOIN (SELECT 0 AS i UNION ALL SELECT 1) b)`;
    await shop.sql(
      `INSERT INTO point_transactions (id, user_id, type, amount, balance_after, request_id, created_at)
       SELECT 2000000 + n, ?, 'charge', 1, n + 1, 1, '2026-03-01' FROM (
         SELECT a.i + b.i * 10 + c.i * 100 + d.i * 1000 + e.i * 10000 AS n
         FROM ${ten} a JOIN ${ten} b JOIN ${ten} c JOIN ${ten} d JOIN (SELECT 0 AS i UNION ALL SELECT 1) e
         UNION ALL SELECT 20000
       ) numbers`,
      [busy],
    );
    const read = () => statementOf(busy, Date.UTC(2026, 2, 1), Date.UTC(2026, 2, 2));
    await expect(read()).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: 'The statement has more than 20,000 entries.',
      details: { userId: busy, maximum: 20_000 },
      text: {
        hint: expect.objectContaining({
          values: [busy, '--since 2026-03-01T00:00:00.000Z --until 2026-03-02T00:00:00.000Z'],
        }),
      },
    });
    await shop.sql('DELETE FROM point_transactions WHERE id = 2020000');
    expect(await read()).toMatchObject({ opening: 0, closing: 20_000, totals: { charge: 20_000 } });
    await shop.sql('DELETE FROM point_transactions WHERE user_id = ?', [busy]);
  });
});

describe('the ledger list', () => {
  const newestFirst = (matching: (row: Row) => boolean) =>
    rows
      .filter(matching)
      .map(({ id }) => id)
      .toReversed();

  it('lists the rows of a span by time, of all users or of one', async () => {
    await fc.assert(
      fc.asyncProperty(anyUser, anySpan, async (index, [from, to]) => {
        const user = users[index] ?? 0;
        const span = { since: new Date(from), until: new Date(to), limit: 1_000 };
        const within = ({ at }: Row) => at >= from && at < to;
        const ids = (list: readonly { readonly id: number }[]) => list.map(({ id }) => id);
        expect(ids(await listLedger(session, span))).toEqual(newestFirst(within));
        const own = newestFirst((row) => within(row) && row.user === user);
        expect(ids(await listLedger(session, { ...span, user }))).toEqual(own);
        expect(ids(await readHistory(session, user, span))).toEqual(own);
      }),
      { numRuns: 50, seed: 3 },
    );
  });

  it('prints each row once in pages of any size', async () => {
    const filter = { type: 'refund', since: new Date(START + 50) } as const;
    const all = await listLedger(session, { ...filter, limit: 1_000 });
    expect(all.length).toBeGreaterThan(50);
    for (const limit of [1, 7, 50]) {
      const pages: ListedLedgerRow[] = [];
      for (let after: number | undefined; ; after = pages.at(-1)?.id) {
        const page = await listLedger(session, { ...filter, limit, after });
        if (page.length === 0) break;
        pages.push(...page);
      }
      expect(pages).toEqual(all);
    }
  });
});
