import type { MigrationInterface, QueryRunner } from 'typeorm';
import { changeCheck } from './steps.ts';

const LEDGER_TYPES = `(type = 'charge' AND amount > 0 AND order_id IS NULL)
  OR (type = 'payment' AND amount < 0 AND order_id IS NOT NULL)`;
const STOCK_TYPES = `(type = 'initial' AND quantity >= 0 AND request_id IS NULL)
  OR (type = 'restock' AND quantity > 0 AND request_id IS NOT NULL)
  OR (type = 'sale' AND quantity < 0 AND request_id IS NOT NULL)`;

/** Orders can be cancelled: points and stock come back with rows of their own. */
export class CancelOrders1763900000000 implements MigrationInterface {
  readonly name = 'CancelOrders1763900000000';

  async up(runner: QueryRunner): Promise<void> {
    await changeChecks(runner, {
      kinds: "'charge', 'order', 'cancel', 'restock'",
      ledger: `${LEDGER_TYPES} OR (type = 'refund' AND amount > 0 AND order_id IS NOT NULL)`,
      stock: `${STOCK_TYPES} OR (type = 'return' AND quantity > 0 AND request_id IS NOT NULL)`,
    });
  }

  /** Fails where an order was cancelled: what has happened can't be taken out of the ledger. */
  async down(runner: QueryRunner): Promise<void> {
    await changeChecks(runner, { kinds: "'charge', 'order', 'restock'", ledger: LEDGER_TYPES, stock: STOCK_TYPES });
  }
}

async function changeChecks(
  runner: QueryRunner,
  { kinds, ledger, stock }: { kinds: string; ledger: string; stock: string },
): Promise<void> {
  await changeCheck(runner, 'requests', 'ck_requests_kind', `kind IN (${kinds})`);
  await changeCheck(runner, 'point_transactions', 'ck_point_transactions_type', ledger);
  await changeCheck(runner, 'stock_movements', 'ck_stock_movements_type', stock);
}
