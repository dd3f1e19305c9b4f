import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Session } from '../../src/db/mysql/connection.ts';
import { applyGroup } from '../../src/domain/apply/apply.ts';
import { ShopError } from '../../src/domain/errors.ts';
import type { RequestContent } from '../../src/domain/requests/kinds/index.ts';
import { readRequests } from '../../src/domain/requests/pending.ts';
import { newKey, recordRequest } from '../../src/domain/requests/request.ts';
import { openSession } from '../../src/domain/servers/connections.ts';
import { addToCart, type Cart, checkoutContent, removeFromCart } from '../../src/domain/shop/carts.ts';
import { eventually } from '../support/eventually.ts';
import { recordConflicts } from '../support/session-interceptors.ts';
import { type Result, TestShop } from '../support/shop.ts';

const ORIGIN = { actor: 'tester', host: 'here' };

let shop: TestShop;

// no worker runs: the tests themselves apply what they record
beforeAll(async () => {
  shop = await TestShop.create();
});

afterAll(async () => {
  expect(await shop.faults()).toEqual([]);
  await shop.close();
});

function newUser(): Promise<number> {
  return shop.created(['user', 'create', 'Ann']);
}

function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

/** Counts results by their error code, or as `done`. */
function tally(codes: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const code of codes) counts[code] = (counts[code] ?? 0) + 1;
  return counts;
}

function codeOf({ status, stderr }: Result): string {
  return status === 0 ? 'done' : JSON.parse(stderr).error.code;
}

/** Runs `work` on the given number of sessions at once. Returns the statements that lost a deadlock. */
async function onSessions(
  count: number,
  work: (session: Session, index: number) => Promise<void>,
): Promise<{ deadlocks: readonly string[] }> {
  const sessions = await Promise.all(times(count, () => openSession(shop.databaseUrl)));
  const deadlocks: string[] = [];
  try {
    await Promise.all(sessions.map((session, index) => work(recordConflicts(session, deadlocks), index)));
  } finally {
    await Promise.all(sessions.map((session) => session.close()));
  }
  return { deadlocks };
}

/** Returns the code of a refusal, or `done`. */
async function outcomeOf(change: Promise<unknown>): Promise<string> {
  try {
    await change;
    return 'done';
  } catch (error) {
    if (error instanceof ShopError) return error.code;
    throw error;
  }
}

it('creates one cart when 20 processes each add the first unit, and loses no unit', async () => {
  const [user, pen] = [String(await newUser()), String(await shop.product('Pen', 1, 100))];
  const results = await Promise.all(times(20, () => shop.run(['cart', 'add', user, pen, '--json'])));
  expect(tally(results.map(codeOf))).toEqual({ done: 20 });
  const answers = results.map(({ stdout }) => JSON.parse(stdout) as Cart);
  // each command returns the total that includes the units of earlier commands
  const quantities = answers.map(({ lines }) => lines[0]?.quantity ?? 0);
  expect(quantities.sort((a, b) => a - b)).toEqual(times(20, (index) => index + 1));
  expect(new Set(answers.map(({ cartId }) => cartId)).size).toBe(1);
  expect(await shop.sql('SELECT id FROM carts WHERE user_id = ?', [user])).toHaveLength(1);
});

it('never lets a cart exceed the stock, however many commands try', async () => {
  const [user, pen] = [await newUser(), await shop.product('Pen', 1, 12)];
  const codes: string[] = [];
  const { deadlocks } = await onSessions(20, async (session) => {
    codes.push(await outcomeOf(addToCart(session, user, [{ product: pen, quantity: 1 }], ORIGIN)));
  });
  expect(tally(codes)).toEqual({ done: 12, INSUFFICIENT_STOCK: 8 });
  expect(deadlocks).toEqual([]);
});

it('creates no cart if every command that would create it is refused', async () => {
  const [user, pen] = [await newUser(), await shop.product('Pen', 1, 1)];
  const codes: string[] = [];
  const { deadlocks } = await onSessions(20, async (session) => {
    codes.push(await outcomeOf(addToCart(session, user, [{ product: pen, quantity: 2 }], ORIGIN)));
  });
  expect(tally(codes)).toEqual({ INSUFFICIENT_STOCK: 20 });
  expect(deadlocks).toEqual([]);
  expect(await shop.sql('SELECT id FROM carts WHERE user_id = ?', [user])).toEqual([]);
});

it('never removes more than a cart has, while other commands add units', async () => {
  const [user, pen] = [await newUser(), await shop.product('Pen', 1, 1_000)];
  const codes: Record<'add' | 'remove', string[]> = { add: [], remove: [] };
  const { deadlocks } = await onSessions(12, async (session, index) => {
    for (let round = 0; round < 25; round++) {
      const items = [{ product: pen, quantity: 1 }];
      if (index % 3 === 0) codes.add.push(await outcomeOf(addToCart(session, user, items, ORIGIN)));
      else codes.remove.push(await outcomeOf(removeFromCart(session, user, items, ORIGIN)));
    }
  });
  const [added, removed] = [tally(codes.add), tally(codes.remove)];
  expect(added).toEqual({ done: 100 });
  expect(Object.keys(removed).sort()).toEqual(['INSUFFICIENT_CART_QUANTITY', 'done']);
  const rows = await shop.sql<{ quantity: number }>('SELECT quantity FROM cart_lines WHERE product_id = ?', [pen]);
  expect(rows.reduce((sum, { quantity }) => sum + quantity, 0)).toBe(100 - (removed.done ?? 0));
  expect(deadlocks).toEqual([]);
});

describe('cart commands beside the lane', () => {
  /**
   * Locks the rows that `first` reads, as the lane does in its transaction. Runs `proceed` and commits once a command
   * waits for these rows.
   *
   * @returns the result of the command
   */
  async function runBlockedByLane(
    first: string,
    id: number,
    args: readonly string[],
    proceed: readonly string[],
  ): Promise<Result> {
    const lane = await shop.connection();
    try {
      await lane.query('START TRANSACTION');
      await lane.query(first, [id]);
      const command = shop.start(args);
      await eventually('a locking read that waits', async () => {
        const rows = await shop.sql(
          `SELECT ID FROM information_schema.PROCESSLIST
           WHERE DB = DATABASE() AND ID <> CONNECTION_ID() AND INFO LIKE '%LOCK IN SHARE MODE'`,
        );
        return rows.length > 0;
      });
      // if the command held one of these locks, the command and the lane would deadlock
      for (const statement of proceed) await lane.query(statement);
      await lane.query('COMMIT');
      return await command.ended;
    } finally {
      lane.destroy();
    }
  }

  it('wait for the user before they lock a product, if there is no cart yet', async () => {
    const [user, pen] = [await newUser(), await shop.product('Pen', 1, 5)];
    const args = ['cart', 'add', String(user), String(pen)];
    const proceed = [`SELECT id FROM products WHERE id = ${pen} FOR UPDATE`];
    expect(await runBlockedByLane('SELECT id FROM users WHERE id = ? FOR UPDATE', user, args, proceed)).toMatchObject({
      status: 0,
    });
  });

  it("wait for the products before they lock a line, and then read the lane's changes", async () => {
    const [user, pen] = [await newUser(), await shop.product('Pen', 1, 5)];
    await shop.ok(['cart', 'add', String(user), String(pen)]);
    const args = ['cart', 'remove', String(user), String(pen)];
    const proceed = [
      `SELECT id FROM cart_lines WHERE product_id = ${pen} FOR UPDATE`,
      `UPDATE cart_lines SET quantity = 3 WHERE product_id = ${pen}`,
    ];
    expect(await runBlockedByLane('SELECT id FROM products WHERE id = ? FOR UPDATE', pen, args, proceed)).toMatchObject(
      { status: 0 },
    );
    expect(await shop.ok(['cart', 'show', String(user)])).toMatchObject({ lines: [{ quantity: 2 }] });
  });

  it('never deadlock while the lane orders the same products and checks out the same carts', async () => {
    const users = await Promise.all(times(3, newUser));
    const pens = await Promise.all(times(5, () => shop.product('Pen', 1, 1_000_000)));
    let [expected, checkouts, working] = [0, 0, true];

    const changeCarts = async (session: Session) => {
      while (working) {
        const [user, items] = [some(users), someOf(pens)];
        await addToCart(session, user, items, ORIGIN);
        expected += units(items);
        const others = someOf(pens);
        if ((await outcomeOf(removeFromCart(session, user, others, ORIGIN))) === 'done') expected -= units(others);
      }
    };
    const applyGroups = async (session: Session) => {
      await applyAll(
        session,
        users.map((user) => ({ kind: 'charge', payload: { user, amount: 1_000_000_000_000 } })),
      );
      for (let round = 0; round < 40; round++) {
        const carts = await Promise.all(users.map((user) => checkoutContent(session, user).catch(() => null)));
        const checkingOut = carts.filter((payload) => payload !== null);
        const orders = times(6, () => ({ user: some(users), items: someOf(pens) }));
        const statuses = await applyAll(
          session,
          [...checkingOut, ...orders].map((payload) => ({ kind: 'order', payload })),
        );
        const done = checkingOut.filter((_, index) => statuses[index] === 'applied');
        for (const { items } of done) expected -= units(items);
        checkouts += done.length;
      }
    };
    const { deadlocks } = await onSessions(9, async (session, index) => {
      if (index > 0) return changeCarts(session);
      await applyGroups(session).finally(() => {
        working = false;
      });
    });
    expect(checkouts).toBeGreaterThan(5);
    expect(deadlocks).toEqual([]);
    const lines = await shop.sql<{ quantity: number }>('SELECT quantity FROM cart_lines WHERE product_id IN (?)', [
      pens,
    ]);
    expect(units(lines)).toBe(expected);
  });

  /** Records requests and applies them, as the lane does with pending requests. */
  async function applyAll(session: Session, contents: readonly RequestContent[]): Promise<string[]> {
    const ids: number[] = [];
    for (const content of contents) {
      const { id } = await recordRequest(session, content, { key: newKey(), actor: 'tester', host: 'test' });
      ids.push(id);
    }
    const { value: requests = [] } = await readRequests(session, ids).next();
    return (await applyGroup(session, requests, () => 1)).decided.map(({ status }) => status);
  }

  function some<T>(of: readonly T[]): T {
    return of[Math.floor(Math.random() * of.length)] as T;
  }

  function someOf(products: readonly number[]): { product: number; quantity: number }[] {
    return times(4, () => ({ product: some(products), quantity: 1 + Math.floor(Math.random() * 3) }));
  }

  function units(of: readonly { quantity: number }[]): number {
    return of.reduce((sum, { quantity }) => sum + quantity, 0);
  }
});
