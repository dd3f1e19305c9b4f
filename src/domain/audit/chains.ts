import { phrase } from '../phrase.ts';
import { double, MOST, type Pass, type Proof, WHOLE } from './check.ts';

/** Selects a column of the stock row `m`. */
const movement = (column: string) => `(SELECT named.${column} FROM stock_movements named WHERE named.id = m.id)`;
const BEFORE = `COALESCE((SELECT earlier.stock_after FROM stock_movements earlier
  WHERE earlier.product_id = ${movement('product_id')} AND earlier.id < m.id ORDER BY earlier.id DESC LIMIT 1), 0)`;

/**
 * Proves that each row of a chain continues the row before it. This is the case if and only if each row holds the sum of all
 * amounts up to and including its own. A running sum needs no memory. If each row were compared with the previous row, the
 * server would keep all rows in memory.
 *
 * @param columns `of` identifies the chain, `after` is the balance or stock after the `amount`.
 * @param wrong another condition that must not be true for any row; it may use the window `chain`.
 */
function running(table: string, columns: { of: string; amount: string; after: string }, wrong = 'FALSE'): Proof {
  const { of, amount, after } = columns;
  // a double is exact enough, because a row with a sum above 2^53 - 1 is at fault anyway
  const broken = `${after} NOT BETWEEN 0 AND ${MOST} OR ${after} <> SUM(${double(amount)}) OVER chain`;
  return {
    from: `(
        SELECT ${broken} OR ${wrong} AS broken FROM ${table}
        WINDOW chain AS (PARTITION BY ${of} ORDER BY id ROWS UNBOUNDED PRECEDING)
      ) chained`,
    when: 'chained.broken',
  };
}

/**
 * The ledger and the stock rows are chains, because each row holds the balance or stock after its change. Nothing is lost if
 * each row continues the previous row, and the last row holds the user's balance or the product's stock.
 *
 * LAG takes no default value on MariaDB, so COALESCE provides it. Sums can't overflow, because the server adds BIGINTs as
 * DECIMALs. Differences can't overflow either, because a CHECK keeps each subtracted column within 2^53.
 */
export const CHAINS: readonly Pass[] = [
  {
    from: `users u
      LEFT JOIN (
        SELECT user_id, SUM(amount) AS total, MAX(id) AS last_id FROM point_transactions ${WHOLE} GROUP BY user_id
      ) t ON t.user_id = u.id
      LEFT JOIN point_transactions last ON last.id = t.last_id`,
    rules: [
      {
        check: 'balances',
        when: `u.balance < 0 OR u.balance <> COALESCE(t.total, 0) OR u.balance <> COALESCE(last.balance_after, 0)`,
        names: `u.id AS userId, u.balance, COALESCE(t.total, 0) AS ledger, t.last_id AS lastTransactionId,
          COALESCE(last.balance_after, 0) AS lastBalance`,
        describe: (f) =>
          f.lastTransactionId === null
            ? phrase`User ${f.userId} has a balance of ${f.balance}, but no ledger rows.`
            : phrase`User ${f.userId} has a balance of ${f.balance}, but the ledger rows add up to ${f.ledger}, and the last row records ${f.lastBalance}.`,
      },
    ],
  },
  {
    from: `(
        SELECT id, user_id, amount, balance_after,
          COALESCE(LAG(balance_after) OVER (PARTITION BY user_id ORDER BY id), 0) AS previous
        FROM point_transactions
      ) t`,
    proof: running('point_transactions', { of: 'user_id', amount: 'amount', after: 'balance_after' }),
    rules: [
      {
        check: 'ledger-chain',
        when: 't.balance_after < 0 OR t.balance_after - t.previous <> t.amount',
        names: `t.id AS transactionId, t.user_id AS userId, t.previous AS balanceBefore, t.amount,
          t.balance_after AS balanceAfter`,
        describe: (f) =>
          phrase`Ledger row ${f.transactionId} of user ${f.userId} records the balance ${f.balanceAfter}, which is not the previous balance (${f.balanceBefore}) plus the amount (${f.amount}).`,
      },
    ],
  },
  {
    from: `products p
      LEFT JOIN (
        SELECT product_id, SUM(quantity) AS total, MAX(id) AS last_id FROM stock_movements ${WHOLE} GROUP BY product_id
      ) m ON m.product_id = p.id
      LEFT JOIN stock_movements last ON last.id = m.last_id`,
    rules: [
      {
        check: 'stocks',
        when: 'p.stock < 0 OR p.stock <> COALESCE(m.total, 0) OR p.stock <> COALESCE(last.stock_after, 0)',
        names: `p.id AS productId, p.stock, COALESCE(m.total, 0) AS movements, m.last_id AS lastMovementId,
          COALESCE(last.stock_after, 0) AS lastStock`,
        describe: (f) =>
          f.lastMovementId === null
            ? phrase`Product ${f.productId} has a stock of ${f.stock}, but no stock rows.`
            : phrase`Product ${f.productId} has a stock of ${f.stock}, but the stock rows add up to ${f.movements}, and the last row records ${f.lastStock}.`,
      },
      {
        check: 'stock-chain',
        when: 'm.last_id IS NULL',
        names: 'p.id AS productId, p.stock',
        describe: (f) => phrase`Product ${f.productId} has a stock of ${f.stock}, but no stock rows.`,
      },
    ],
  },
  {
    // only the needed columns are selected, because this is the longest table, and the server stores the whole result of a
    // window function
    from: `(
        SELECT id, stock_after < 0 OR stock_after - COALESCE(LAG(stock_after) OVER chain, 0) <> quantity AS breaks,
          LAG(id) OVER chain IS NULL AS leads, type = 'initial' AS starts
        FROM stock_movements WINDOW chain AS (PARTITION BY product_id ORDER BY id)
      ) m`,
    proof: running(
      'stock_movements',
      { of: 'product_id', amount: 'quantity', after: 'stock_after' },
      "(type = 'initial') <> (COUNT(*) OVER chain = 1)",
    ),
    rules: [
      {
        check: 'stock-chain',
        when: 'm.breaks',
        names: `m.id AS movementId, ${movement('product_id')} AS productId,
          ${BEFORE} AS stockBefore, ${movement('quantity')} AS quantity, ${movement('stock_after')} AS stockAfter`,
        describe: (f) =>
          phrase`Stock row ${f.movementId} of product ${f.productId} records the stock ${f.stockAfter}, which is not the previous stock (${f.stockBefore}) plus the quantity (${f.quantity}).`,
      },
      {
        check: 'stock-chain',
        when: 'm.leads AND NOT m.starts',
        names: `m.id AS movementId, ${movement('product_id')} AS productId, ${movement('type')} AS type`,
        describe: (f) =>
          phrase`Stock row ${f.movementId} is the first row of product ${f.productId}, but has the type ${f.type} instead of initial.`,
      },
      {
        check: 'stock-chain',
        when: 'm.starts AND NOT m.leads',
        names: `m.id AS movementId, ${movement('product_id')} AS productId`,
        describe: (f) =>
          phrase`Stock row ${f.movementId} has the type initial, but is not the first row of product ${f.productId}.`,
      },
    ],
  },
];
