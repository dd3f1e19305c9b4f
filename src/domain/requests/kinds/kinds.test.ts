import { expect, it } from 'vitest';
import { contentHash } from '../request.ts';
import { FAILURE_CODES, KINDS, REQUEST_KINDS, type RequestContent, sizeOf } from './index.ts';
import { parseContent } from './parse.ts';

const CHARGE: RequestContent = { kind: 'charge', payload: { user: '@ann', amount: 5 } };
const POINTS_ADJUST: RequestContent = {
  kind: 'points-adjust',
  payload: { user: '@ann', amount: -5 },
  reason: 'charged twice',
};
const ORDER: RequestContent<'order'> = {
  kind: 'order',
  payload: {
    user: 1,
    items: [
      { product: 3, quantity: 2 },
      { product: '@pen', quantity: 1 },
    ],
  },
};
const CHECKOUT: RequestContent = { kind: 'order', payload: { ...ORDER.payload, cart: 7 } };
const CANCEL: RequestContent = { kind: 'cancel', payload: { order: 9 } };
const RETURN: RequestContent<'return'> = {
  kind: 'return',
  payload: { order: 9, items: ORDER.payload.items, restock: true },
};
const RESTOCK: RequestContent = { kind: 'restock', payload: { product: 3, quantity: 500 } };
const STOCK_BY: RequestContent = { kind: 'stock-adjust', payload: { product: 3, by: -2 }, reason: '파손' };
const STOCK_TO: RequestContent = {
  kind: 'stock-adjust',
  payload: { product: '@pen', to: 0, expect: 7 },
  reason: 'count of 29 November',
};
const CHARGE_WITH_REASON: RequestContent = { ...CHARGE, reason: 'cash' };

// MySQL stores these hashes with the keys; if a hash changed, a repeated request would be a conflict
it.each([
  [CHARGE, '62915a14d56c1e8c06b6a90ab1f8a85a071f436e6db026fe7df0089eb2884765'],
  [ORDER, '2860d45defd667d16f32d582d098bfe13ca6ee3ca1f4229064bd631f6e7b02ae'],
  [CHECKOUT, '87a979a69e6d5568e8dbebaf8d42fad212be300c6a5e4dbd650dfce8e33e7948'],
  [CANCEL, 'c2caed48e0949de4e08d797e31da7c11a57955ef9d3cc01efbdc1218dc152403'],
  [RETURN, '27e60b881a4f3c5e9c51ede1538d581fe4fe63a8b9ddb5e7b53a978ba042f127'],
  [RESTOCK, '2d0e18c8d528d4ca4aaf92fdf6314119f909a60134de2dc339e82505a70184a8'],
  [POINTS_ADJUST, '1472ffca501730feb67c351f981cf3d323ebd9a070d68a4a29c62816eb21bc78'],
  [STOCK_BY, '9e95bafcd2ad1b39f6a52b7111a8fdea5a5b9c73e7d714b850e86a204c46ad33'],
  [STOCK_TO, 'a0ed067309cc1fdd930d2f8310371314f79a9f5a96d619254bc424a7262c1617'],
  [CHARGE_WITH_REASON, '8a92c33e3abecd47b4429c24a5d8ae224778be107cc47702551bf47810829e11'],
])('gives %j the same hash as every other version', (content, hash) => {
  expect(contentHash(content).toString('hex')).toBe(hash);
});

it('ignores the sequence of items in the hash of an order, and the cart in the hash of a checkout', () => {
  const items = [...ORDER.payload.items].reverse();
  expect(contentHash({ kind: 'return', payload: { ...RETURN.payload, items } })).toEqual(contentHash(RETURN));
  expect(contentHash({ kind: 'order', payload: { user: 1, items } })).toEqual(contentHash(ORDER));
  expect(contentHash({ kind: 'order', payload: { user: 1, items: [], cart: 8 } })).toEqual(contentHash(CHECKOUT));
});

it.each([CHARGE, POINTS_ADJUST, ORDER, CHECKOUT, CANCEL, RETURN, RESTOCK, STOCK_BY, STOCK_TO, CHARGE_WITH_REASON])(
  'parses content that the program stores: %j',
  (content) => {
    const { kind, payload, reason = null } = content;
    expect(parseContent({ kind, payload: JSON.stringify(payload), reason })).toEqual(content);
  },
);

it.each([
  ['charge', { user: 1, amount: 0 }],
  ['charge', { user: 1, amount: 5, note: 'x' }],
  ['charge', { user: 'ann', amount: 5 }],
  ['points-adjust', { user: 1, amount: 0 }],
  ['points-adjust', { user: 1, amount: -1_000_000_000_001 }],
  ['points-adjust', { user: 1, amount: 1, reason: 'x' }],
  ['stock-adjust', { product: 3 }],
  ['stock-adjust', { product: 3, by: 0 }],
  ['stock-adjust', { product: 3, by: 1_000_001 }],
  ['stock-adjust', { product: 3, by: 1, to: 5 }],
  ['stock-adjust', { product: 3, to: -1 }],
  ['stock-adjust', { product: 3, to: 5, expect: null }],
  ['order', { user: 1, items: [] }],
  ['order', { user: 1, items: [{ product: 1, quantity: 1 }], cart: null }],
  ['cancel', { order: '9' }],
  ['return', { order: 9, items: [{ product: 3, quantity: 1 }] }],
  ['return', { order: 9, items: [], restock: true }],
  ['return', { order: 9, items: [{ product: 3, quantity: 1 }], restock: 1 }],
  ['restock', { product: 3, quantity: 1_000_001 }],
] as const)('refuses a payload of the kind %s that the program never stores: %j', (kind, payload) => {
  expect(() => parseContent({ kind, payload: JSON.stringify(payload), reason: 'x' })).toThrow();
});

it.each([
  [POINTS_ADJUST, null],
  [STOCK_TO, null],
  [STOCK_TO, ' '],
  [STOCK_TO, 'x'.repeat(201)],
  [CHARGE, ''],
  [CHARGE, 'cafe\u0301'],
])('refuses a reason that the program never stores: %j with %j', ({ kind, payload }, reason) => {
  expect(() => parseContent({ kind, payload: JSON.stringify(payload), reason })).toThrow();
});

it('names each failure code once', () => {
  expect(FAILURE_CODES).toEqual([
    'PAYMENT_FAILED',
    'CHARGE_FAILED',
    'ADJUST_FAILED',
    'RESTOCK_FAILED',
    'CANCEL_FAILED',
    'RETURN_FAILED',
  ]);
});

it('lists each kind under its own name', () => {
  expect(REQUEST_KINDS).toEqual(Object.keys(KINDS));
});

it('measures requests by their order lines', () => {
  const linesOf = new Map([[9, 40]]);
  expect([CHARGE, ORDER, CANCEL, RETURN, RESTOCK].map((content) => sizeOf(content, linesOf))).toEqual([
    1, 2, 40, 40, 1,
  ]);
  expect([sizeOf(CANCEL), sizeOf(RETURN)]).toEqual([1, 2]);
});
