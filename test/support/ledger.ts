import { expect } from 'vitest';
import type { TestShop } from './shop.ts';

/** Expects that a user's ledger follows the order in which the requests were recorded. */
export async function expectLedgerInOrder(shop: TestShop, user: number): Promise<void> {
  const rows = await shop.sql<{ request: number }>(
    'SELECT request_id AS request FROM point_transactions WHERE user_id = ? ORDER BY id',
    [user],
  );
  const ids = rows.map(({ request }) => request);
  expect(ids).toEqual([...ids].sort((a, b) => a - b));
}
