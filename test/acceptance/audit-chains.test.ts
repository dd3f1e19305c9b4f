import { expect } from 'vitest';
import { itFinds, ledgerRow, NOWHERE, request, setDetail, stockRow, useAuditedShop } from '../support/audited-shop.ts';

useAuditedShop();

itFinds([
  [
    'a balance that differs from the ledger',
    ['balances'],
    ['UPDATE users SET balance = balance + 1 WHERE id = :bob'],
    [{ userId: ':bob', balance: 448, ledger: 447, lastTransactionId: ':lastRow', lastBalance: 447 }],
  ],
  [
    'a balance without a ledger, too large for a double',
    ['balances'],
    ['UPDATE users SET balance = 9007199254740993 WHERE id = :idle'],
    [
      {
        userId: ':idle',
        balance: '9007199254740993',
        ledger: 0,
        lastTransactionId: null,
        lastBalance: 0,
        fault: expect.stringMatching(/but no ledger rows\.$/),
      },
    ],
  ],
  [
    'a negative balance',
    ['balances', 'ledger-chain'],
    [
      ...request(
        NOWHERE,
        'charge',
        '{"user":3,"amount":-3}',
        '{"userId":3,"amount":-3,"balance":-3,"transactionId"::nextRow}',
      ),
      ledgerRow(':idle', 'charge', -3, '-3', NOWHERE, 'NULL'),
      'UPDATE users SET balance = -3 WHERE id = :idle',
    ],
    [{ userId: ':idle', balance: -3, ledger: -3, lastBalance: -3 }],
  ],
  [
    'a missing last row of the ledger',
    ['balances', 'effects'],
    ['DELETE FROM point_transactions WHERE id = :lastRow'],
    [{ userId: ':bob', balance: 447, ledger: 440, lastTransactionId: ':order2Row', lastBalance: 440 }],
  ],
  [
    'a ledger row that does not continue the previous row',
    ['ledger-chain'],
    [
      'UPDATE point_transactions SET balance_after = 12001 WHERE id = :charge3Row',
      setDetail('balance', '12001', ':charge3'),
    ],
    [
      { transactionId: ':charge3Row', userId: ':ann', balanceBefore: 10_000, amount: 2_000, balanceAfter: 12_001 },
      { transactionId: ':order1Row', userId: ':ann', balanceBefore: 12_001, amount: -290, balanceAfter: 11_710 },
    ],
  ],
  [
    'a missing row within the ledger',
    ['ledger-chain', 'balances', 'effects'],
    ['DELETE FROM point_transactions WHERE id = :charge3Row'],
    [{ transactionId: ':order1Row', userId: ':ann', balanceBefore: 10_000, amount: -290, balanceAfter: 11_710 }],
  ],
  [
    'an amount above the maximum',
    ['ledger-chain', 'balances', 'outcome-details', 'requests'],
    ['UPDATE point_transactions SET amount = 9223372036854775807 WHERE id = :charge3Row'],
    [{ transactionId: ':charge3Row', amount: '9223372036854775807' }],
  ],
  [
    'a stock that differs from its stock rows',
    ['stocks'],
    ['UPDATE products SET stock = stock - 1 WHERE id = :pen'],
    [{ productId: ':pen', stock: 9, movements: 10, lastStock: 10 }],
  ],
  [
    'a negative stock',
    ['stocks'],
    ['UPDATE products SET stock = -1 WHERE id = :unsold'],
    [{ productId: ':unsold', stock: -1, movements: 0, lastStock: 0 }],
  ],
  [
    'a missing last stock row',
    ['stocks', 'sales'],
    ['DELETE FROM stock_movements WHERE request_id = :checkout AND product_id = :pen'],
    [{ productId: ':pen', stock: 10, movements: 12, lastStock: 12 }],
  ],
  [
    'a stock row that does not continue the previous row',
    ['stock-chain'],
    ["UPDATE stock_movements SET stock_after = 11 WHERE product_id = :pen AND type = 'initial'"],
    [
      { productId: ':pen', stockBefore: 0, quantity: 10, stockAfter: 11 },
      { productId: ':pen', stockBefore: 11, quantity: -2, stockAfter: 8 },
    ],
  ],
  [
    'a stock row with a negative stock, and a stock row above the maximum',
    ['stock-chain', 'stocks'],
    [
      "UPDATE stock_movements SET quantity = 9223372036854775807, stock_after = -1 WHERE product_id = :unsold AND type = 'initial'",
    ],
    [{ productId: ':unsold', stockBefore: 0, quantity: '9223372036854775807', stockAfter: -1 }],
  ],
  [
    'a missing first stock row',
    ['stock-chain', 'stocks'],
    ["DELETE FROM stock_movements WHERE product_id = :pen AND type = 'initial'"],
    [
      { productId: ':pen', stockBefore: 0, quantity: -2, stockAfter: 8 },
      { productId: ':pen', type: 'sale' },
    ],
  ],
  [
    'a second first stock row',
    ['stock-chain'],
    stockRow(':pen', 'initial', 0, 'NULL'),
    [{ productId: ':pen', movementId: expect.any(Number) }],
  ],
  [
    'a product without stock rows',
    ['stock-chain'],
    ['DELETE FROM stock_movements WHERE product_id = :unsold'],
    [{ productId: ':unsold' }],
  ],
]);
