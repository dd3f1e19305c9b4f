import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { type JsonError, TestShop } from '../support/shop.ts';

interface Cart {
  readonly cartId: number | null;
  readonly userId: number;
  readonly lines: readonly { productId: number; name: string; quantity: number; unitPrice: number; amount: number }[];
  readonly total: number | string;
}

type Refused = JsonError & { status: number | null };

const MAXIMUM = 9_007_199_254_740_991;
/** Nobody listens there: carts are filled and seen without Redis, and without a worker. */
const NO_REDIS = { env: { SHOP_REDIS_URL: 'redis://127.0.0.1:1' } };

let shop: TestShop;
let pen: number;
let ink: number;

// no worker runs but where a test starts one
beforeAll(async () => {
  shop = await TestShop.create();
  pen = await product('Pen', 100, 10, '--reference', 'pen');
  ink = await product('Ink', 30, 5);
});

afterAll(async () => {
  expect(await shop.faults()).toEqual([]);
  await shop.close();
});

function newUser(...more: string[]): Promise<number> {
  return shop.created(['user', 'create', 'Ann', ...more]);
}

function product(name: string, price: number, stock: number, ...more: string[]): Promise<number> {
  return shop.created(['product', 'create', name, '--price', String(price), '--stock', String(stock), ...more]);
}

/** A cart command that must succeed. */
function cart(...args: (string | number)[]): Promise<Cart> {
  return shop.ok<Cart>(['cart', ...args.map(String)], NO_REDIS);
}

async function everything(): Promise<unknown> {
  const tables = ['carts', 'cart_lines', 'requests', 'outcomes'];
  return [await shop.snapshot(), ...(await Promise.all(tables.map((table) => shop.sql(`SELECT * FROM ${table}`))))];
}

/** A cart command that must be refused, having made sure that not a row is another one than before. */
async function refusal(...args: (string | number)[]): Promise<Refused> {
  const before = await everything();
  const error = await shop.refused(['cart', ...args.map(String)], NO_REDIS);
  expect(await everything()).toEqual(before);
  expect(error.message).not.toBe('');
  expect(error.hint).not.toBe('');
  return error;
}

/** So many products with a stock of 2, made in one statement; their references. */
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

describe('add, remove and show', () => {
  it('keep what was put in, in the order in which it was first put in, at the prices of now', async () => {
    const user = await newUser('--reference', 'keeper');
    const cup = await product('Cup', 7, 3);
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

    // what is left keeps its place; what went and comes again is last
    const [, ...others] = filled.lines;
    const left = { productId: ink, name: 'Ink', quantity: 1, unitPrice: 30, amount: 30 };
    expect(await cart('remove', user, `${ink}:4`)).toEqual({ ...filled, lines: [left, ...others], total: 154 });
    expect(await cart('remove', '@keeper', ink)).toEqual({ ...filled, lines: others, total: 124 });
    expect((await cart('add', user, ink)).lines).toEqual([...others, left]);

    // a cart of nothing is still the user's cart
    const empty = { cartId: first.cartId, userId: user, lines: [], total: 0 };
    expect(await cart('remove', user, '@pen', ink, `${cup}:3`)).toEqual(empty);
    expect(await cart('show', user)).toEqual(empty);
    expect(await shop.sql('SELECT * FROM cart_lines WHERE cart_id = ?', [first.cartId])).toEqual([]);
    expect(await cart('add', user, ink)).toMatchObject({ cartId: first.cartId, total: 30 });
  });

  it('change no stock, no balance and nothing of anybody else', async () => {
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

  it('count a product that is named twice as the sum, by id and by reference', async () => {
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

  it('let a cart be emptied that holds more than is left, and take of other products', async () => {
    const user = await newUser();
    const rare = await product('Rare', 1, 3);
    await cart('add', user, `${rare}:3`);
    // as when others have bought it
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

  it('reckon beyond 2^53 to the point', async () => {
    const user = await newUser();
    const palace = await product('Palace', 999_999_999_999, 999_999);
    const tower = await product('Tower', 1_000_000_000_000, 9_007);
    expect(await cart('add', user, `${palace}:999999`, `${tower}:9007`)).toMatchObject({
      lines: [{ amount: '999998999999000001' }, { amount: 9_007_000_000_000_000 }],
      total: '1009005999999000001',
    });
    expect((await shop.run(['cart', 'show', String(user), '-o', 'csv'])).stdout).toContain('1009005999999000001');
    expect((await shop.run(['cart', 'show', String(user), '-o', 'table'])).stdout).toContain('999998999999000001');
    const brick = await product('Brick', 1, 1);
    const wall = await product('Wall', 199_254_740_991, 1);
    const edge = await newUser();
    expect(await cart('add', edge, `${tower}:9007`, wall)).toMatchObject({ total: MAXIMUM });
    expect(await cart('add', edge, brick)).toMatchObject({ total: '9007199254740992' });
  });

  it('take a product of a million units and a cart of 1,000 products, and no more', async () => {
    const user = await newUser();
    const sand = await product('Sand', 1, 2_000_000, '--reference', 'sand');
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
    // in the order of naming, which is not that of the ids
    const names = [another, ...others].map((name) => `Item ${name.slice('@many-'.length)}`);
    expect(full.lines.slice(1).map(({ name }) => name)).toEqual(names);
    expect(await refusal('add', user, last)).toMatchObject({ details: tooMany.details });
    // more of what is in it makes it no longer; what goes makes room
    expect((await cart('add', user, another, ...others)).total).toBe(1_001_998);
    expect((await cart('remove', user, `${another}:2`, ...others)).lines).toHaveLength(999);
    expect((await cart('add', user, last)).lines).toHaveLength(1_000);
  });
});

describe('a refusal names what is wrong, and nothing changes:', () => {
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
  ])('cart %s %s: INVALID_USER, before all else', async (command, _named, named, ...more) => {
    expect(await refusal(command, named, ...more)).toMatchObject({
      code: 'INVALID_USER',
      status: 4,
      message: `There is no user ${named}.`,
      details: { user: named === '999' ? 999 : named },
    });
  });

  it.each(['add', 'remove'])('cart %s: INVALID_PRODUCT with all that are not there', async (command) => {
    // others of the products would be refused too: too many, too few in stock, too few in the cart
    expect(await refusal(command, user, '@nothing:2', `${pen}:1000000`, 999998, '@Pen', ink)).toMatchObject({
      code: 'INVALID_PRODUCT',
      status: 4,
      message: 'There is no product @nothing, 999998, @Pen.',
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

  it('cart add: INSUFFICIENT_STOCK with all that are short, and what the cart would hold', async () => {
    const cup = await product('Cup', 7, 1);
    expect(await refusal('add', '@bo', `${ink}:4`, cup, '@pen:3')).toMatchObject({
      code: 'INSUFFICIENT_STOCK',
      status: 3,
      message: `Not enough stock: product ${ink} (Ink): 6 asked, 5 left; product ${pen} (Pen): 11 asked, 10 left.`,
      details: {
        shortages: [
          { productId: ink, name: 'Ink', requested: 6, available: 5 },
          { productId: pen, name: 'Pen', requested: 11, available: 10 },
        ],
      },
    });
    // to the last unit
    expect(await refusal('add', user, `${pen}:3`)).toMatchObject({ code: 'INSUFFICIENT_STOCK' });
    await cart('add', user, `${pen}:2`);
    await cart('remove', user, `${pen}:2`);
  });

  it('cart remove: INSUFFICIENT_CART_QUANTITY with all of which it holds too few', async () => {
    const cup = await product('Cup', 7, 1);
    expect(await refusal('remove', '@bo', `${ink}:3`, `${pen}:8`, cup)).toMatchObject({
      code: 'INSUFFICIENT_CART_QUANTITY',
      status: 3,
      message: `The cart of user ${user} does not hold that many: product ${ink} (Ink): 3 asked, 2 in it; product ${cup} (Cup): 1 asked, 0 in it.`,
      details: {
        userId: user,
        shortages: [
          { productId: ink, name: 'Ink', requested: 3, available: 2 },
          { productId: cup, name: 'Cup', requested: 1, available: 0 },
        ],
      },
    });
  });

  it('cart remove: INSUFFICIENT_CART_QUANTITY to who has no cart', async () => {
    const newcomer = await newUser();
    expect(await refusal('remove', newcomer, pen)).toMatchObject({
      code: 'INSUFFICIENT_CART_QUANTITY',
      status: 3,
      details: { userId: newcomer, shortages: [{ productId: pen, name: 'Pen', requested: 1, available: 0 }] },
    });
  });

  it('cart add: makes no cart for what is refused', async () => {
    const newcomer = await newUser();
    expect(await refusal('add', newcomer, `${ink}:6`)).toMatchObject({ code: 'INSUFFICIENT_STOCK' });
    expect(await cart('show', newcomer)).toEqual({ cartId: null, userId: newcomer, lines: [], total: 0 });
  });

  it("cart show: INVALID_CART for a cart that is not the user's", async () => {
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

  it('none of these has changed the cart', async () => {
    expect(await cart('show', user)).toMatchObject({ cartId, lines: [{ quantity: 8 }, { quantity: 2 }], total: 860 });
  });
});

describe('five formats', () => {
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
      ['cartId', 'userId', 'total', 'productId', 'name', 'quantity', 'unitPrice', 'amount'],
      [cartId, user, 1030, pen, 'Pen', 10, 100, 1000],
      [cartId, user, 1030, ink, 'Ink', 1, 30, 30],
    ];
    expect(await inAllFormats('show', user)).toEqual({
      table: [
        `CART ID  ${cartId}`,
        `USER ID  ${user}`,
        'TOTAL    1,030',
        '',
        'PRODUCT ID  NAME  QUANTITY  UNIT PRICE  AMOUNT',
        `${String(pen).padStart(10)}  Pen         10         100   1,000`,
        `${String(ink).padStart(10)}  Ink          1          30      30`,
        '',
      ].join('\n'),
      json,
      jsonl: json,
      csv: `${rows.map((row) => row.join(',')).join('\n')}\n`,
      tsv: `${rows.map((row) => row.join('\t')).join('\n')}\n`,
    });
  });

  it('show a cart of nothing', async () => {
    const user = await newUser();
    const json = (cartId: number | null) => `{"cartId":${cartId},"userId":${user},"lines":[],"total":0}\n`;
    const expected = (cartId: number | null) => ({
      table: `CART ID  ${cartId ?? '-'}\nUSER ID  ${user}\nTOTAL    0\n\nNo products.\n`,
      json: json(cartId),
      jsonl: json(cartId),
      csv: 'cartId,userId,total,productId,name,quantity,unitPrice,amount\n',
      tsv: 'cartId\tuserId\ttotal\tproductId\tname\tquantity\tunitPrice\tamount\n',
    });
    expect(await inAllFormats('show', user)).toEqual(expected(null));
    const { cartId } = await cart('add', user, pen);
    await cart('remove', user, pen);
    expect(await inAllFormats('show', user, cartId ?? '')).toEqual(expected(cartId));
  });

  it('say for people, in one line, what was refused', async () => {
    const user = await newUser();
    const { status, stdout, stderr } = await shop.run(['cart', 'remove', String(user), String(pen)]);
    expect({ status, stdout }).toEqual({ status: 3, stdout: '' });
    expect(stderr).toBe(
      `shop: The cart of user ${user} does not hold that many: product ${pen} (Pen): 1 asked, 0 in it. See what it holds with \`shop cart show ${user}\`.\n`,
    );
  });
});

describe('checkout', () => {
  async function whileWorking<T>(work: () => Promise<T>): Promise<T> {
    const worker = await shop.startWorker();
    try {
      return await work();
    } finally {
      expect((await worker.stop()).status).toBe(0);
    }
  }

  /** What becomes of a request that was recorded under this key. */
  async function decided(key: string): Promise<Record<string, unknown>> {
    return eventually(`an outcome of ${key}`, async () => {
      const request = await shop.ok(['request', 'show', key]);
      return request.status !== 'pending' && request;
    });
  }

  async function cartRows(): Promise<unknown> {
    return [await shop.sql('SELECT * FROM carts'), await shop.sql('SELECT * FROM cart_lines ORDER BY id')];
  }

  /** A refused checkout, having made sure that carts and all else but the requests are as before. */
  async function checkoutRefused(user: number, key: string): Promise<Refused> {
    const before = [await shop.snapshot(), await cartRows()];
    const error = await shop.refused(['cart', 'checkout', String(user), '--key', key]);
    expect([await shop.snapshot(), await cartRows()]).toEqual(before);
    return error;
  }

  function checkout(user: number, ...flags: string[]): Promise<Record<string, unknown>> {
    return shop.ok(['cart', 'checkout', String(user), ...flags]);
  }

  function stockOf(id: number): Promise<unknown> {
    return shop.ok(['product', 'show', String(id)]).then(({ stock }) => stock);
  }

  it('orders what the cart holds and empties it; its key answers the same order from then on', async () => {
    const [mug, jug] = [await product('Mug', 10, 20, '--reference', 'mug'), await product('Jug', 25, 20)];
    await whileWorking(async () => {
      const user = Number(await shop.userWith(1_000));
      const other = await newUser();
      await cart('add', other, `${mug}:3`);
      const { cartId } = await cart('add', user, `${jug}:2`, '@mug:5');
      const placed = await checkout(user, '--key', 'checkout-1');
      const { lines } = placed;
      expect(placed).toEqual({
        requestId: expect.any(Number),
        key: 'checkout-1',
        replayed: false,
        attempts: 1,
        orderId: expect.any(Number),
        userId: user,
        status: 'placed',
        total: 100,
        balance: 900,
        lines: [
          { productId: jug, name: 'Jug', quantity: 2, unitPrice: 25, amount: 50 },
          { productId: mug, name: 'Mug', quantity: 5, unitPrice: 10, amount: 50 },
        ],
        createdAt: expect.stringMatching(/Z$/),
      });
      expect(await shop.ok(['order', 'show', String(placed.orderId)])).toMatchObject({ lines, total: 100 });
      expect(await cart('show', user)).toEqual({ cartId, userId: user, lines: [], total: 0 });
      expect(await cart('show', other)).toMatchObject({ lines: [{ productId: mug, quantity: 3 }] });
      expect([await stockOf(mug), await stockOf(jug)]).toEqual([15, 18]);

      expect(await checkout(user, '--key', 'checkout-1')).toEqual({ ...placed, replayed: true });
      // what is in the cart by then is another matter
      const more = await cart('add', user, mug);
      expect(await checkout(user, '--key', 'checkout-1')).toEqual({ ...placed, replayed: true });
      expect(await cart('show', user)).toEqual(more);
      expect(await shop.ok<unknown[]>(['order', 'list', '--user', String(user)])).toHaveLength(1);

      expect(await checkout(user)).toMatchObject({ replayed: false, total: 10, balance: 890 });
      expect(await cart('show', user)).toEqual({ cartId, userId: user, lines: [], total: 0 });
    });
  });

  it('answers a key that stands for something else with IDEMPOTENCY_CONFLICT', async () => {
    const [one, other] = [await newUser(), await newUser()];
    await cart('add', one, pen);
    await cart('add', other, pen);
    await checkout(one, '--key', 'torn', '--no-wait');
    await shop.ok(['charge', String(other), '5', '--key', 'charged', '--no-wait']);
    for (const [user, key] of [
      [other, 'torn'],
      [one, 'charged'],
    ] as const) {
      expect(await checkoutRefused(user, key)).toMatchObject({ code: 'IDEMPOTENCY_CONFLICT', status: 5 });
    }
    const order = ['order', 'place', String(one), String(pen), '--key', 'torn'];
    expect(await shop.refused(order)).toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' });
    await whileWorking(async () => {
      expect(await decided('torn')).toMatchObject({ status: 'refused', code: 'INSUFFICIENT_POINTS' });
    });
  });

  it('leaves the cart as it was where points lack', async () => {
    await whileWorking(async () => {
      const user = Number(await shop.userWith(129));
      const filled = await cart('add', user, pen, ink);
      const error = await checkoutRefused(user, 'poor');
      expect(error).toMatchObject({
        code: 'INSUFFICIENT_POINTS',
        status: 3,
        details: { userId: user, balance: 129, total: 130 },
      });
      await shop.ok(['charge', String(user), '1']);
      // the same key is the same refusal, another one another try
      expect(await checkoutRefused(user, 'poor')).toEqual(error);
      expect(await cart('show', user)).toEqual(filled);
      expect(await checkout(user, '--key', 'rich')).toMatchObject({ total: 130, balance: 0 });
      expect(await checkoutRefused(user, 'poor')).toEqual(error);
    });
  });

  it('leaves the cart as it was where stock lacks', async () => {
    const vase = await product('Vase', 1, 4);
    await whileWorking(async () => {
      const user = Number(await shop.userWith(1_000));
      await cart('add', user, ink, `${vase}:3`);
      await shop.ok(['order', 'place', String(user), `${vase}:2`]);
      expect(await checkoutRefused(user, 'sold-out')).toMatchObject({
        code: 'INSUFFICIENT_STOCK',
        status: 3,
        details: { shortages: [{ productId: vase, name: 'Vase', requested: 3, available: 2 }] },
      });
    });
  });

  it('keeps in the cart what was added meanwhile', async () => {
    const [fork, knife] = [await product('Fork', 2, 50), await product('Knife', 3, 50)];
    const user = await newUser();
    await shop.ok(['charge', String(user), '1000', '--no-wait']);
    const { cartId } = await cart('add', user, `${fork}:4`, `${knife}:6`);
    const pending = await checkout(user, '--key', 'meanwhile', '--no-wait');
    expect(pending).toEqual({ requestId: expect.any(Number), key: 'meanwhile', status: 'pending' });
    expect(await cart('show', user)).toMatchObject({ lines: [{ quantity: 4 }, { quantity: 6 }] });
    await cart('add', user, `${knife}:1`, `${pen}:2`);
    expect(await checkout(user, '--key', 'meanwhile', '--no-wait')).toEqual(pending);
    await whileWorking(async () => {
      expect(await decided('meanwhile')).toMatchObject({ status: 'applied', attempts: 1 });
      expect(await checkout(user, '--key', 'meanwhile')).toMatchObject({
        replayed: true,
        total: 26,
        lines: [
          { productId: fork, quantity: 4 },
          { productId: knife, quantity: 6 },
        ],
      });
    });
    expect(await cart('show', user)).toMatchObject({
      cartId,
      lines: [
        { productId: knife, quantity: 1 },
        { productId: pen, quantity: 2 },
      ],
    });
  });

  it('is refused where something was taken out meanwhile', async () => {
    const user = await newUser();
    await shop.ok(['charge', String(user), '1000', '--no-wait']);
    await cart('add', user, `${pen}:4`, `${ink}:2`);
    await checkout(user, '--key', 'changed-mind', '--no-wait');
    const left = await cart('remove', user, pen, `${ink}:2`);
    await whileWorking(() => decided('changed-mind'));
    const error = await checkoutRefused(user, 'changed-mind');
    expect(error).toMatchObject({
      code: 'INSUFFICIENT_CART_QUANTITY',
      status: 3,
      details: {
        userId: user,
        shortages: [
          { productId: pen, name: 'Pen', requested: 4, available: 3 },
          { productId: ink, name: 'Ink', requested: 2, available: 0 },
        ],
      },
    });
    expect(await cart('show', user)).toEqual(left);
    expect(await shop.ok(['balance', String(user)])).toMatchObject({ balance: 1_000 });
    expect(await shop.ok<unknown[]>(['order', 'list', '--user', String(user)])).toEqual([]);
  });

  it('says that the cart lacks before it says that points or stock do', async () => {
    const bowl = await product('Bowl', 100, 2);
    const user = await newUser();
    await cart('add', user, `${bowl}:2`);
    await checkout(user, '--key', 'all-lacks', '--no-wait');
    await cart('remove', user, bowl);
    await whileWorking(async () => {
      const buyer = await shop.userWith(100);
      await shop.ok(['order', 'place', buyer, String(bowl)]);
      expect(await decided('all-lacks')).toMatchObject({ code: 'INSUFFICIENT_CART_QUANTITY' });
    });
  });

  it('orders once where two that wait have the same cart', async () => {
    const user = await newUser();
    await shop.ok(['charge', String(user), '1000', '--no-wait']);
    await cart('add', user, pen);
    await checkout(user, '--key', 'one', '--no-wait');
    await checkout(user, '--key', 'two', '--no-wait');
    await whileWorking(async () => {
      expect(await decided('one')).toMatchObject({ status: 'applied' });
      expect(await decided('two')).toMatchObject({
        code: 'INSUFFICIENT_CART_QUANTITY',
        outcome: { userId: user, shortages: [{ productId: pen, name: 'Pen', requested: 1, available: 0 }] },
      });
    });
    expect(await cart('show', user)).toMatchObject({ lines: [], total: 0 });
  });

  it('orders once however many check out at once', async () => {
    const dish = await product('Dish', 1, 1_000);
    await whileWorking(async () => {
      const user = Number(await shop.userWith(1_000));
      await cart('add', user, `${dish}:10`);
      const results = await Promise.all(
        Array.from({ length: 6 }, () => shop.run(['cart', 'checkout', String(user), '--json'])),
      );
      const codes = results.map(({ status, stderr }) => (status === 0 ? 'done' : JSON.parse(stderr).error.code));
      expect(codes.filter((code) => code === 'done')).toHaveLength(1);
      // those who came when it was empty already made no request
      for (const code of codes) expect(['done', 'INSUFFICIENT_CART_QUANTITY', 'EMPTY_CART']).toContain(code);
      expect(await shop.ok(['balance', String(user)])).toMatchObject({ balance: 990 });
      expect(await stockOf(dish)).toBe(990);
      expect(await cart('show', user)).toMatchObject({ lines: [], total: 0 });
    });
  });

  it('takes the price of when it is decided', async () => {
    const lamp = await product('Lamp', 10, 5);
    const user = await newUser();
    await shop.ok(['charge', String(user), '100', '--no-wait']);
    expect(await cart('add', user, `${lamp}:2`)).toMatchObject({ total: 20 });
    await checkout(user, '--key', 'dearer', '--no-wait');
    await shop.ok(['product', 'reprice', String(lamp), '15']);
    expect(await cart('show', user)).toMatchObject({ lines: [{ unitPrice: 15, amount: 30 }], total: 30 });
    await whileWorking(() => decided('dearer'));
    expect(await checkout(user, '--key', 'dearer')).toMatchObject({
      total: 30,
      balance: 70,
      lines: [{ unitPrice: 15, amount: 30 }],
    });
  });

  it('has nothing to order of an empty cart, or of none, and records nothing', async () => {
    const user = await newUser();
    const empty = { code: 'EMPTY_CART', status: 3, details: { userId: user } };
    expect(await refusal('checkout', user)).toMatchObject(empty);
    await cart('add', user, pen);
    await cart('remove', user, pen);
    const error = await refusal('checkout', user, '--key', 'nothing');
    expect(error).toMatchObject({ ...empty, message: `The cart of user ${user} is empty.` });
    expect(await shop.refused(['request', 'show', 'nothing'])).toMatchObject({ code: 'INVALID_REQUEST' });
  });

  it.each(['999', '@nobody'])('has no user %s to check out for', async (user) => {
    expect(await refusal('checkout', user)).toMatchObject({
      code: 'INVALID_USER',
      status: 4,
      details: { user: user === '999' ? 999 : user },
    });
  });

  it.each([
    { args: ['0'], field: 'user' },
    { args: ['bo'], field: 'user' },
    { args: ['1', '--key', ''], field: 'key' },
    { args: ['1', '--timeout', '5'], field: '--timeout' },
  ])('refuses input that will not do: $args', async ({ args, field }) => {
    expect(await refusal('checkout', ...args)).toMatchObject({ code: 'INVALID_INPUT', status: 2, details: { field } });
  });

  it('wants a user', async () => {
    expect(await refusal('checkout')).toMatchObject({ code: 'INPUT_REQUIRED', details: { missing: ['<user>'] } });
  });
});
