import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TestShop } from '../support/shop.ts';

let shop: TestShop;

beforeAll(async () => {
  shop = await TestShop.create({ inProcess: true });
});

afterAll(async () => {
  expect(await shop.faults()).toEqual([]);
  await shop.close();
});

beforeEach(async () => {
  await shop.sql('DELETE FROM activities');
});

interface Activity {
  readonly action: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** The activities that were recorded for this object, oldest first. */
async function activitiesOf(subject: string): Promise<Activity[]> {
  const rows = await shop.sql<{ action: string; actor: string; before: string; after: string }>(
    "SELECT action, actor, state_before AS `before`, state_after AS after FROM activities WHERE subject = ? AND action NOT LIKE '% create' ORDER BY id",
    [subject],
  );
  for (const { actor } of rows) expect(actor).toBe('tester');
  return rows.map(({ action, before, after }) => ({ action, before: JSON.parse(before), after: JSON.parse(after) }));
}

/** Runs a command that is refused, and checks that nothing has changed. */
async function refusal(...args: string[]) {
  const state = async () => [await shop.snapshot(), await shop.sql('SELECT * FROM activities')];
  const before = await state();
  const error = await shop.refused(args);
  expect(await state()).toEqual(before);
  return error;
}

describe('user edit', () => {
  it('changes the name and sets the reference', async () => {
    const user = await shop.ok(['user', 'create', 'Ann']);
    expect(user).toMatchObject({ reference: null, blocked: false });
    const edited = { ...user, name: 'Ann B', reference: 'ann-b' };
    expect(await shop.ok(['user', 'edit', String(user.id), '--name', 'Ann B', '--reference', 'ann-b'])).toEqual(edited);
    expect(Object.keys(edited)).toEqual(['id', 'reference', 'name', 'balance', 'blocked', 'createdAt']);
    expect(await shop.ok(['user', 'show', '@ann-b'])).toEqual(edited);
    expect(await shop.ok(['user', 'edit', '@ann-b', '--name', 'Ann C'])).toEqual({ ...edited, name: 'Ann C' });
    expect(await activitiesOf(`user ${user.id}`)).toEqual([
      {
        action: 'user edit',
        before: { name: 'Ann', reference: null },
        after: { name: 'Ann B', reference: 'ann-b' },
      },
      { action: 'user edit', before: { name: 'Ann B' }, after: { name: 'Ann C' } },
    ]);
  });

  it('records nothing if nothing changes', async () => {
    const user = await shop.created(['user', 'create', 'Cy', '--reference', 'cy']);
    for (let time = 0; time < 2; time++) {
      expect(await shop.ok(['user', 'edit', '@cy', '--name', 'Cy', '--reference', 'cy'])).toMatchObject({ name: 'Cy' });
    }
    expect(await activitiesOf(`user ${user}`)).toEqual([]);
  });

  it('refuses to change an existing reference, or to set one that another user has', async () => {
    const user = await shop.created(['user', 'create', 'Di', '--reference', 'di']);
    const other = await shop.created(['user', 'create', 'Ed']);
    expect(await refusal('user', 'edit', '@di', '--name', 'D', '--reference', 'DI')).toMatchObject({
      code: 'INVALID_INPUT',
      status: 2,
      message: "The reference is already di and can't be changed.",
      hint: `See \`shop user show ${user}\`.`,
      details: { field: 'reference' },
    });
    expect(await refusal('user', 'edit', String(other), '--name', 'E', '--reference', 'di')).toMatchObject({
      code: 'INVALID_INPUT',
      status: 2,
      message: 'Reference di is taken.',
      hint: "See `shop user show '@di'`.",
    });
  });
});

describe('user block and unblock', () => {
  it('show the block with its reason, keep its time, and can be repeated', async () => {
    const user = await shop.ok(['user', 'create', 'Fay']);
    const id = String(user.id);
    const { createdAt, ...fields } = user;
    const blocked = { ...fields, blocked: true, blockedReason: 'late', createdAt };
    for (let time = 0; time < 2; time++)
      expect(await shop.ok(['user', 'block', id, '--reason', 'late'])).toEqual(blocked);
    expect(await shop.ok(['user', 'show', id])).toEqual(blocked);
    expect(Object.keys(await shop.ok(['user', 'show', id]))).toEqual(Object.keys(blocked));
    const blockedAt = async () => (await shop.sql('SELECT blocked_at FROM users WHERE id = ?', [id]))[0];
    const since = await blockedAt();
    const very = { ...blocked, blockedReason: 'véry late' };
    // the reason is stored in NFC
    expect(await shop.ok(['user', 'block', id, '--reason', 'véry late'.normalize('NFD')])).toEqual(very);
    expect(await blockedAt()).toEqual(since);
    expect(await shop.ok(['user', 'edit', id, '--name', 'Faye'])).toEqual({ ...very, name: 'Faye' });
    expect(await shop.ok<unknown[]>(['user', 'list', '--limit', '1'])).toEqual([{ ...very, name: 'Faye' }]);
    for (let time = 0; time < 2; time++)
      expect(await shop.ok(['user', 'unblock', id])).toEqual({ ...user, name: 'Faye' });
    expect(await activitiesOf(`user ${id}`)).toEqual([
      { action: 'user block', before: { blocked: false }, after: { blocked: true, blockedReason: 'late' } },
      { action: 'user block', before: { blockedReason: 'late' }, after: { blockedReason: 'véry late' } },
      { action: 'user edit', before: { name: 'Fay' }, after: { name: 'Faye' } },
      { action: 'user unblock', before: { blocked: true, blockedReason: 'véry late' }, after: { blocked: false } },
    ]);
  });

  it('let a blocked user receive points and fill a cart', async () => {
    const user = String(await shop.created(['user', 'create', 'Gus']));
    const pen = await shop.product('Pen', 100, 10);
    await shop.ok(['user', 'block', user, '--reason', 'late']);
    await shop.whileWorking(async () => {
      expect(await shop.ok(['charge', user, '50'])).toMatchObject({ balance: 50 });
    });
    expect(await shop.ok(['cart', 'add', user, String(pen)])).toMatchObject({ total: 100 });
  });
});

describe('product edit and reprice', () => {
  it('change the name and price, and set the reference', async () => {
    const pen = await shop.product('Pen', 100, 10);
    const edited = { id: pen, reference: 'pen', name: 'Pen, blue', price: 120, stock: 10, retired: false };
    const options = ['--name', 'Pen, blue', '--price', '120', '--reference', 'pen'];
    expect(await shop.ok(['product', 'edit', String(pen), ...options])).toEqual(edited);
    expect(await shop.ok(['product', 'show', '@pen'])).toEqual(edited);
    expect(Object.keys(await shop.ok(['product', 'show', '@pen']))).toEqual(Object.keys(edited));
    for (let time = 0; time < 2; time++)
      expect(await shop.ok(['product', 'reprice', '@pen', '130'])).toEqual({ ...edited, price: 130 });
    expect(await shop.ok(['product', 'edit', '@pen', '--price', '130'])).toEqual({ ...edited, price: 130 });
    expect(await refusal('product', 'edit', '@pen', '--reference', 'ink')).toMatchObject({
      code: 'INVALID_INPUT',
      status: 2,
      hint: `See \`shop product show ${pen}\`.`,
    });
    const other = await shop.product('Other pen', 1, 1);
    expect(await refusal('product', 'edit', String(other), '--reference', 'pen')).toMatchObject({
      code: 'INVALID_INPUT',
      message: 'Reference pen is taken.',
    });
    expect(await activitiesOf(`product ${pen}`)).toEqual([
      {
        action: 'product edit',
        before: { reference: null, name: 'Pen', price: 100 },
        after: { reference: 'pen', name: 'Pen, blue', price: 120 },
      },
      { action: 'product reprice', before: { price: 120 }, after: { price: 130 } },
    ]);
  });

  it('wait for a lock, and keep the changes of another session', async () => {
    const mug = await shop.product('Mug', 10, 4);
    const other = await shop.connection();
    try {
      await other.query('START TRANSACTION');
      await other.query('UPDATE products SET price = 20, stock = stock WHERE id = ?', [mug]);
      const edit = shop.start(['product', 'edit', String(mug), '--name', 'Big mug', '--json']);
      await shop.laneWaitsForLock();
      await other.query('COMMIT');
      const { stdout } = await edit.ended;
      expect(JSON.parse(stdout)).toMatchObject({ name: 'Big mug', price: 20 });
      expect(await activitiesOf(`product ${mug}`)).toEqual([
        { action: 'product edit', before: { name: 'Mug' }, after: { name: 'Big mug' } },
      ]);
    } finally {
      await other.end();
    }
  });
});

describe('product retire and restore', () => {
  it('take a product off sale and put it on sale again, and can be repeated', async () => {
    const pen = await shop.product('Old pen', 100, 10);
    const product = await shop.ok(['product', 'show', String(pen)]);
    const retired = { ...product, retired: true };
    for (let time = 0; time < 2; time++) expect(await shop.ok(['product', 'retire', String(pen)])).toEqual(retired);
    expect(await shop.ok(['product', 'show', String(pen)])).toEqual(retired);
    expect(await shop.ok(['product', 'edit', String(pen), '--price', '90'])).toEqual({ ...retired, price: 90 });
    await shop.whileWorking(async () => {
      expect(await shop.ok(['product', 'restock', String(pen), '5', '--key', 'old'])).toMatchObject({
        stock: 15,
        retired: true,
      });
      for (let time = 0; time < 2; time++)
        expect(await shop.ok(['product', 'restore', String(pen)])).toMatchObject({ retired: false, stock: 15 });
      // a replayed key returns the product as it was
      expect(await shop.ok(['product', 'restock', String(pen), '5', '--key', 'old'])).toMatchObject({ retired: true });
    });
    expect(await activitiesOf(`product ${pen}`)).toEqual([
      { action: 'product retire', before: { retired: false }, after: { retired: true } },
      { action: 'product edit', before: { price: 100 }, after: { price: 90 } },
      { action: 'product restore', before: { retired: true }, after: { retired: false } },
    ]);
  });

  it('let retired products be listed', async () => {
    const [first, second] = [await shop.product('Cup', 1, 1), await shop.product('Jar', 1, 1)];
    await shop.product('Pot', 1, 1);
    for (const id of [first, second]) await shop.ok(['product', 'retire', String(id)]);
    const listed = async (...options: string[]) =>
      (await shop.ok<{ id: number }[]>(['product', 'list', '--retired', ...options])).map(({ id }) => id);
    expect(await listed()).toEqual([second, first]);
    expect(await listed('--limit', '1')).toEqual([second]);
    expect(await listed('--limit', '1', '--after', String(second))).toEqual([first]);
    const all = await shop.ok<{ id: number; retired: boolean }[]>(['product', 'list', '--limit', '3']);
    expect(all.map(({ retired }) => retired)).toEqual([false, true, true]);
    const table = (await shop.run(['product', 'list', '--limit', '2', '-o', 'table'])).stdout;
    expect(table).toMatch(/RETIRED\n.*Pot +1 +1 *\n.*Jar +1 +1 +yes\n/);
    expect((await shop.run(['product', 'list', '--limit', '1', '-o', 'table'])).stdout).not.toContain('RETIRED');
  });
});

it('an import changes blocked users and retired products like any others', async () => {
  const user = await shop.ok(['user', 'create', 'Hal', '--reference', 'hal']);
  const cap = await shop.product('Cap', 5, 5, '--reference', 'cap');
  await shop.ok(['user', 'block', '@hal', '--reason', 'late']);
  await shop.ok(['product', 'retire', '@cap']);
  expect(await shop.ok(['user', 'import', '-'], { stdin: 'reference,name\nhal,Hal B\n' })).toMatchObject({
    updated: 1,
  });
  expect(await shop.ok(['product', 'import', '-'], { stdin: 'reference,name,price\ncap,Cap,6\n' })).toMatchObject({
    updated: 1,
  });
  expect(await shop.ok(['user', 'show', String(user.id)])).toMatchObject({ name: 'Hal B', blockedReason: 'late' });
  expect(await shop.ok(['product', 'show', String(cap)])).toMatchObject({ price: 6, retired: true });
});
