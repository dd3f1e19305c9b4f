import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseContent } from '../requests/kinds/parse.ts';
import { BATCH_COLUMNS, BATCH_REQUIRED, type BatchFileRow, isSendable, readBatchRow } from './row.ts';

const ITEMS = '3:2 @pen';
const ORDER = { user: '7', items: ITEMS };
const CHARGE = { kind: 'charge', user: '@ann', amount: '5' };
const POINTS_ADJUST = { kind: 'points-adjust', user: '@ann', amount: '-5', reason: 'charged twice' };
const RETURN = { kind: 'return', order: 9, items: '3:2' };
const RESTOCK = { kind: 'restock', product: '@pen', quantity: '500' };
const COUNT = { kind: 'stock-adjust', product: '3', to: '0', reason: 'count', expect: '7' };
const WHOLE = (from: number, to: string) => `must be a whole number from ${from} to ${to}, not`;
const PLAIN_AMOUNT = 'amount must be a whole number from 1 to 1,000,000,000,000 in plain digits, such as 1200, not';
const AMOUNT = `amount ${WHOLE(1, '1,000,000,000,000')}`;
const USER = `user ${WHOLE(1, '9,007,199,254,740,991')}`;
const NO_REF = 'user must be an id or @reference, not';
const KEY = 'key must be 1 to 128 characters (A-Z, a-z, 0-9 and . _ : -), not';
const NO_TEXT = (field: string) => `${field} must be text or a whole number, not`;

function reasonOf(fields: Record<string, unknown>, name: string | null = 'b'): string | null {
  const row = readBatchRow(9, fields, name);
  return isSendable(row) ? null : String(row.reason);
}

/** A row with its reason in English. */
function inEnglish(row: BatchFileRow) {
  return isSendable(row) ? row : { ...row, reason: String(row.reason) };
}

it('reads orders and charges from CSV and from JSON', () => {
  const order = {
    kind: 'order',
    payload: {
      user: 7,
      items: [
        { product: 3, quantity: 2 },
        { product: '@pen', quantity: 1 },
      ],
    },
  };
  for (const fields of [
    ORDER,
    { ...ORDER, kind: 'order' },
    { user: 7, items: `\t 3:1   @pen:1\n3:1 ` },
    { user: 7, items: [{ productId: 3, quantity: 2 }, { productId: '@pen' }] },
    { user: 7, items: [{ productId: '3', quantity: '1' }, { productId: '@pen', quantity: 1 }, { productId: 3 }] },
    order.payload,
  ]) {
    expect(readBatchRow(9, fields, 'b')).toEqual({ line: 9, key: 'b:9', content: order });
  }
  const charge = { kind: 'charge', payload: { user: '@ann', amount: 5 } };
  for (const fields of [CHARGE, { ...CHARGE, amount: 5 }]) {
    expect(readBatchRow(1, { ...fields, key: 12 }, 'b')).toEqual({ line: 1, key: '12', content: charge });
  }
});

it('requires a key if the batch has no name, and keeps the fields it could read', () => {
  expect(readBatchRow(2, { ...CHARGE, key: 'k' }, null)).toMatchObject({ key: 'k' });
  const reason = 'key is missing; the batch needs a --name for rows without a key';
  expect(inEnglish(readBatchRow(2, CHARGE, null))).toEqual({ line: 2, key: null, kind: null, reason });
  expect(inEnglish(readBatchRow(2, { kind: 'charge', user: '@ann' }, 'b'))).toEqual({
    line: 2,
    key: 'b:2',
    kind: 'charge',
    reason: 'amount is missing',
  });
});

it.each<[unknown, string]>([
  ['-1', `${AMOUNT} "-1"`],
  [-1, `${AMOUNT} "-1"`],
  [0, `${AMOUNT} "0"`],
  ['', `${AMOUNT} ""`],
  [' ', `${AMOUNT} " "`],
  ['5 ', `${AMOUNT} "5 "`],
  ['05', `${AMOUNT} "05"`],
  ['+5', `${AMOUNT} "+5"`],
  ['1.5', `${AMOUNT} "1.5"`],
  ['1e3', `${PLAIN_AMOUNT} "1e3"`],
  ['0x10', `${AMOUNT} "0x10"`],
  ['1_000', `${PLAIN_AMOUNT} "1_000"`],
  ['1,000', `${PLAIN_AMOUNT} "1,000"`],
  ['٣', `${PLAIN_AMOUNT} "٣"`],
  ['1000000000001', `${AMOUNT} "1000000000001"`],
  ['9007199254740992', `${AMOUNT} "9007199254740992"`],
  ['1\u0000', `${AMOUNT} "1\\u0000"`],
  ['\ud800', `${AMOUNT} "\\ud800"`],
  ["1'; DROP TABLE users; --", `${AMOUNT} "1'; DROP TABLE users; --"`],
  ['__proto__', `${AMOUNT} "__proto__"`],
  [1.5, `${NO_TEXT('amount')} 1.5`],
  [2 ** 53, `${NO_TEXT('amount')} 9007199254740992`],
  [Number.NaN, `${NO_TEXT('amount')} null`],
  [true, `${NO_TEXT('amount')} true`],
  [['5'], `${NO_TEXT('amount')} ["5"]`],
  [{ valueOf: 5 }, `${NO_TEXT('amount')} {"valueOf":5}`],
  [null, 'amount is missing'],
  [undefined, 'amount is missing'],
])('refuses the amount %j', (amount, reason) => {
  expect(reasonOf({ ...CHARGE, amount })).toBe(reason);
});

it.each<[unknown, string]>([
  [0, `${USER} "0"`],
  ['1.5', `${NO_REF} "1.5"`],
  ['', `${NO_REF} ""`],
  ['@', 'user must be 1 to 64 characters (letters, digits and . _ - + / # @ & %; no @ at the beginning), not ""'],
  [
    '@@ann',
    'user must be 1 to 64 characters (letters, digits and . _ - + / # @ & %; no @ at the beginning), not "@ann"',
  ],
  ['@a b', 'user must be 1 to 64 characters (letters, digits and . _ - + / # @ & %; no @ at the beginning), not "a b"'],
  [
    `@${'a'.repeat(65)}`,
    `user must be 1 to 64 characters (letters, digits and . _ - + / # @ & %; no @ at the beginning), not "${'a'.repeat(60)}..."`,
  ],
  ['ann', 'user must be an id, or a reference that starts with @ (@ann), not "ann"'],
  ['1 OR 1=1', `${NO_REF} "1 OR 1=1"`],
  [[1], `${NO_TEXT('user')} [1]`],
  [{}, `${NO_TEXT('user')} {}`],
  [false, `${NO_TEXT('user')} false`],
])('refuses the user %j', (user, reason) => {
  expect(reasonOf({ ...CHARGE, user })).toBe(reason);
  expect(reasonOf({ ...ORDER, user })).toBe(reason);
});

const SYNTAX = 'items must have the form <product>:<quantity>, such as 3:2 or @pen:1, not';
const NO_ITEM = 'items must be text such as "3:2 7:1", or an array of objects with productId and quantity';

it.each<[unknown, string]>([
  ['', 'items must not be empty'],
  [' \t', 'items must not be empty'],
  [[], 'items must not be empty'],
  [['3:2'], NO_ITEM],
  [[[3, 2]], NO_ITEM],
  [[null], NO_ITEM],
  [[{}], 'productId is missing'],
  [[{ productId: null }], 'productId is missing'],
  [[{ productId: '3:2' }], 'productId must be an id or a reference'],
  [[{ productId: '3:2', quantity: 1 }], 'productId must be an id or a reference'],
  [[{ productId: [3] }], `${NO_TEXT('productId')} [3]`],
  [[{ productId: 3, quantity: null }], 'quantity is missing'],
  [[{ productId: 3, quantity: 0 }], `quantity ${WHOLE(1, '1,000,000')} "0"`],
  [[{ productId: 3, quantity: 1.5 }], `${NO_TEXT('quantity')} 1.5`],
  [[{ product: 3, productId: 3 }], "product can't be combined with productId"],
  [[{ product: 'pen' }], 'product must be an id, or a reference that starts with @ (@pen), not "pen"'],
  [[{ product: '3:2' }], 'product must be an id or a reference'],
  [[{ productId: 3, price: 0 }], 'items contain the unknown field "price"'],
  [[JSON.parse('{"productId":3,"__proto__":{"quantity":9}}')], 'items contain the unknown field "__proto__"'],
  ['3:', 'quantity is missing after "3:"'],
  ['2x@pen', `${SYNTAX} "2x@pen"`],
  ['@ink 2X@pen', `${SYNTAX} "@ink 2X@pen"`],
  ['@pen x 2', `${SYNTAX} "@pen x 2"`],
  ['@pen x2', `${SYNTAX} "@pen x2"`],
  ['@pen × 2', `${SYNTAX} "@pen × 2"`],
  ['@pen*2', `${SYNTAX} "@pen*2"`],
  ['@pen: 2', `${SYNTAX} "@pen: 2"`],
  ['3:1.5', `quantity ${WHOLE(1, '1,000,000')} "1.5"`],
  ['3:2:1', `quantity ${WHOLE(1, '1,000,000')} "2:1"`],
  ['3:-1', `quantity ${WHOLE(1, '1,000,000')} "-1"`],
  ['3:1000001', `quantity ${WHOLE(1, '1,000,000')} "1000001"`],
  ['3:999999 3:2', 'quantity of product 3 adds up to more than 1,000,000'],
  [3.5, `${NO_TEXT('items')} 3.5`],
  [{ productId: 3 }, `${NO_TEXT('items')} {"productId":3}`],
  [
    Array.from({ length: 1_001 }, (_, index) => ({ productId: index + 1 })),
    'items name 1001 products, but the maximum for one order is 1000',
  ],
  [undefined, 'items is missing'],
])('refuses the items %j', (items, reason) => {
  expect(reasonOf({ ...ORDER, items })).toBe(reason);
});

it.each<[unknown, string]>([
  ['', `${KEY} ""`],
  [' ', `${KEY} " "`],
  ['a b', `${KEY} "a b"`],
  ['é', `${KEY} "é"`],
  ['\ud83d', `${KEY} "\\ud83d"`],
  ['k'.repeat(129), `${KEY} "${'k'.repeat(60)}..."`],
  ["k'--", `${KEY} "k'--"`],
  [1.5, `${NO_TEXT('key')} 1.5`],
  [null, 'key is missing'],
  [['k'], `${NO_TEXT('key')} ["k"]`],
])('refuses the key %j', (key, reason) => {
  expect(inEnglish(readBatchRow(1, { ...CHARGE, key }, 'b'))).toEqual({ line: 1, key: null, kind: null, reason });
});

it.each([['refund'], ['orders'], [' charge'], [''], [null], [1], [['order']], ['__proto__'], ['toString']])(
  'refuses the kind %j',
  (kind) => {
    expect(reasonOf({ ...ORDER, kind })).toBe(
      `kind must be order, charge, points-adjust, restock, stock-adjust, cancel or return, not ${JSON.stringify(kind)}`,
    );
  },
);

it('refuses fields of another kind, even if they are empty', () => {
  expect(reasonOf({ ...CHARGE, items: ITEMS })).toBe(
    'items is not a column of the kind charge (columns: user, amount, reason)',
  );
  expect(reasonOf({ ...ORDER, amount: null })).toBe(
    'amount is not a column of the kind order (columns: user, items, reason)',
  );
  expect(reasonOf({ ...RESTOCK, user: 1 })).toBe(
    'user is not a column of the kind restock (columns: product, quantity, reason)',
  );
  expect(reasonOf({ ...COUNT, quantity: 1 })).toBe(
    'quantity is not a column of the kind stock-adjust (columns: product, by, to, expect, reason)',
  );
});

it('reads adjustments and restocks from CSV and from JSON', () => {
  const contentOf = (fields: Record<string, unknown>) => {
    const row = readBatchRow(9, fields, 'b');
    return isSendable(row) ? row.content : String(row.reason);
  };
  for (const fields of [POINTS_ADJUST, { ...POINTS_ADJUST, amount: -5 }]) {
    expect(contentOf(fields)).toEqual({
      kind: 'points-adjust',
      payload: { user: '@ann', amount: -5 },
      reason: 'charged twice',
    });
  }
  for (const fields of [RESTOCK, { ...RESTOCK, quantity: 500 }]) {
    expect(contentOf(fields)).toEqual({ kind: 'restock', payload: { product: '@pen', quantity: 500 } });
  }
  for (const fields of [COUNT, { ...COUNT, product: 3, to: 0, expect: 7 }]) {
    expect(contentOf(fields)).toEqual({
      kind: 'stock-adjust',
      payload: { product: 3, to: 0, expect: 7 },
      reason: 'count',
    });
  }
  expect(contentOf({ kind: 'stock-adjust', product: 3, by: '+4', reason: 'found' })).toEqual({
    kind: 'stock-adjust',
    payload: { product: 3, by: 4 },
    reason: 'found',
  });
});

it('reads whole numbers that are written with a fraction of zeros, and ids', () => {
  const contentOf = (fields: Record<string, unknown>) => {
    const row = readBatchRow(9, fields, 'b');
    return isSendable(row) ? row.content.payload : String(row.reason);
  };
  const items = [
    { product: 3, quantity: 2 },
    { product: '@7.0', quantity: 1 },
    { product: '@2x4', quantity: 1 },
  ];
  for (const given of [
    '3.0:2.00 @7.0:1.0 @2x4',
    [{ productId: '3.0', quantity: '2.0' }, { productId: '@7.0' }, { productId: '@2x4' }],
  ]) {
    expect(contentOf({ user: '1.0', items: given })).toEqual({ user: 1, items });
    expect(contentOf({ kind: 'return', order: '9.0', items: given })).toEqual({ order: 9, items, restock: true });
  }
  expect(contentOf({ kind: 'cancel', order: '9.00' })).toEqual({ order: 9 });
  expect(contentOf({ ...CHARGE, amount: '5.0' })).toMatchObject({ amount: 5 });
  expect(contentOf({ ...POINTS_ADJUST, amount: '-5.0' })).toMatchObject({ amount: -5 });
  expect(contentOf({ ...RESTOCK, product: '3.0', quantity: '500.00' })).toEqual({ product: 3, quantity: 500 });
  expect(contentOf({ ...COUNT, to: '10.0', expect: '0.0' })).toMatchObject({ to: 10, expect: 0 });
  expect(contentOf({ ...COUNT, to: undefined, by: '-3.0' })).toMatchObject({ by: -3 });
});

it('reads cancels and returns from CSV and from JSON', () => {
  const contentOf = (fields: Record<string, unknown>) => {
    const row = readBatchRow(9, fields, 'b');
    return isSendable(row) ? row.content : String(row.reason);
  };
  for (const order of ['9', 9]) {
    expect(contentOf({ kind: 'cancel', order, reason: 'late' })).toEqual({
      kind: 'cancel',
      payload: { order: 9 },
      reason: 'late',
    });
  }
  const items = [
    { product: 3, quantity: 2 },
    { product: '@pen', quantity: 1 },
  ];
  for (const [restock, restocked] of [
    [undefined, true],
    ['true', true],
    ['TRUE', true],
    [true, true],
    ['False', false],
    [false, false],
  ]) {
    expect(contentOf({ kind: 'return', order: '9', items: '3:2 @pen', restock })).toEqual({
      kind: 'return',
      payload: { order: 9, items, restock: restocked },
    });
  }
});

it.each<[Record<string, unknown>, string]>([
  [{ order: undefined }, 'order is missing'],
  [{ order: '0' }, `order ${WHOLE(1, '9,007,199,254,740,991')} "0"`],
  [{ order: 'first' }, 'order must be an id, not "first"'],
  [{ items: undefined }, 'items is missing'],
  [{ restock: '' }, 'restock must be true or false, not ""'],
  [{ restock: 'no' }, 'restock must be true or false, not "no"'],
  [{ restock: 0 }, 'restock must be true or false, not 0'],
  [{ user: 1 }, 'user is not a column of the kind return (columns: order, items, restock, reason)'],
])('refuses the return %j', (fields, reason) => {
  expect(reasonOf({ ...RETURN, ...fields })).toBe(reason);
});

it('reads a reason for each kind, and requires it for adjustments', () => {
  for (const fields of [ORDER, CHARGE, RESTOCK]) {
    expect(readBatchRow(9, { ...fields, reason: 'cafe\u0301' }, 'b')).toMatchObject({ content: { reason: 'café' } });
    expect(reasonOf({ ...fields, reason: ' ' })).toBe('reason must not be blank');
  }
  for (const fields of [POINTS_ADJUST, COUNT]) {
    expect(reasonOf({ ...fields, reason: undefined })).toBe('reason is missing');
    expect(reasonOf({ ...fields, reason: 'x'.repeat(201) })).toBe('reason has 201 characters, but the maximum is 200');
  }
});

it.each<[Record<string, unknown>, string]>([
  [
    { amount: '0' },
    'amount must be a whole number other than 0, from -1,000,000,000,000 to 1,000,000,000,000, not "0"',
  ],
  [
    { amount: '-1.5' },
    'amount must be a whole number other than 0, from -1,000,000,000,000 to 1,000,000,000,000, not "-1.5"',
  ],
])('refuses the adjustment of points %j', (fields, reason) => {
  expect(reasonOf({ ...POINTS_ADJUST, ...fields })).toBe(reason);
});

it.each<[Record<string, unknown>, string]>([
  [{ to: undefined }, 'by or to is missing'],
  [{ by: 1 }, "to can't be combined with by"],
  [{ to: '-1' }, `to ${WHOLE(0, '9,007,199,254,740,991')} "-1"`],
  [{ to: undefined, by: 0 }, 'by must be a whole number other than 0, from -1,000,000 to 1,000,000, not "0"'],
  [{ to: undefined, by: '--3' }, 'by must be a whole number other than 0, from -1,000,000 to 1,000,000, not "--3"'],
  [{ expect: 'all' }, `expect ${WHOLE(0, '9,007,199,254,740,991')} "all"`],
])('refuses the adjustment of stock %j', (fields, reason) => {
  expect(reasonOf({ ...COUNT, ...fields })).toBe(reason);
});

it('requires the columns of at least one kind in a header, and the column kind for all kinds except order', () => {
  expect(BATCH_COLUMNS).toEqual([
    'kind',
    'user',
    'items',
    'reason',
    'amount',
    'product',
    'quantity',
    'by',
    'to',
    'expect',
    'order',
    'restock',
    'key',
  ]);
  expect(BATCH_REQUIRED).toEqual([
    [['user'], ['items']],
    [['kind'], ['user'], ['amount']],
    [['kind'], ['user'], ['amount']],
    [['kind'], ['product'], ['quantity']],
    [['kind'], ['product'], ['by', 'to']],
    [['kind'], ['order']],
    [['kind'], ['order'], ['items']],
  ]);
});

it('sends only rows that a worker accepts, and gives a one-line reason for the others', () => {
  const likely = fc.constantFrom<unknown>(
    'order',
    'charge',
    '1',
    '@pen',
    '@pen:2 7',
    5,
    2 ** 53,
    [{ productId: 3 }],
    'k-1',
    '',
  );
  const value = fc.oneof(likely, likely, fc.jsonValue(), fc.string({ unit: 'binary' }));
  const odd = fc.array(fc.tuple(fc.constantFrom<string>(...BATCH_COLUMNS), value), { maxLength: 2 });
  const row = fc
    .tuple(fc.constantFrom({}, ORDER, CHARGE, POINTS_ADJUST, RESTOCK, COUNT, RETURN, { ...ORDER, key: 'k' }), odd)
    .map(([good, some]): Record<string, unknown> => ({ ...good, ...Object.fromEntries(some) }));
  let sent = 0;
  fc.assert(
    fc.property(row, fc.constantFrom('b', null), (fields, name) => {
      const read = readBatchRow(3, fields, name);
      if (isSendable(read)) {
        sent++;
        expect(read.key).toMatch(/^[A-Za-z0-9._:-]{1,128}$/);
        const { kind, payload, reason = null } = read.content;
        expect(parseContent({ kind, payload: JSON.stringify(payload), reason })).toEqual(read.content);
      } else {
        expect(String(read.reason)).toMatch(/^[a-zA-Z]+ [^\r\n]+$/);
        expect(String(read.reason).length).toBeLessThan(250);
      }
    }),
    { numRuns: 1_000 },
  );
  // about a third of the rows can be sent
  expect(sent).toBeGreaterThan(50);
});

it.each(['3:2,7:1', '3:2;7:1', '3:2|7:1', '3:2\n7:1', '3:2, 7:1'])(
  'reads the items %j, and a kind in capital letters',
  (items) => {
    const row = readBatchRow(3, { ...ORDER, kind: 'ORDER', items }, 'b');
    expect(isSendable(row) && row.content.payload).toMatchObject({
      items: [
        { product: 3, quantity: 2 },
        { product: 7, quantity: 1 },
      ],
    });
  },
);
