import { itFinds, setDetail, setPayload, stockRow, useAuditedShop } from '../support/audited-shop.ts';

useAuditedShop();

itFinds([
  [
    'a return of a different order than requested',
    ['requests'],
    [setPayload('order', ':order1Order', ':return5')],
    [{ requestId: ':return5', kind: 'return', orderId: ':order5Order' }],
  ],
  [
    'a charge of a different amount than requested',
    ['requests'],
    [setPayload('amount', '9999', ':charge1')],
    [{ requestId: ':charge1', kind: 'charge', transactionId: ':charge1Row', userId: ':ann', amount: 10_000 }],
  ],
  [
    'a charge of a different user than requested',
    ['requests'],
    [setPayload('user', "'@bob'", ':charge1')],
    [{ requestId: ':charge1', userId: ':ann' }],
  ],
  [
    'an order of a different user than requested',
    ['requests'],
    [setPayload('user', ':bob', ':order1')],
    [{ requestId: ':order1', kind: 'order', userId: ':ann', orderId: ':order1Order' }],
  ],
  [
    'an order of a different quantity than requested',
    ['requests'],
    [setPayload('items[0].quantity', '1', ':order1')],
    [{ requestId: ':order1', orderId: ':order1Order', productId: ':pen', asked: 1, ordered: 2 }],
  ],
  [
    'an order of a different product than requested',
    ['requests'],
    [setPayload('items[0].product', "'@ink'", ':order2').replace('@ink', '@pen')],
    [{ requestId: ':order2', orderId: ':order2Order', productId: ':ink', asked: 0, ordered: 2 }],
  ],
  [
    'an order of fewer units than requested',
    ['requests'],
    [setPayload('items[1]', `JSON_OBJECT('product', '@pen', 'quantity', 1)`, ':order2')],
    [{ requestId: ':order2', orderId: ':order2Order', items: 2, lines: 1, asked: 3, ordered: 2 }],
  ],
  [
    'an order of an item that was not requested',
    ['requests'],
    [`UPDATE requests SET payload = JSON_REMOVE(payload, '$.items[1]') WHERE id = :order1`],
    [
      { requestId: ':order1', items: 1, lines: 2, asked: 2, ordered: 5 },
      { requestId: ':order1', productId: ':ink', asked: 0, ordered: 3 },
    ],
  ],
  [
    'a cancel of a different order than requested',
    ['requests'],
    [setPayload('order', ':order1Order', ':cancel4')],
    [{ requestId: ':cancel4', kind: 'cancel', orderId: ':order4Order' }],
  ],
  [
    'a restock of a different quantity than requested',
    ['requests'],
    [setPayload('quantity', '6', ':restock')],
    [{ requestId: ':restock', productId: ':pen', quantity: 5 }],
  ],
  [
    'a restock of two products',
    ['requests', 'effects', 'outcome-details'],
    stockRow(':unsold', 'restock', 5, ':restock'),
    [{ requestId: ':restock', productId: ':unsold', quantity: 5 }],
  ],
  [
    'adjustments without reasons',
    ['requests'],
    ['UPDATE requests SET reason = NULL WHERE id IN (:adjust, :count)'],
    [
      { requestId: ':adjust', kind: 'points-adjust' },
      { requestId: ':count', kind: 'stock-adjust' },
    ],
  ],
  [
    'an adjustment of points with a different sign than requested',
    ['requests'],
    [setPayload('amount', '20', ':adjust')],
    [{ requestId: ':adjust', kind: 'points-adjust', transactionId: ':adjustRow', amount: -20 }],
  ],
  [
    'an adjustment of stock by a different number than requested',
    ['requests'],
    [setPayload('by', '-2', ':damage')],
    [{ requestId: ':damage', kind: 'stock-adjust', productId: ':lamp', quantity: -1 }],
  ],
  [
    'a stock count with a different stock than requested',
    ['requests'],
    [setPayload('to', '14', ':count')],
    [{ requestId: ':count', kind: 'stock-adjust', productId: ':lamp', quantity: 1, stock: 13 }],
  ],
  [
    'a stock count at a different stock than expected',
    ['requests'],
    [setPayload('expect', '11', ':count')],
    [{ requestId: ':count', productId: ':lamp', quantity: 1, stock: 13 }],
  ],
  [
    'a return whose outcome has a wrong balance',
    ['outcome-details'],
    [setDetail('balance', '1', ':return5')],
    [{ requestId: ':return5', transactionId: ':return5Row', type: 'refund', amount: 320, orderId: ':order5Order' }],
  ],
  [
    'an adjustment of points whose outcome has a wrong balance',
    ['outcome-details'],
    [setDetail('balance', '1', ':adjust')],
    [{ requestId: ':adjust', transactionId: ':adjustRow', type: 'adjustment', amount: -20 }],
  ],
  [
    'an adjustment of stock whose outcome has a wrong difference',
    ['outcome-details'],
    [setDetail('difference', '2', ':count')],
    [{ requestId: ':count', productId: ':lamp', quantity: 1, stock: 13 }],
  ],
  [
    'an adjustment of stock whose outcome has a wrong stock before it',
    ['outcome-details'],
    [setDetail('before', '1', ':damage')],
    [{ requestId: ':damage', productId: ':lamp', quantity: -1 }],
  ],
  [
    'a charge whose outcome has a wrong balance',
    ['outcome-details'],
    [setDetail('balance', '10001', ':charge1')],
    [{ requestId: ':charge1', transactionId: ':charge1Row', userId: ':ann', amount: 10_000, balance: 10_000 }],
  ],
  [
    'a charge whose outcome names a wrong ledger row',
    ['outcome-details'],
    [setDetail('transactionId', ':charge2Row', ':charge1')],
    [{ requestId: ':charge1', transactionId: ':charge1Row' }],
  ],
  [
    'an order whose outcome names a wrong order',
    ['outcome-details'],
    [setDetail('orderId', ':order2Order', ':order1')],
    [{ requestId: ':order1', type: 'payment', orderId: ':order1Order' }],
  ],
  [
    'an order whose outcome has a wrong total',
    ['outcome-details'],
    [setDetail('total', '291', ':order1')],
    [{ requestId: ':order1', transactionId: ':order1Row', type: 'payment', amount: -290, balance: 11_710 }],
  ],
  [
    'a return whose outcome has wrong returned units',
    ['outcome-details'],
    [setDetail('returned[0]', '3', ':return5')],
    [{ requestId: ':return5', productId: ':cup', returned: 2, recorded: 3 }],
  ],
  [
    'a return whose outcome lacks the units of an earlier return',
    ['outcome-details'],
    [setDetail('returned', 'JSON_ARRAY(1, 3)', ':lost5')],
    [{ requestId: ':lost5', productId: ':cup', returned: 3, recorded: 1 }],
  ],
  [
    'a return whose outcome has no returned units',
    ['outcome-details'],
    [`UPDATE outcomes SET details = JSON_REMOVE(details, '$.returned') WHERE request_id = :return6`],
    [{ requestId: ':return6', productId: ':jar', returned: 2, recorded: null }],
  ],
  [
    'a return whose outcome has more lines than the order',
    ['outcome-details'],
    [setDetail('returned', 'JSON_ARRAY(2, 0)', ':return6')],
    [{ requestId: ':return6', productId: ':jar', returned: 2, recorded: 2 }],
  ],
  [
    'a cancel whose outcome has a wrong order',
    ['outcome-details'],
    [setDetail('orderId', ':order1Order', ':cancel4')],
    [{ requestId: ':cancel4', type: 'refund', orderId: ':order4Order' }],
  ],
  [
    'a restock whose outcome has a wrong stock',
    ['outcome-details'],
    [setDetail('stock', '16', ':restock')],
    [{ requestId: ':restock', productId: ':pen', stock: 12 }],
  ],
  [
    'an unreadable outcome',
    ['outcome-details'],
    ["UPDATE outcomes SET details = 'x' WHERE request_id IN (:charge1, :restock, :return6)"],
    [
      { requestId: ':charge1', said: 'x' },
      { requestId: ':restock', said: 'x' },
      { requestId: ':return6', said: 'x' },
      { requestId: ':return6', productId: ':jar', recorded: null },
    ],
  ],
]);
