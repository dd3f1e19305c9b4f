import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Cart, NO_REDIS, type Refused, refusedCart, runCart } from '../support/carts.ts';
import { TestShop } from '../support/shop.ts';

const MAXIMUM = 9_007_199_254_740_991;

let shop: TestShop;
let pen: number;
let ink: number;

// no worker runs unless a test starts one
beforeAll(async () => {
  shop = await TestShop.create({ inProcess: true });
  pen = await shop.product('Pen', 100, 10, '--reference', 'pen');
  ink = await shop.product('Ink', 30, 5);
});

afterAll(async () => {
  expect(await shop.faults()).toEqual([]);
  await shop.close();
});

function newUser(...more: string[]): Promise<number> {
  return shop.created(['user', 'create', 'Ann', ...more]);
}

function cart(...args: (string | number)[]): Promise<Cart> {
  return runCart(shop, ...args);
}

function refusal(...args: (string | number)[]): Promise<Refused> {
  return refusedCart(shop, ...args);
}

/** Creates the given number of products in bulk, each with a stock of 2, and returns their references. */
async function manyProducts(name: string, count: number): Promise<string[]> {
  await shop.sql(
    `INSERT INTO products (reference, name, price, stock, created_at)
     WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < ?)
     SELECT CONCAT(?, '-', i), CONCAT('Item ', i), 1, 2, UTC_TIMESTAMP(3) FROM n`,
    [count, name],
  );
  await shop.sql(
    `INSERT INTO stock_movements (product_id, type, quantity, stock_after, created_at)
     SELECT id, 'initial', 2, 2, created_at FROM products WHERE reference LIKE ?`,
    [`${name}-%`],
  );
  return Array.from({ length: count }, (_, index) => `@${name}-${index + 1}`);
}

describe('cart add, remove and show', () => {
  it('keep the order in which products were first added, at current prices', async () => {
    const user = await newUser('--reference', 'keeper');
    const cup = await shop.product('Cup', 7, 3);
    expect(await cart('show', user)).toEqual({ cartId: null, userId: user, lines: [], total: 0 });
    expect(await shop.sql('SELECT id FROM carts WHERE user_id = ?', [user])).toEqual([]);

    const first = await cart('add', '@keeper', `${ink}:2`, '@pen');
    expect(first).toEqual({
      cartId: expect.any(Number),
      userId: user,
      lines: [
        { productId: ink, name: 'Ink', quantity: 2, unitPrice: 30, amount: 60 },
        { productId: pen, name: 'Pen', quantity: 1, unitPrice: 100, amount: 100 },
      ],
      total: 160,
    });
    expect(Object.keys(first)).toEqual(['cartId', 'userId', 'lines', 'total']);
    await shop.ok(['product', 'reprice', String(cup), '8']);
    const filled = await cart('add', user, `${cup}:3`, `${ink}:3`);
    expect(filled).toEqual({
      cartId: first.cartId,
      userId: user,
      lines: [
        { productId: ink, name: 'Ink', quantity: 5, unitPrice: 30, amount: 150 },
        { productId: pen, name: 'Pen', quantity: 1, unitPrice: 100, amount: 100 },
        { productId: cup, name: 'Cup', quantity: 3, unitPrice: 8, amount: 24 },
      ],
      total: 274,
    });
    expect(await cart('show', '@keeper')).toEqual(filled);
    expect(await cart('show', user, first.cartId ?? '')).toEqual(filled);

    // remaining products keep their position; a product that was removed and added again is last
    const [, ...others] = filled.lines;
    const left = { productId: ink, name: 'Ink', quantity: 1, unitPrice: 30, amount: 30 };
    expect(await cart('remove', user, `${ink}:4`)).toEqual({ ...filled, lines: [left, ...others], total: 154 });
    expect(await cart('remove', '@keeper', ink)).toEqual({ ...filled, lines: others, total: 124 });
    expect((await cart('add', user, ink)).lines).toEqual([...others, left]);

    // an empty cart is still the user's cart
    const empty = { cartId: first.cartId, userId: user, lines: [], total: 0 };
    expect(await cart('remove', user, '@pen', ink, `${cup}:3`)).toEqual(empty);
    expect(await cart('show', user)).toEqual(empty);
    expect(await shop.sql('SELECT * FROM cart_lines WHERE cart_id = ?', [first.cartId])).toEqual([]);
    expect(await cart('add', user, ink)).toMatchObject({ cartId: first.cartId, total: 30 });
  });

  it('change no stock, no balance and no other cart', async () => {
    const [one, other] = [await newUser(), await newUser()];
    const before = await shop.snapshot();
    await cart('add', one, `${pen}:10`);
    expect(await cart('add', other, `${pen}:10`)).toMatchObject({ userId: other, total: 1_000 });
    await cart('remove', one, `${pen}:9`);
    expect(await shop.snapshot()).toEqual(before);
    expect(await shop.sql('SELECT id FROM requests')).toEqual([]);
    expect(await cart('show', one)).toMatchObject({ lines: [{ quantity: 1 }] });
    expect(await cart('show', other)).toMatchObject({ lines: [{ quantity: 10 }] });
    expect((await cart('show', one)).cartId).not.toBe((await cart('show', other)).cartId);
  });

  it('sum the quantities of a product that is named twice, by id and by reference', async () => {
    const user = await newUser();
    const twice = [`${pen}:4`, '@pen:4', ink, pen, '@pen:2'];
    expect(await refusal('add', user, ...twice)).toMatchObject({
      code: 'INSUFFICIENT_STOCK',
      details: { shortages: [{ productId: pen, name: 'Pen', requested: 11, available: 10 }] },
    });
    expect(await cart('add', user, ...twice.slice(0, 4))).toMatchObject({
      lines: [
        { productId: pen, quantity: 9, amount: 900 },
        { productId: ink, quantity: 1 },
      ],
    });
    expect(await refusal('remove', user, `${pen}:5`, '@pen:5')).toMatchObject({
      code: 'INSUFFICIENT_CART_QUANTITY',
      details: { shortages: [{ productId: pen, requested: 10, available: 9 }] },
    });
    expect(await cart('remove', user, `${pen}:5`, '@pen:4')).toMatchObject({ lines: [{ productId: ink }] });
  });

  it('allow removing more than is in stock, and adding other products', async () => {
    const user = await newUser();
    const rare = await shop.product('Rare', 1, 3);
    await cart('add', user, `${rare}:3`);
    // imitates purchases by other users
    await shop.sql('UPDATE products SET stock = 1 WHERE id = ?', [rare]);
    expect(await refusal('add', user, rare)).toMatchObject({
      code: 'INSUFFICIENT_STOCK',
      details: { shortages: [{ productId: rare, requested: 4, available: 1 }] },
    });
    expect(await cart('add', user, pen)).toMatchObject({ lines: [{ quantity: 3 }, { productId: pen }] });
    expect(await cart('remove', user, rare)).toMatchObject({ lines: [{ quantity: 2 }, { productId: pen }] });
    expect(await refusal('add', user, rare)).toMatchObject({ code: 'INSUFFICIENT_STOCK' });
    await shop.sql('UPDATE products SET stock = 3 WHERE id = ?', [rare]);
  });

  it('compute totals beyond 2^53 exactly', async () => {
    const user = await newUser();
    const palace = await shop.product('Palace', 999_999_999_999, 999_999);
    const tower = await shop.product('Tower', 1_000_000_000_000, 9_007);
    expect(await cart('add', user, `${palace}:999999`, `${tower}:9007`)).toMatchObject({
      lines: [{ amount: '999998999999000001' }, { amount: 9_007_000_000_000_000 }],
      total: '1009005999999000001',
    });
    expect((await shop.run(['cart', 'show', String(user), '-o', 'csv'])).stdout).toContain('1009005999999000001');
    expect((await shop.run(['cart', 'show', String(user), '-o', 'table'])).stdout).toContain('999998999999000001');
    const terminal = shop.startOnTerminal(['cart', 'show', String(user)]);
    expect(await terminal.ended).toMatchObject({ status: 0 });
    expect(terminal.screen).toMatch(/ 999,998,999,999,000,001\n.*\n─+\nTOTAL +1,009,005,999,999,000,001$/);
    const brick = await shop.product('Brick', 1, 1);
    const wall = await shop.product('Wall', 199_254_740_991, 1);
    const edge = await newUser();
    expect(await cart('add', edge, `${tower}:9007`, wall)).toMatchObject({ total: MAXIMUM });
    expect(await cart('add', edge, brick)).toMatchObject({ total: '9007199254740992' });
  });

  it('accept a million units of a product and 1,000 products, and no more', async () => {
    const user = await newUser();
    const sand = await shop.product('Sand', 1, 2_000_000, '--reference', 'sand');
    expect(await refusal('add', user, `${sand}:600000`, '@sand:600000')).toMatchObject({
      code: 'LIMIT_EXCEEDED',
      status: 3,
      details: {
        what: `quantity of product ${sand} in the cart of user ${user}`,
        value: 1_200_000,
        maximum: 1_000_000,
      },
    });
    expect(await cart('add', user, `${sand}:1000000`)).toMatchObject({ total: 1_000_000 });
    expect(await refusal('add', user, pen, '@sand')).toMatchObject({
      code: 'LIMIT_EXCEEDED',
      details: { value: 1_000_001 },
    });

    const many = (await manyProducts('many', 1_000)).reverse();
    const [last = '', another = '', ...others] = many;
    const tooMany = await refusal('add', user, ...many);
    expect(tooMany).toMatchObject({
      code: 'LIMIT_EXCEEDED',
      status: 3,
      message: `The number of products in the cart of user ${user} would be 1,001, above its maximum of 1,000.`,
      details: { what: `number of products in the cart of user ${user}`, value: 1_001, maximum: 1_000 },
    });
    const full = await cart('add', user, another, ...others);
    expect(full.lines).toHaveLength(1_000);
    // products stay in the order in which they were added, not in the order of their ids
    const names = [another, ...others].map((name) => `Item ${name.slice('@many-'.length)}`);
    expect(full.lines.slice(1).map(({ name }) => name)).toEqual(names);
    expect(await refusal('add', user, last)).toMatchObject({ details: tooMany.details });
    // more units of a product do not lengthen the cart; removing a product makes room
    expect((await cart('add', user, another, ...others)).total).toBe(1_001_998);
    expect((await cart('remove', user, `${another}:2`, ...others)).lines).toHaveLength(999);
    expect((await cart('add', user, last)).lines).toHaveLength(1_000);
  });
});

describe('a refusal names the cause and changes nothing:', () => {
  let user: number;
  let cartId: number;

  beforeAll(async () => {
    user = await newUser('--reference', 'bo');
    cartId = (await cart('add', user, `${pen}:8`, `${ink}:2`)).cartId ?? 0;
  });

  it.each([
    ['add', '999', '999', '1'],
    ['add', '@nobody', '@nobody', '@nothing', '1:1000000'],
    ['remove', '999', '999', '999', '1:1000000'],
    ['remove', '@BO', '@BO', '1'],
    ['show', '999', '999'],
    ['show', '@nobody', '@nobody', '999'],
  ])('cart %s %s: INVALID_USER before all other errors', async (command, _named, named, ...more) => {
    expect(await refusal(command, named, ...more)).toMatchObject({
      code: 'INVALID_USER',
      status: 4,
      message: `There is no user ${named}.`,
      details: { user: named === '999' ? 999 : named },
    });
  });

  it.each(['add', 'remove'])('cart %s: INVALID_PRODUCT with all missing products', async (command) => {
    // the other products would be refused too: the quantity is too large, the stock too low, or the cart has too few
    // units
    expect(await refusal(command, user, '@nothing:2', `${pen}:1000000`, 999998, '@Pen', ink)).toMatchObject({
      code: 'INVALID_PRODUCT',
      status: 4,
      message: 'These products do not exist: @nothing, 999998, @Pen.',
      details: { products: ['@nothing', 999_998, '@Pen'] },
    });
  });

  it('cart add: LIMIT_EXCEEDED before INSUFFICIENT_STOCK', async () => {
    expect(await refusal('add', user, `${ink}:4`, `${pen}:1000000`)).toMatchObject({
      code: 'LIMIT_EXCEEDED',
      status: 3,
      details: { value: 1_000_008, maximum: 1_000_000 },
    });
  });

  it('cart add: INSUFFICIENT_STOCK with all products that are short, and the quantity that the cart would have', async () => {
    const cup = await shop.product('Cup', 7, 1);
    expect(await refusal('add', '@bo', `${ink}:4`, cup, '@pen:3')).toMatchObject({
      code: 'INSUFFICIENT_STOCK',
      status: 3,
      message: `Not enough stock: product ${ink} (Ink): 6 requested, 5 left; product ${pen} (Pen): 11 requested, 10 left.`,
      details: {
        shortages: [
          { productId: ink, name: 'Ink', requested: 6, available: 5 },
          { productId: pen, name: 'Pen', requested: 11, available: 10 },
        ],
      },
    });
    // the stock is one unit short
    expect(await refusal('add', user, `${pen}:3`)).toMatchObject({ code: 'INSUFFICIENT_STOCK' });
    await cart('add', user, `${pen}:2`);
    await cart('remove', user, `${pen}:2`);
  });

  it('cart remove: INSUFFICIENT_CART_QUANTITY with all products that the cart has too few of', async () => {
    const cup = await shop.product('Cup', 7, 1);
    expect(await refusal('remove', '@bo', `${ink}:3`, `${pen}:8`, cup)).toMatchObject({
      code: 'INSUFFICIENT_CART_QUANTITY',
      status: 3,
      message: `The cart of user ${user} does not contain product ${cup} (Cup). The cart of user ${user} holds too few units: product ${ink} (Ink): 3 requested, 2 in the cart.`,
      details: {
        userId: user,
        shortages: [
          { productId: ink, name: 'Ink', requested: 3, available: 2 },
          { productId: cup, name: 'Cup', requested: 1, available: 0 },
        ],
      },
    });
  });

  it('cart remove: INSUFFICIENT_CART_QUANTITY for a user without a cart', async () => {
    const newcomer = await newUser();
    expect(await refusal('remove', newcomer, pen)).toMatchObject({
      code: 'INSUFFICIENT_CART_QUANTITY',
      status: 3,
      details: { userId: newcomer, shortages: [{ productId: pen, name: 'Pen', requested: 1, available: 0 }] },
    });
  });

  it('cart add: a refusal creates no cart', async () => {
    const newcomer = await newUser();
    expect(await refusal('add', newcomer, `${ink}:6`)).toMatchObject({ code: 'INSUFFICIENT_STOCK' });
    expect(await cart('show', newcomer)).toEqual({ cartId: null, userId: newcomer, lines: [], total: 0 });
  });

  it('cart show: INVALID_CART for a cart of another user', async () => {
    const newcomer = await newUser('--reference', 'newcomer');
    const other = await newUser();
    await cart('add', other, pen);
    for (const [named, id] of [
      [other, cartId],
      ['@newcomer', cartId],
      [user, 999],
      [user, MAXIMUM],
    ] as const) {
      expect(await refusal('show', named, id)).toMatchObject({
        code: 'INVALID_CART',
        status: 4,
        message: `User ${named} has no cart ${id}.`,
        details: { user: named, cart: id },
      });
    }
    expect(await cart('show', newcomer)).toMatchObject({ cartId: null });
    expect(await cart('show', '@bo', cartId)).toMatchObject({ cartId });
  });

  it.each<{ field: string; args: readonly string[] }>([
    ...['0', '-1', '1.5', '1e3', '', '9007199254740992', '1000001'].map((quantity) => {
      return { field: 'quantity', args: ['add', '1', `1:${quantity}`] };
    }),
    { field: 'quantity', args: ['remove', '1', '2', '1:0'] },
    { field: 'user', args: ['add', "1' OR '1'='1", '1'] },
    { field: 'user', args: ['remove', '', '1'] },
    { field: 'user', args: ['show', '1e3'] },
    { field: 'product', args: ['add', '1', '@'] },
    { field: 'product', args: ['remove', '1', '2', '-1'] },
    ...['0', '-1', '1.5', '1e3', '', '9007199254740992', '@bo'].map((id) => {
      return { field: 'cart', args: ['show', '1', id] };
    }),
    { field: 'quantity', args: ['add', '1', '1:600000', '1:600000'] },
    { field: 'items', args: ['add', '1', ...Array.from({ length: 1_001 }, (_, index) => String(index + 1))] },
  ])('cart $args.0: INVALID_INPUT of a $field: $args', async ({ field, args }) => {
    const error = await shop.refused(['cart', ...args], NO_REDIS);
    expect(error).toMatchObject({ code: 'INVALID_INPUT', status: 2, details: { field } });
    expect(error.message.startsWith(field)).toBe(true);
  });

  it.each([
    { args: ['add'], missing: ['<user>', '<items...>'] },
    { args: ['add', '1'], missing: ['<items...>'] },
    { args: ['remove'], missing: ['<user>', '<items...>'] },
    { args: ['remove', '1', '--no-input'], missing: ['<items...>'] },
    { args: ['show'], missing: ['<user>'] },
  ])('cart $args: INPUT_REQUIRED', async ({ args, missing }) => {
    expect(await shop.refused(['cart', ...args])).toMatchObject({
      code: 'INPUT_REQUIRED',
      status: 2,
      details: { missing },
    });
  });

  it('no refusal has changed the cart', async () => {
    expect(await cart('show', user)).toMatchObject({ cartId, lines: [{ quantity: 8 }, { quantity: 2 }], total: 860 });
  });
});

describe('the five formats', () => {
  const FORMATS = ['table', 'json', 'jsonl', 'csv', 'tsv'] as const;

  async function inAllFormats(...args: (string | number)[]): Promise<Record<string, string>> {
    const printed = await Promise.all(
      FORMATS.map(async (format) => {
        const { status, stdout, stderr } = await shop.run(['cart', ...args.map(String), '-o', format], NO_REDIS);
        expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
        return [format, stdout] as const;
      }),
    );
    return Object.fromEntries(printed);
  }

  it('show a cart', async () => {
    const user = await newUser();
    const { cartId } = await cart('add', user, `${pen}:10`, ink);
    const json = `{"cartId":${cartId},"userId":${user},"lines":[{"productId":${pen},"name":"Pen","quantity":10,"unitPrice":100,"amount":1000},{"productId":${ink},"name":"Ink","quantity":1,"unitPrice":30,"amount":30}],"total":1030}\n`;
    const rows = [
      ['cartId', 'userId', 'total', 'productId', 'name', 'quantity', 'unitPrice', 'amount', 'retired'],
      [cartId, user, 1030, pen, 'Pen', 10, 100, 1000, ''],
      [cartId, user, 1030, ink, 'Ink', 1, 30, 30, ''],
    ];
    expect(await inAllFormats('show', user)).toEqual({
      table: [
        `Cart ${cartId} of Ann (${user})`,
        '',
        'PRODUCT ID  NAME  QUANTITY  UNIT PRICE  AMOUNT',
        `${String(pen).padStart(10)}  Pen         10         100    1000`,
        `${String(ink).padStart(10)}  Ink          1          30      30`,
        '──────────────────────────────────────────────',
        'TOTAL                                     1030',
        '',
      ].join('\n'),
      json,
      jsonl: json,
      csv: `${rows.map((row) => row.join(',')).join('\n')}\n`,
      tsv: `${rows.map((row) => row.join('\t')).join('\n')}\n`,
    });
  });

  it('show an empty cart', async () => {
    const user = await newUser();
    const json = (cartId: number | null) => `{"cartId":${cartId},"userId":${user},"lines":[],"total":0}\n`;
    const expected = (cartId: number | null) => ({
      table: `${cartId === null ? 'Cart' : `Cart ${cartId}`} of Ann (${user})\nTOTAL  0\n\nNo products.\n`,
      json: json(cartId),
      jsonl: json(cartId),
      csv: 'cartId,userId,total,productId,name,quantity,unitPrice,amount,retired\n',
      tsv: 'cartId\tuserId\ttotal\tproductId\tname\tquantity\tunitPrice\tamount\tretired\n',
    });
    expect(await inAllFormats('show', user)).toEqual(expected(null));
    const { cartId } = await cart('add', user, pen);
    await cart('remove', user, pen);
    expect(await inAllFormats('show', user, cartId ?? '')).toEqual(expected(cartId));
  });

  it('name one changed product in the headline, and count several', async () => {
    const user = await newUser();
    const headline = async (...args: string[]) =>
      (await shop.run(['cart', ...args, '-o', 'table'])).stdout.split('\n')[0];
    expect(await headline('add', `${user}`, `${pen}:2`)).toMatch(
      /2 × Pen to the cart of Ann \(\d+\)\. Cart total: [\d,]+\.$/,
    );
    expect(await headline('add', `${user}`, `${pen}:2`, `${ink}`)).toContain('Added 3 units of 2 products to the cart');
    expect(await headline('remove', `${user}`, `${ink}`)).toContain('Removed 1 × Ink from the cart of Ann');
  });

  it('explain a refusal to people in one line', async () => {
    const user = await newUser();
    const { status, stdout, stderr } = await shop.run(['cart', 'remove', String(user), String(pen)]);
    expect({ status, stdout }).toEqual({ status: 3, stdout: '' });
    expect(stderr).toBe(
      `shop: The cart of user ${user} does not contain product ${pen} (Pen). See the cart's contents with \`shop cart show ${user}\`.\n`,
    );
  });
});

describe('retired products', () => {
  it('are refused by cart add, marked by cart show, and may be removed', async () => {
    const user = await newUser();
    const [lamp, vase] = [await shop.product('Lamp', 10, 5, '--reference', 'lamp'), await shop.product('Vase', 20, 5)];
    await cart('add', user, `${lamp}:2`, vase, pen);
    for (const product of [lamp, vase]) await shop.ok(['product', 'retire', String(product)]);
    const shown = await cart('show', user);
    expect(shown).toMatchObject({
      lines: [
        { productId: lamp, name: 'Lamp', quantity: 2, unitPrice: 10, amount: 20, retired: true },
        { productId: vase, retired: true },
        { productId: pen, name: 'Pen', quantity: 1, unitPrice: 100, amount: 100 },
      ],
      total: 140,
    });
    expect(shown.lines[2]).not.toHaveProperty('retired');
    const { stdout } = await shop.run(['cart', 'show', String(user), '-o', 'table']);
    expect(stdout).toMatch(/RETIRED\n.*Lamp .* yes *\n.*Vase .* yes *\n.*Pen +1 +100 +100 *\n/);
    expect((await shop.run(['cart', 'show', String(user), '-o', 'csv'])).stdout).toMatch(
      /,amount,retired\n.*,20,true\n.*,20,true\n.*,100,\n$/,
    );

    expect(await refusal('add', user, pen, '@lamp', `${vase}:9`)).toMatchObject({
      code: 'PRODUCT_RETIRED',
      status: 3,
      message: `These products are no longer on sale: product ${lamp} (Lamp); product ${vase} (Vase).`,
      details: {
        products: [
          { productId: lamp, name: 'Lamp' },
          { productId: vase, name: 'Vase' },
        ],
      },
    });
    // missing products are reported before retired ones, and retired ones before exceeded limits
    expect(await refusal('add', user, '@lamp', '@nothing')).toMatchObject({ code: 'INVALID_PRODUCT' });
    expect(await refusal('add', user, '@lamp', `${pen}:1000000`)).toMatchObject({ code: 'PRODUCT_RETIRED' });

    expect(await cart('remove', user, vase, '@lamp')).toMatchObject({ total: 110 });
    await shop.ok(['product', 'restore', '@lamp']);
    const { lines } = await cart('add', user, '@lamp');
    expect(lines).toContainEqual({ productId: lamp, name: 'Lamp', quantity: 2, unitPrice: 10, amount: 20 });
  });
});
