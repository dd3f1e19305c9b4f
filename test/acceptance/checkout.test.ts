import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Cart, type Refused, refusedCart, runCart } from '../support/carts.ts';
import { TestShop } from '../support/shop.ts';

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

function newUser(): Promise<number> {
  return shop.created(['user', 'create', 'Ann']);
}

function cart(...args: (string | number)[]): Promise<Cart> {
  return runCart(shop, ...args);
}

function refusal(...args: (string | number)[]): Promise<Refused> {
  return refusedCart(shop, ...args);
}

async function cartRows(): Promise<unknown> {
  return [await shop.sql('SELECT * FROM carts'), await shop.sql('SELECT * FROM cart_lines ORDER BY id')];
}

/** Runs a checkout that is refused, and checks that only the recorded requests have changed. */
async function checkoutRefused(user: number, key: string): Promise<Refused> {
  const before = [await shop.snapshot(), await cartRows()];
  const error = await shop.refused(['cart', 'checkout', String(user), '--key', key]);
  expect([await shop.snapshot(), await cartRows()]).toEqual(before);
  return error;
}

function checkout(user: number, ...flags: string[]): Promise<Record<string, unknown>> {
  return shop.ok(['cart', 'checkout', String(user), ...flags]);
}

it('orders the content of the cart and empties the cart; the same key then replays the order', async () => {
  const [mug, jug] = [await shop.product('Mug', 10, 20, '--reference', 'mug'), await shop.product('Jug', 25, 20)];
  await shop.whileWorking(async () => {
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
      refunded: 0,
      balance: 900,
      lines: [
        { productId: jug, name: 'Jug', quantity: 2, unitPrice: 25, amount: 50, returned: 0 },
        { productId: mug, name: 'Mug', quantity: 5, unitPrice: 10, amount: 50, returned: 0 },
      ],
      createdAt: expect.stringMatching(/Z$/),
    });
    expect(await shop.ok(['order', 'show', String(placed.orderId)])).toMatchObject({ lines, total: 100 });
    expect(await cart('show', user)).toEqual({ cartId, userId: user, lines: [], total: 0 });
    expect(await cart('show', other)).toMatchObject({ lines: [{ productId: mug, quantity: 3 }] });
    expect([await shop.stockOf(mug), await shop.stockOf(jug)]).toEqual([15, 18]);

    expect(await checkout(user, '--key', 'checkout-1')).toEqual({ ...placed, replayed: true });
    // the replay does not depend on the current content of the cart
    const more = await cart('add', user, mug);
    expect(await checkout(user, '--key', 'checkout-1')).toEqual({ ...placed, replayed: true });
    expect(await cart('show', user)).toEqual(more);
    expect(await shop.ok<unknown[]>(['order', 'list', '--user', String(user)])).toHaveLength(1);

    expect(await checkout(user)).toMatchObject({ replayed: false, total: 10, balance: 890 });
    expect(await cart('show', user)).toEqual({ cartId, userId: user, lines: [], total: 0 });
  });
});

it('reports IDEMPOTENCY_CONFLICT for a key with other content', async () => {
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
  await shop.whileWorking(async () => {
    expect(await shop.decided('torn')).toMatchObject({ status: 'refused', code: 'INSUFFICIENT_POINTS' });
  });
});

it('keeps the cart when points are insufficient', async () => {
  await shop.whileWorking(async () => {
    const user = Number(await shop.userWith(129));
    const filled = await cart('add', user, pen, ink);
    const error = await checkoutRefused(user, 'poor');
    expect(error).toMatchObject({
      code: 'INSUFFICIENT_POINTS',
      status: 3,
      details: { userId: user, balance: 129, total: 130 },
    });
    const replayed = { ...error, details: { ...error.details, replayed: true } };
    await shop.ok(['charge', String(user), '1']);
    // the same key replays the refusal; another key makes a new request
    expect(await checkoutRefused(user, 'poor')).toEqual(replayed);
    expect(await cart('show', user)).toEqual(filled);
    expect(await checkout(user, '--key', 'rich')).toMatchObject({ total: 130, balance: 0 });
    expect(await checkoutRefused(user, 'poor')).toEqual(replayed);
  });
});

it('keeps the cart when stock is insufficient', async () => {
  const vase = await shop.product('Vase', 1, 4);
  await shop.whileWorking(async () => {
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

it('keeps products that were added to the cart meanwhile', async () => {
  const [fork, knife] = [await shop.product('Fork', 2, 50), await shop.product('Knife', 3, 50)];
  const user = await newUser();
  await shop.ok(['charge', String(user), '1000', '--no-wait']);
  const { cartId } = await cart('add', user, `${fork}:4`, `${knife}:6`);
  const pending = await checkout(user, '--key', 'meanwhile', '--no-wait');
  expect(pending).toEqual({ requestId: expect.any(Number), key: 'meanwhile', status: 'pending' });
  expect(await cart('show', user)).toMatchObject({ lines: [{ quantity: 4 }, { quantity: 6 }] });
  await cart('add', user, `${knife}:1`, `${pen}:2`);
  expect(await checkout(user, '--key', 'meanwhile', '--no-wait')).toEqual(pending);
  await shop.whileWorking(async () => {
    expect(await shop.decided('meanwhile')).toMatchObject({ status: 'applied', attempts: 1 });
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

it('refuses a checkout if something was removed from the cart meanwhile', async () => {
  const user = await newUser();
  await shop.ok(['charge', String(user), '1000', '--no-wait']);
  await cart('add', user, `${pen}:4`, `${ink}:2`);
  await checkout(user, '--key', 'changed-mind', '--no-wait');
  const left = await cart('remove', user, pen, `${ink}:2`);
  await shop.whileWorking(() => shop.decided('changed-mind'));
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

it('reports a changed cart before insufficient points or stock', async () => {
  const bowl = await shop.product('Bowl', 100, 2);
  const user = await newUser();
  await cart('add', user, `${bowl}:2`);
  await checkout(user, '--key', 'all-lacks', '--no-wait');
  await cart('remove', user, bowl);
  await shop.whileWorking(async () => {
    const buyer = await shop.userWith(100);
    await shop.ok(['order', 'place', buyer, String(bowl)]);
    expect(await shop.decided('all-lacks')).toMatchObject({ code: 'INSUFFICIENT_CART_QUANTITY' });
  });
});

it('orders once if two pending checkouts have the same cart', async () => {
  const user = await newUser();
  await shop.ok(['charge', String(user), '1000', '--no-wait']);
  await cart('add', user, pen);
  await checkout(user, '--key', 'one', '--no-wait');
  await checkout(user, '--key', 'two', '--no-wait');
  await shop.whileWorking(async () => {
    expect(await shop.decided('one')).toMatchObject({ status: 'applied' });
    expect(await shop.decided('two')).toMatchObject({
      code: 'INSUFFICIENT_CART_QUANTITY',
      outcome: { userId: user, shortages: [{ productId: pen, name: 'Pen', requested: 1, available: 0 }] },
    });
  });
  expect(await cart('show', user)).toMatchObject({ lines: [], total: 0 });
});

it('orders once if several processes check out at once', async () => {
  const dish = await shop.product('Dish', 1, 1_000);
  await shop.whileWorking(async () => {
    const user = Number(await shop.userWith(1_000));
    await cart('add', user, `${dish}:10`);
    const results = await Promise.all(
      Array.from({ length: 6 }, () => shop.run(['cart', 'checkout', String(user), '--json'])),
    );
    const codes = results.map(({ status, stderr }) => (status === 0 ? 'done' : JSON.parse(stderr).error.code));
    expect(codes.filter((code) => code === 'done')).toHaveLength(1);
    // processes that found the cart empty made no request
    for (const code of codes) expect(['done', 'INSUFFICIENT_CART_QUANTITY', 'EMPTY_CART']).toContain(code);
    expect(await shop.ok(['balance', String(user)])).toMatchObject({ balance: 990 });
    expect(await shop.stockOf(dish)).toBe(990);
    expect(await cart('show', user)).toMatchObject({ lines: [], total: 0 });
  });
});

it('charges the price at the time of the decision', async () => {
  const lamp = await shop.product('Lamp', 10, 5);
  const user = await newUser();
  await shop.ok(['charge', String(user), '100', '--no-wait']);
  expect(await cart('add', user, `${lamp}:2`)).toMatchObject({ total: 20 });
  await checkout(user, '--key', 'dearer', '--no-wait');
  await shop.ok(['product', 'reprice', String(lamp), '15']);
  expect(await cart('show', user)).toMatchObject({ lines: [{ unitPrice: 15, amount: 30 }], total: 30 });
  await shop.whileWorking(() => shop.decided('dearer'));
  expect(await checkout(user, '--key', 'dearer')).toMatchObject({
    total: 30,
    balance: 70,
    lines: [{ unitPrice: 15, amount: 30 }],
  });
});

it('refuses an empty or missing cart, and records nothing', async () => {
  const user = await newUser();
  const empty = { code: 'EMPTY_CART', status: 3, details: { userId: user } };
  expect(await refusal('checkout', user)).toMatchObject(empty);
  await cart('add', user, pen);
  await cart('remove', user, pen);
  const error = await refusal('checkout', user, '--key', 'nothing');
  expect(error).toMatchObject({ ...empty, message: `The cart of user ${user} is empty.` });
  expect(await shop.refused(['request', 'show', 'nothing'])).toMatchObject({ code: 'INVALID_REQUEST' });
});

it.each(['999', '@nobody'])('refuses the unknown user %s', async (user) => {
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
])('refuses invalid input: $args', async ({ args, field }) => {
  expect(await refusal('checkout', ...args)).toMatchObject({ code: 'INVALID_INPUT', status: 2, details: { field } });
});

it('requires a user', async () => {
  expect(await refusal('checkout')).toMatchObject({ code: 'INPUT_REQUIRED', details: { missing: ['<user>'] } });
});

it('records the refusal of a blocked user and of retired products, and keeps the cart', async () => {
  const user = await newUser();
  const [tray, bell] = [await shop.product('Tray', 5, 5), await shop.product('Bell', 5, 5)];
  const filled = await cart('add', user, `${tray}:2`, pen, bell);
  for (const product of [tray, bell]) await shop.ok(['product', 'retire', String(product)]);
  await shop.whileWorking(async () => {
    // the user does not have enough points either
    const retired = await checkoutRefused(user, 'retired');
    expect(retired).toMatchObject({
      code: 'PRODUCT_RETIRED',
      status: 3,
      details: {
        products: [
          { productId: tray, name: 'Tray' },
          { productId: bell, name: 'Bell' },
        ],
      },
    });
    await shop.ok(['user', 'block', String(user), '--reason', 'late']);
    const blocked = await checkoutRefused(user, 'blocked');
    expect(blocked).toMatchObject({ code: 'USER_BLOCKED', status: 3, details: { userId: user } });
    expect(await shop.ok<unknown[]>(['activity', 'list', '--action', 'cart checkout', '--limit', '2'])).toMatchObject([
      { subject: `user ${user}`, after: { status: 'refused', code: 'USER_BLOCKED' } },
      { subject: `user ${user}`, after: { status: 'refused', code: 'PRODUCT_RETIRED' } },
    ]);

    // the keys replay their refusals even after the causes are removed
    await shop.ok(['user', 'unblock', String(user)]);
    for (const product of [tray, bell]) await shop.ok(['product', 'restore', String(product)]);
    await shop.ok(['charge', String(user), '115']);
    for (const [key, error] of [
      ['retired', retired],
      ['blocked', blocked],
    ] as const) {
      expect(await checkoutRefused(user, key)).toEqual({ ...error, details: { ...error.details, replayed: true } });
    }
    expect(await cart('show', user)).toMatchObject({ lines: filled.lines });
    expect(await checkout(user, '--key', 'later')).toMatchObject({ replayed: false, total: 115, balance: 0 });
    // the key replays the order, even if the user is blocked now
    await shop.ok(['user', 'block', String(user), '--reason', 'late']);
    expect(await checkout(user, '--key', 'later')).toMatchObject({ replayed: true, total: 115 });
  });
});

it('refuses a blocked user before an empty cart, and records neither', async () => {
  const user = await newUser();
  await shop.ok(['user', 'block', String(user), '--reason', 'late']);
  expect(await refusal('checkout', user, '--key', 'blocked-and-empty')).toMatchObject({
    code: 'USER_BLOCKED',
    status: 3,
    details: { userId: user },
  });
  expect(await shop.refused(['request', 'show', 'blocked-and-empty'])).toMatchObject({ code: 'INVALID_REQUEST' });
});
