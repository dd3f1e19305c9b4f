import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ShopError } from './errors.ts';
import {
  MAX_AMOUNT,
  MAX_ORDER_LINES,
  MAX_POINTS,
  MAX_QUANTITY,
  parseAmount,
  parseId,
  parseItem,
  parseItems,
  parseKey,
  parseName,
  parseOrderId,
  parsePrice,
  parseQuantity,
  parseRef,
  parseReference,
  parseStock,
  parseWhole,
} from './input.ts';

function refusal(parse: () => unknown): ShopError {
  try {
    parse();
  } catch (error) {
    if (error instanceof ShopError) return error;
    throw error;
  }
  throw new Error('it was taken');
}

function expectRefused(parse: () => unknown, field: string): void {
  const error = refusal(parse);
  expect(error.code).toBe('INVALID_INPUT');
  expect(error.details.field).toBe(field);
  expect(error.message.startsWith(`${field} `)).toBe(true);
  // the message truncates long text, and has no characters that break a log or a terminal
  expect(error.message.length).toBeLessThan(500);
  expect(error.message).not.toMatch(/[\r\n]/);
}

const LONG = 'x'.repeat(10_001);

/** Texts that are not accepted as a whole number, although they look like one. */
const NO_NUMBERS: readonly string[] = [
  ...[
    '',
    ' ',
    '\t',
    '\n',
    '\0',
    ' 5',
    '5 ',
    '5\n',
    '\u00a05',
    '+5',
    '-5',
    '-0',
    '−5',
    '05',
    '00',
    '0x10',
    '0b1',
    '0o7',
  ],
  ...['1e3', '1E3', '1.5', '1.0', '.5', '5.', '1,000', '1_000', '5n', 'NaN', 'Infinity', '-Infinity', 'null', 'true'],
  ...['١', '５', '²', 'Ⅴ', '五', '5\u0000', '5\u200b', '\ufeff5', '1/2', '[5]', '{}', 'five', '9007199254740992'],
  ...['18446744073709551617', '99999999999999999999', '9'.repeat(400), '1e400', LONG],
  ...["1' OR '1'='1", '1; DROP TABLE users', '1--', '1)', '1 UNION SELECT 1', '$(id)', '%s', '../1', '__proto__'],
];

const NUMBERS = [
  { name: 'amount', parse: parseAmount, minimum: 1, maximum: MAX_AMOUNT },
  { name: 'price', parse: parsePrice, minimum: 1, maximum: MAX_AMOUNT },
  { name: 'quantity', parse: parseQuantity, minimum: 1, maximum: MAX_QUANTITY },
  { name: 'stock', parse: parseStock, minimum: 0, maximum: MAX_POINTS },
  { name: 'id', parse: (text: string) => parseId('id', text), minimum: 1, maximum: MAX_POINTS },
] as const;

it('has the documented limits', () => {
  expect(MAX_AMOUNT).toBe(1_000_000_000_000);
  expect(MAX_QUANTITY).toBe(1_000_000);
  expect(MAX_ORDER_LINES).toBe(1_000);
  expect(MAX_POINTS).toBe(9_007_199_254_740_991);
});

describe.each(NUMBERS)('a number as $name', ({ name, parse, minimum, maximum }) => {
  it('is accepted from the minimum to the maximum', () => {
    expect(parse(String(minimum))).toBe(minimum);
    expect(parse(String(maximum))).toBe(maximum);
    fc.assert(fc.property(fc.integer({ min: minimum, max: maximum }), (value) => parse(String(value)) === value));
  });

  it('is refused below the minimum and above the maximum', () => {
    expectRefused(() => parse(String(minimum - 1)), name);
    expectRefused(() => parse(String(BigInt(maximum) + 1n)), name);
    fc.assert(
      fc.property(
        fc.oneof(fc.bigInt({ max: BigInt(minimum) - 1n }), fc.bigInt({ min: BigInt(maximum) + 1n })),
        (value) => expectRefused(() => parse(String(value)), name),
      ),
    );
  });

  it.each(NO_NUMBERS)('is refused as %j', (text) => expectRefused(() => parse(text), name));

  it('consists of plain digits', () => {
    const canonical = (text: string) =>
      /^(0|[1-9]\d*)$/.test(text) && BigInt(text) >= minimum && BigInt(text) <= maximum;
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom(...'0123456789+-.eExX_, \t\n١') }),
      fc.double().map(String),
    );
    fc.assert(
      fc.property(text, (anything) => {
        if (canonical(anything)) expect(parse(anything)).toBe(Number(anything));
        else expectRefused(() => parse(anything), name);
      }),
      { numRuns: 1_000 },
    );
  });
});

it('names the field and the range of a refused number', () => {
  expect(refusal(() => parseWhole('--limit', '1001', 1, 1_000)).message).toBe(
    '--limit must be a whole number from 1 to 1,000, not "1001".',
  );
});

describe.each([
  { name: 'key', parse: parseKey, longest: 128, marks: '._:-', refused: ['a b', 'a/b', 'a%', 'é', 'a\n', '\u212a'] },
  {
    name: 'reference',
    parse: (text: string) => parseReference('reference', text),
    longest: 64,
    marks: '._+/#&%-',
    refused: [
      'a:b',
      '@a',
      'a b',
      'a,b',
      'a\n',
      'a\\',
      "'a",
      '=1',
      'ｈ２',
      'a\u200b',
      'a\u00a0',
      '8.80123E+12',
      '8.8e12',
      '8E+12',
    ],
  },
])('a $name', ({ name, parse, longest, marks, refused }) => {
  const alphabet = `ABCXYZabcxyz0189${marks}`;

  it('is kept unchanged, including its case', () => {
    const text = fc.string({ unit: fc.constantFrom(...alphabet), minLength: 1, maxLength: longest });
    fc.assert(fc.property(text, (anything) => parse(anything) === anything));
    for (const one of ['1', 'A', 'a', '-', '--yes', '.', '..', '__proto__', 'constructor', 'a'.repeat(longest)])
      expect(parse(one)).toBe(one);
  });

  it.each(['', ' ', ' a', 'a ', '\0', 'a\u001b', "a'", 'a;b', '\ud800', '🙂', LONG, ...refused])(
    'is refused as %j',
    (text) => expectRefused(() => parse(text), name),
  );

  it('is refused if it is too long', () => expectRefused(() => parse('a'.repeat(longest + 1)), name));

  it('may contain only the allowed characters', () => {
    const allowed = new Set('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'.concat(marks));
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 4 }), (text) => {
        if ([...text].every((character) => allowed.has(character))) expect(parse(text)).toBe(text);
        else if (name === 'key' || !/^[\p{L}\p{M}\p{N}._+/#@&%-]+$/u.test(text)) expectRefused(() => parse(text), name);
      }),
    );
  });
});

it.each(['한국-1', 'ä', 'ก็-๒', 'Σ/1', 'ann@example.com', '１'.normalize('NFKC'), 'a'.repeat(62).concat('한글')])(
  'a reference may be %j, also decomposed, and is stored in NFC',
  (text) => {
    expect(parseReference('reference', text)).toBe(text);
    expect(parseReference('reference', text.normalize('NFD'))).toBe(text);
    expect(parseRef('user', `@${text.normalize('NFD')}`)).toBe(`@${text}`);
  },
);

it.each([
  '1,299',
  '12 000',
  '12\u00a0000',
  '1\u202f299',
  "1'299",
  '1e3',
  '1E+06',
  '１２',
  '١٢',
  '$150',
  '₩150',

  '150,00',
])('a number such as %j is refused with an error that shows the expected form', (text) => {
  const refused =
    /^price must be a whole number from 1 to 1,000,000,000,000 in plain digits, such as 1200, not "[^\u00a0\u202f]+"\.$/;
  expect(() => parsePrice(text)).toThrow(refused);
});

describe('a name', () => {
  it('has 1 to 200 characters, however many bytes they take', () => {
    for (const character of ['a', '한', '🙂']) {
      expect(parseName(character)).toBe(character);
      expect(parseName(character.repeat(200))).toBe(character.repeat(200));
      expectRefused(() => parseName(character.repeat(201)), 'name');
    }
    expectRefused(() => parseName(LONG), 'name');
  });

  it.each([
    ...['', ' ', '\t\n', '\u00a0', '\u3000', '\u0000', '\u001b', '\u2028'],
    // zero-width characters, direction marks, fillers, the Braille blank
    ...[
      '\u200b',
      '\u200d',
      '\ufeff',
      '\u2060',
      '\u202e',
      '\u00ad',
      '\u115f',
      '\u3164',
      '\uffa0',
      '\u034f',
      '\u2800',
      ' \u200b\u3164 ',
    ],
  ])('is refused without a visible character: %j', (text) => {
    expectRefused(() => parseName(text), 'name');
  });

  it.each(['\ud800', '\udc00', 'a\ud83d', '\ude42b', '\udc00\ud800'])(
    'is refused with half a surrogate pair: %j',
    (text) => {
      expectRefused(() => parseName(text), 'name');
    },
  );

  it('may be any other text, and is stored in NFC', () => {
    const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(
        text,
        (anything) =>
          !/[^\p{Z}\p{C}\p{Default_Ignorable_Code_Point}\u2800]/u.test(anything) ||
          parseName(anything) === anything.normalize('NFC'),
      ),
    );
    for (const text of [
      ' a ',
      '\u200bа\u3164',
      '\u00e9',
      '\u0301',
      '👩‍🚀',
      "'; DROP TABLE users; --",
      'a\tb\nc',
      '\u001b[31m',
      '<b>',
      '=1+1',
      '@x',
      '-1',
    ])
      expect(parseName(text)).toBe(text);
  });
});

describe('a user or product', () => {
  it('is an id or a reference', () => {
    expect(parseRef('user', '17')).toBe(17);
    expect(parseRef('user', '@17')).toBe('@17');
    expect(parseRef('user', '@aB._-')).toBe('@aB._-');
  });

  it.each(['@', '@@a', ' @a', '@ a', '@a b', `@${'a'.repeat(65)}`, 'abc', '0', '-1', ...NO_NUMBERS])(
    'is refused as %j',
    (text) => expectRefused(() => parseRef('user', text), 'user'),
  );
});

it('suggests the command that takes keys if the id of an order is probably a key', () => {
  expect(parseOrderId('17')).toBe(17);
  expectRefused(() => parseOrderId('0'), 'order');
  expect(() => parseOrderId('order-7')).toThrow(
    expect.objectContaining({
      message: 'An order is identified by its id.',
      hint: 'To find an order by the key of its request, run `shop order show --key order-7`.',
    }),
  );
});

describe('an item', () => {
  it('is a product with a quantity, which is 1 by default', () => {
    expect(parseItem('3')).toEqual({ product: 3, quantity: 1 });
    expect(parseItem('3:2')).toEqual({ product: 3, quantity: 2 });
    expect(parseItem('@85123A:1000000')).toEqual({ product: '@85123A', quantity: 1_000_000 });
  });

  it.each([':', ':1', '@:1', '0:1', '-1:1', 'a:1', ' 1:1', '', '1;2', '1x2', '9007199254740992:1'])(
    'is refused for its product: %j',
    (text) => expectRefused(() => parseItem(text), 'product'),
  );

  it.each(['1:', '1:0', '1:-1', '1:1.5', '1: 2', '1:1e3', '1:2:3', '1:1000001', '1::1', '1:1 '])(
    'is refused for its quantity: %j',
    (text) => expectRefused(() => parseItem(text), 'quantity'),
  );
});

describe('the items of an order', () => {
  it('are refused if they are separated by commas, and the message shows them separated by spaces', () => {
    expect(() => parseItems(['1:2,@pen:1,3'])).toThrow('Separate items with spaces: 1:2 @pen:1 3.');
    expect(() => parseItems(['1:'])).toThrow('quantity is missing after "1:".');
  });

  it('contain each product once, with the sum, in the order of first mention', () => {
    expect(parseItems(['7', '@a:2', '7:3', '3', '@a'])).toEqual([
      { product: 7, quantity: 4 },
      { product: '@a', quantity: 3 },
      { product: 3, quantity: 1 },
    ]);
  });

  it('have the same sums in any order', () => {
    const items = fc.array(
      fc.record({ product: fc.integer({ min: 1, max: 5 }), quantity: fc.integer({ min: 1, max: 9 }) }),
    );
    fc.assert(
      fc.property(items, (named) => {
        const sums = new Map<number, number>();
        for (const { product, quantity } of named) sums.set(product, (sums.get(product) ?? 0) + quantity);
        const parsed = parseItems(named.map(({ product, quantity }) => `${product}:${quantity}`));
        expect(new Map(parsed.map(({ product, quantity }) => [product, quantity]))).toEqual(sums);
      }),
    );
  });

  it('are refused if a sum exceeds the maximum', () => {
    expect(parseItems(['1:999999', '1'])).toEqual([{ product: 1, quantity: 1_000_000 }]);
    expectRefused(() => parseItems(['1:999999', '1:2']), 'quantity');
  });

  it('are at most 1,000 products', () => {
    const items = Array.from({ length: MAX_ORDER_LINES }, (_, index) => String(index + 1));
    expect(parseItems([...items, '1:5', '2:7'])).toHaveLength(MAX_ORDER_LINES);
    expectRefused(() => parseItems([...items, '1001']), 'items');
  });
});
