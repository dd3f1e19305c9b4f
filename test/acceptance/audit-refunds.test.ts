import { expect } from 'vitest';
import { itFinds, ledgerRow, NOWHERE, request, setPayload, stockRow, useAuditedShop } from '../support/audited-shop.ts';

useAuditedShop();

itFinds([
  [
    'a cancelled order without a refund',
    ['refunds', 'returns'],
    ["UPDATE orders SET status = 'cancelled' WHERE id = :order1Order"],
    [{ orderId: ':order1Order', total: 290, refunds: 0, refunded: 0 }],
  ],
  [
    'a refund of an order that is not cancelled',
    ['refunds'],
    ["UPDATE orders SET status = 'placed' WHERE id = :order4Order"],
    [{ transactionId: ':cancel4Row', orderId: ':order4Order', status: 'placed', userId: ':ann' }],
  ],
  [
    'a refund of more than the total',
    ['refunds', 'payments', 'order-totals'],
    ['UPDATE orders SET total = 400 WHERE id = :order4Order'],
    [{ orderId: ':order4Order', total: 400, refunds: 1, refunded: 420 }],
  ],
  [
    'an order with an impossible status',
    ['refunds', 'returns'],
    ["UPDATE orders SET status = 'returned' WHERE id = :order4Order"],
    [{ orderId: ':order4Order', status: 'returned', total: 420, refunds: 1, refunded: 420 }],
  ],
  [
    'an order whose refund differs from its lines',
    ['refunds'],
    ['UPDATE orders SET refunded = 419 WHERE id = :order4Order'],
    [{ orderId: ':order4Order', refunded: 419, linesRefunded: 420 }],
  ],
  [
    'returned units that were not refunded',
    ['refunds', 'hourly-sales'],
    ['UPDATE order_lines SET returned = 1 WHERE order_id = :order1Order AND product_id = :pen'],
    [{ orderId: ':order1Order', refunded: 0, linesRefunded: 100 }],
  ],
  [
    'a refund of a missing order',
    ['refunds', 'requests', 'outcome-details'],
    [`UPDATE point_transactions SET order_id = ${NOWHERE} WHERE id = :cancel4Row`],
    [{ transactionId: ':cancel4Row', orderId: NOWHERE, status: null, orderUserId: null }],
  ],
  [
    'a refund to a different user',
    ['refunds', 'payments'],
    ['UPDATE orders SET user_id = :bob WHERE id = :order4Order'],
    [{ transactionId: ':cancel4Row', orderId: ':order4Order', userId: ':ann', orderUserId: ':bob' }],
  ],
  [
    'a second refund',
    ['refunds', 'cancels'],
    [
      ...request(
        NOWHERE,
        'cancel',
        '{"order"::order4Order}',
        '{"orderId"::order4Order,"userId"::ann,"total":420,"balance":11710,"transactionId"::nextRow}',
      ),
      ledgerRow(':ann', 'refund', 420, '11710', NOWHERE, ':order4Order'),
      'UPDATE users SET balance = 11710 WHERE id = :ann',
    ],
    [{ orderId: ':order4Order', total: 420, refunds: 2, refunded: 840 }],
  ],
  [
    'a cancel that does not return a product',
    ['cancels', 'stock-chain', 'stocks'],
    ['DELETE FROM stock_movements WHERE request_id = :cancel4 AND product_id = :ink'],
    [{ orderId: ':order4Order', productId: ':ink', quantity: 4, requestId: ':cancel4', movementId: null }],
  ],
  [
    'a cancel that returns more than was bought',
    ['cancels', 'stock-chain', 'stocks'],
    ['UPDATE stock_movements SET quantity = 5 WHERE request_id = :cancel4 AND product_id = :ink'],
    [{ orderId: ':order4Order', productId: ':ink', quantity: 4, rows: 1, moved: 5 }],
  ],
  [
    'a cancel that returns a product twice',
    ['cancels'],
    stockRow(':ink', 'return', 4, ':cancel4'),
    [{ orderId: ':order4Order', productId: ':ink', quantity: 4, requestId: ':cancel4', rows: 2, moved: 8 }],
  ],
  [
    'a return by a missing request',
    ['refunds'],
    stockRow(':unsold', 'return', 1, String(NOWHERE)),
    [{ productId: ':unsold', quantity: 1, requestId: NOWHERE, orderId: null }],
  ],
  [
    'a return of a product that the cancelled order does not contain',
    ['refunds'],
    stockRow(':unsold', 'return', 1, ':cancel4'),
    [{ productId: ':unsold', quantity: 1, requestId: ':cancel4', orderId: ':order4Order' }],
  ],
  [
    'a return by a request that is not a cancel',
    ['refunds'],
    stockRow(':unsold', 'return', 1, ':charge1'),
    [{ productId: ':unsold', quantity: 1, requestId: ':charge1', orderId: null }],
  ],
  [
    'a partially returned order with the status of a returned one',
    ['refunds'],
    ["UPDATE orders SET status = 'returned' WHERE id = :order5Order"],
    [{ orderId: ':order5Order', status: 'returned', total: 660, recorded: 420, refunds: 2, cancels: 0 }],
  ],
  [
    'a cancelled order with the status of a returned one',
    ['refunds', 'returns'],
    ["UPDATE orders SET status = 'returned' WHERE id = :order7Order"],
    [{ orderId: ':order7Order', status: 'returned', total: 340, recorded: 340, refunds: 2, cancels: 1 }],
  ],
  [
    'a fully refunded order with the status of a partially returned one',
    ['refunds', 'payments', 'order-totals'],
    ['UPDATE orders SET total = 420 WHERE id = :order5Order'],
    [{ orderId: ':order5Order', status: 'partially_returned', total: 420, recorded: 420, refunds: 2, cancels: 0 }],
  ],
  [
    'a returned order with the status of a cancelled one',
    ['refunds', 'payments', 'returns', 'order-totals'],
    ["UPDATE orders SET status = 'cancelled', total = 420 WHERE id = :order5Order"],
    [{ orderId: ':order5Order', status: 'cancelled', total: 420, recorded: 420, refunds: 2, cancels: 0 }],
  ],
  [
    'a cancel that restocks units that were returned before',
    ['cancels', 'stock-chain', 'stocks'],
    ['UPDATE stock_movements SET quantity = 3 WHERE request_id = :cancel7'],
    [{ orderId: ':order7Order', productId: ':cup', quantity: 3, returned: 1, rows: 1, moved: 3 }],
  ],
  [
    'a cancel that restocks a line that was returned completely',
    ['cancels'],
    stockRow(':jar', 'return', 1, ':cancel7'),
    [{ orderId: ':order7Order', productId: ':jar', quantity: 1, returned: 1, rows: 1, moved: 1 }],
  ],
  [
    'a cancelled order with a line that is not returned completely',
    ['returns', 'refunds', 'hourly-sales'],
    ['UPDATE order_lines SET returned = 0 WHERE order_id = :order4Order ORDER BY position LIMIT 1'],
    [
      {
        orderId: ':order4Order',
        returned: 0,
        fault: expect.stringMatching(/only 0 of its \d+ units of .* are recorded as returned\.$/),
      },
    ],
  ],
  [
    'a line that is returned beyond its quantity',
    ['returns', 'refunds', 'hourly-sales'],
    ['UPDATE order_lines SET returned = 6 WHERE order_id = :order5Order AND product_id = :cup'],
    [{ orderId: ':order5Order', productId: ':cup', quantity: 5, returned: 6, asked: 3 }],
  ],
  [
    'a return of fewer units than requested',
    ['returns', 'outcome-details'],
    [setPayload('items[0].quantity', '9', ':return5')],
    [
      { orderId: ':order5Order', productId: ':cup', quantity: 5, returned: 3, asked: 11 },
      { requestId: ':return5', productId: ':cup', quantity: 10, restock: 'true', rows: 1, moved: 2 },
      { requestId: ':return5', transactionId: ':return5Row', amount: 320, paid: 1_120 },
    ],
  ],
  [
    'a return of a product that the order does not contain',
    ['returns', 'outcome-details'],
    [setPayload('items[1].product', "'@pen'", ':return5')],
    [
      { orderId: ':order5Order', productId: ':jar', returned: 3, asked: 0 },
      { requestId: ':return5', productId: ':pen', orderId: ':order5Order', quantity: 3 },
      { requestId: ':return5', productId: ':pen', movementId: null },
      { requestId: ':return5', productId: ':jar', movementId: expect.any(Number) },
      { requestId: ':return5', transactionId: ':return5Row', amount: 320, paid: 200 },
    ],
  ],
  [
    'a return without restock that restocks',
    ['returns'],
    stockRow(':cup', 'return', 1, ':lost5'),
    [{ requestId: ':lost5', productId: ':cup', quantity: 1, restock: 'false', rows: 1, moved: 1 }],
  ],
  [
    'a return that does not restock a product',
    ['returns', 'stock-chain', 'stocks'],
    ['DELETE FROM stock_movements WHERE request_id = :return5 AND product_id = :jar'],
    [{ requestId: ':return5', productId: ':jar', quantity: 3, movementId: null }],
  ],
  [
    'a return that restocks another product of the order',
    ['returns'],
    stockRow(':jar', 'return', 1, ':lost5'),
    [{ movementId: expect.any(Number), productId: ':jar', quantity: 1, requestId: ':lost5' }],
  ],
  [
    'a return that refunds a wrong price',
    ['returns', 'refunds', 'order-totals'],
    ['UPDATE order_lines SET unit_price = 101 WHERE order_id = :order5Order AND product_id = :cup'],
    [
      { requestId: ':return5', transactionId: ':return5Row', amount: 320, paid: 322 },
      { requestId: ':lost5', transactionId: ':lost5Row', amount: 100, paid: 101 },
    ],
  ],
]);
