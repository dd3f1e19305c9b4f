import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Session } from '../../src/db/mysql/connection.ts';
import { applyGroup } from '../../src/domain/apply/apply.ts';
import { FileImport } from '../../src/domain/imports/import.ts';
import type { ImportCounts, ImportPlan } from '../../src/domain/imports/plan.ts';
import { type ImportKind, type ImportRow, readImportRow } from '../../src/domain/imports/row.ts';
import type { RequestContent } from '../../src/domain/requests/kinds/index.ts';
import { readRequests } from '../../src/domain/requests/pending.ts';
import { newKey, recordRequest } from '../../src/domain/requests/request.ts';
import { openSession } from '../../src/domain/servers/connections.ts';
import { createUser } from '../../src/domain/shop/users.ts';
import { eventually } from '../support/eventually.ts';
import { interceptStatements, recordConflicts } from '../support/session-interceptors.ts';
import { TestShop } from '../support/shop.ts';

let shop: TestShop;

// no worker runs: the tests themselves apply what they record
beforeAll(async () => {
  shop = await TestShop.create();
});

afterAll(async () => {
  expect(await shop.faults()).toEqual([]);
  await shop.close();
});

const origin = { actor: 'tester', host: 'here' };

function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

function rowsOf(rows: readonly Readonly<Record<string, unknown>>[]): ImportRow[] {
  return rows.map((fields, index) => readImportRow(index + 2, fields));
}

function products(references: readonly string[], values: Readonly<Record<string, unknown>>): ImportRow[] {
  return rowsOf(references.map((reference) => ({ reference, name: reference, ...values })));
}

async function importRows(session: Session, kind: ImportKind, rows: readonly ImportRow[]): Promise<ImportPlan> {
  return new FileImport(session, kind, { file: 'rows.csv', readIds: false }, origin).rows(rows);
}

async function imported(session: Session, rows: readonly ImportRow[]): Promise<ImportCounts> {
  return (await importRows(session, 'product', rows)).counts;
}

async function idOf(reference: string): Promise<number> {
  const [row] = await shop.sql<{ id: number }>('SELECT id FROM products WHERE reference = ?', [reference]);
  return row?.id ?? 0;
}

async function withSession<T>(work: (session: Session) => Promise<T>): Promise<T> {
  const session = await openSession(shop.databaseUrl);
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}

it('finds the stock rows of its products if ids are assigned in steps', async () => {
  await withSession(async (session) => {
    await session.execute('SET SESSION auto_increment_increment = 7, auto_increment_offset = 3');
    const references = times(20, (index) => `step-${index}`);
    expect(await imported(session, products(references, { price: 1, stock: 4 }))).toMatchObject({ created: 20 });
  });
  const rows = await shop.sql(
    `SELECT p.id FROM products p JOIN stock_movements m ON m.product_id = p.id AND m.stock_after = p.stock
     WHERE p.reference LIKE 'step-%' AND m.type = 'initial'`,
  );
  expect(rows).toHaveLength(20);
});

it('finds rows that another session has created meanwhile, and keeps nothing of the first attempt', async () => {
  const file = products(['late-0', 'late-1', 'late-2', 'late-3'], { price: 2, stock: 1 });
  await withSession(async (session) => {
    await imported(session, products(['late-0'], { price: 1, stock: 9 }));
    let looks = 0;
    const behind = interceptStatements(session, async (sql, send) => {
      const result = await send();
      if (sql.startsWith('SELECT id, reference') && ++looks === 1) {
        await withSession((other) => imported(other, products(['late-3', 'late-2'], { price: 1, stock: 9 })));
      }
      return result;
    });
    expect(await imported(behind, file)).toMatchObject({ created: 1, updated: 3, unchanged: 0, refused: 0 });
    expect(looks).toBe(2);
  });
  expect(await shop.sql("SELECT reference, price, stock FROM products WHERE reference LIKE 'late-%'")).toEqual(
    expect.arrayContaining([
      { reference: 'late-0', price: 2, stock: 9 },
      { reference: 'late-1', price: 2, stock: 1 },
      { reference: 'late-2', price: 2, stock: 9 },
      { reference: 'late-3', price: 2, stock: 9 },
    ]),
  );
});

it('tries again if it has waited for a row too long', async () => {
  const rows = (price: number) => products(['slow-1', 'slow-2'], { price, stock: 1 });
  await withSession((session) => imported(session, rows(1)));
  const other = await shop.connection();
  await other.query('START TRANSACTION');
  await other.query("SELECT id FROM products WHERE reference = 'slow-2' FOR UPDATE");
  await withSession(async (session) => {
    await session.execute('SET SESSION innodb_lock_wait_timeout = 1');
    const lost: string[] = [];
    const importing = imported(recordConflicts(session, lost), rows(2));
    await eventually('a failed attempt', () => lost.length > 0);
    await other.query('ROLLBACK');
    expect(await importing).toMatchObject({ updated: 2 });
  });
  await other.end();
});

it('creates a user even if it has waited for the reference too long', async () => {
  const other = await shop.connection();
  await other.query('START TRANSACTION');
  await other.query("INSERT INTO users (reference, name, balance, created_at) VALUES ('slow', 'Ann', 0, NOW())");
  await withSession(async (session) => {
    await session.execute('SET SESSION innodb_lock_wait_timeout = 1');
    const lost: string[] = [];
    const creating = createUser(recordConflicts(session, lost), { name: 'Bob', reference: 'slow' }, origin);
    await eventually('a failed attempt', () => lost.length > 0);
    await other.query('ROLLBACK');
    expect(await creating).toMatchObject({ name: 'Bob', reference: 'slow' });
  });
  await other.end();
});

it('creates each reference once if several imports have the same rows in different orders', async () => {
  const references = times(300, (index) => `order-${index}`);
  const counts = await Promise.all(
    times(6, (index) =>
      withSession((session) => {
        const turned = index % 2 === 0 ? references : references.toReversed();
        return imported(session, products(turned, { price: 1, stock: 3 }));
      }),
    ),
  );
  expect(counts.reduce((sum, { created }) => sum + created, 0)).toBe(300);
  expect(counts.reduce((sum, { unchanged }) => sum + unchanged, 0)).toBe(5 * 300);
  expect(await shop.sql("SELECT id FROM products WHERE reference LIKE 'order-%'")).toHaveLength(300);
});

describe('an import beside the lane', () => {
  it('waits for a row that the lane holds before it stores one that the lane might read', async () => {
    await withSession((session) => imported(session, products(['first'], { price: 1, stock: 1 })));
    const id = await idOf('first');
    const lane = await shop.connection();
    await lane.query('SET innodb_lock_wait_timeout = 5');
    await lane.query('START TRANSACTION');
    await lane.query('SELECT id FROM products WHERE id = ? FOR UPDATE', [id]);
    await withSession(async (session) => {
      const lost: string[] = [];
      const importing = imported(recordConflicts(session, lost), products(['second', 'first'], { price: 2, stock: 1 }));
      await eventually('a statement that waits', async () => {
        const rows = await shop.sql(
          "SELECT ID FROM information_schema.PROCESSLIST WHERE DB = DATABASE() AND INFO LIKE 'UPDATE JSON_TABLE%'",
        );
        return rows.length > 0;
      });
      await lane.query('SELECT id FROM products WHERE id IN (?) FOR UPDATE', [times(20, (index) => id + index)]);
      await lane.query('ROLLBACK');
      expect(await importing).toMatchObject({ created: 1, updated: 1 });
      expect(lost).toEqual([]);
    });
    await lane.end();
  });

  it('never deadlocks while it renames and reprices products that are ordered and charged', async () => {
    const references = times(12, (index) => `busy-${index}`);
    const price = () => 1 + Math.floor(Math.random() * 5);
    const shuffled = () => references.toSorted(() => Math.random() - 0.5);
    const userRows = () => rowsOf(shuffled().map((reference) => ({ reference, name: `${reference} ${price()}` })));
    const lost: string[] = [];
    let working = true;
    await withSession(async (session) => {
      await importRows(session, 'user', userRows());
      await imported(session, products(references, { price: 1, stock: 1_000_000 }));
    });

    const importRepeatedly = () =>
      withSession(async (session) => {
        let rounds = 0;
        for (; working; rounds++) {
          await importRows(recordConflicts(session, lost), 'user', userRows());
          await imported(recordConflicts(session, lost), products(shuffled(), { price: price() }));
        }
        return rounds;
      });
    const applyRequests = async () => {
      await withSession(async (session) => {
        for (let round = 0; round < 40; round++) {
          const contents = shuffled().flatMap((reference): RequestContent[] => [
            { kind: 'charge', payload: { user: `@${reference}`, amount: 1_000 } },
            {
              kind: 'order',
              payload: {
                user: `@${reference}`,
                items: shuffled()
                  .slice(0, 3)
                  .map((product) => ({ product: `@${product}`, quantity: 1 })),
              },
            },
          ]);
          const ids: number[] = [];
          for (const content of contents) {
            ids.push((await recordRequest(session, content, { key: newKey(), actor: 'tester', host: 'test' })).id);
          }
          const { value: requests = [] } = await readRequests(session, ids).next();
          const { decided } = await applyGroup(recordConflicts(session, lost), requests, () => 1);
          expect(new Set(decided.map(({ status }) => status))).toEqual(new Set(['applied']));
        }
      }).finally(() => {
        working = false;
      });
    };
    const [, ...rounds] = await Promise.all([
      applyRequests(),
      importRepeatedly(),
      importRepeatedly(),
      importRepeatedly(),
    ]);
    for (const count of rounds) expect(count).toBeGreaterThan(5);
    expect(lost).toEqual([]);
  });
});
