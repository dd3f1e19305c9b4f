import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestShop } from '../support/shop.ts';

let shop: TestShop;
let ann: string;
let bob: string;

interface Row {
  readonly id: number;
  readonly type: string;
  readonly amount: number;
  readonly balanceAfter: number;
  readonly createdAt: string;
}

interface Statement {
  readonly opening: number;
  readonly entries: readonly Row[];
  readonly closing: number;
}

beforeAll(async () => {
  shop = await TestShop.create({ inProcess: true });
  ann = String(await shop.created(['user', 'create', 'Ann Lee', '--reference', 'ann']));
  await shop.product('Pen', 30, 10);
  await shop.whileWorking(async () => {
    bob = await shop.userWith(7);
    await shop.ok(['charge', ann, '1000', '--reason', 'voucher 12']);
    const { orderId } = await shop.ok(['order', 'place', ann, '1:3']);
    await shop.ok(['order', 'return', String(orderId), '1']);
    await shop.ok(['balance', 'adjust', ann, '--by', '-5', '--reason', 'charged twice']);
  });
});

afterAll(async () => {
  await shop.expectSound();
  await shop.close();
});

const history = (...options: string[]) => shop.ok<Row[]>(['balance', 'history', '@ann', ...options]);
const statement = (...options: string[]) => shop.ok<Statement>(['balance', 'statement', '@ann', ...options]);
const list = (...options: string[]) => shop.ok<Row[]>(['ledger', 'list', ...options]);

describe('balance history', () => {
  it('filters by type and time, and continues after a row', async () => {
    const rows = await history();
    const types = async (...options: string[]) => (await history(...options)).map(({ type }) => type);
    expect(rows.map(({ type }) => type)).toEqual(['adjustment', 'refund', 'payment', 'charge']);
    expect(await types('--type', 'payment')).toEqual(['payment']);
    expect(await types('--type', 'payment', '--until', '1h')).toEqual([]);
    const from = rows[2]?.createdAt ?? '';
    expect(await types('--since', from)).toEqual(['adjustment', 'refund', 'payment']);
    expect(await types('--until', from)).toEqual(['charge']);
    expect(await types('--limit', '1', '--after', String(rows[2]?.id))).toEqual(['charge']);
    expect(Object.keys(rows[0] ?? {})).toEqual([
      'id',
      'type',
      'amount',
      'balanceAfter',
      'requestId',
      'orderId',
      'reason',
      'createdAt',
    ]);
  });
});

describe('ledger list', () => {
  it('lists the rows of all users, newest first', async () => {
    const rows = await list();
    expect(rows).toEqual([
      ...(await history()).map((row) => ({ ...row, userId: Number(ann), userReference: 'ann' })),
      ...(await shop.ok<Row[]>(['balance', 'history', bob])).map((row) => ({
        ...row,
        userId: Number(bob),
        userReference: null,
      })),
    ]);
    expect(Object.keys(rows[0] ?? {}).slice(0, 4)).toEqual(['id', 'userId', 'userReference', 'type']);
  });

  it('filters by user, type and time', async () => {
    const all = await list();
    expect(await list('--user', '@ann')).toEqual(all.slice(0, 4));
    expect(await list('--type', 'charge')).toEqual([all[3], all[4]]);
    expect(await list('--type', 'charge', '--user', bob)).toEqual([all[4]]);
    expect(await list('--since', all[1]?.createdAt ?? '')).toEqual(all.slice(0, 2));
    expect(await list('--until', all[1]?.createdAt ?? '')).toEqual(all.slice(2));
    expect(await list('--limit', '2', '--after', String(all[1]?.id))).toEqual(all.slice(2, 4));
    const { stdout } = await shop.run(['ledger', 'list', '--until', '1h', '-o', 'table']);
    expect(stdout).toBe('No ledger rows.\n');
  });
});

it.each([
  ['balance', 'history', '1'],
  ['ledger', 'list'],
])('`%s %s` lists the known types if it refuses another', async (...words) => {
  expect(await shop.refused([...words, '--type', 'gift'])).toMatchObject({
    code: 'INVALID_INPUT',
    status: 2,
    message: '--type must be one of charge, payment, refund, adjustment.',
  });
});

describe('balance statement', () => {
  it('has the opening and the closing balance, the entries, oldest first, and a total for each type', async () => {
    const rows = await history();
    const whole = await statement('--since', '1h');
    expect(whole).toEqual({
      userId: Number(ann),
      name: 'Ann Lee',
      from: expect.stringMatching(/Z$/),
      to: expect.stringMatching(/Z$/),
      opening: 0,
      entries: rows.toReversed(),
      closing: 935,
      totals: { charge: 1000, payment: -90, refund: 30, adjustment: -5 },
    });
  });

  it('includes the start of its span and excludes the end', async () => {
    const [, refund, payment] = await history();
    const [from, to] = [payment?.createdAt ?? '', refund?.createdAt ?? ''];
    const part = await statement('--since', from, '--until', to);
    expect(part).toMatchObject({ from, to, opening: 1000, entries: [payment], closing: 910 });
    expect(await statement('--since', '2h', '--until', '1h')).toMatchObject({ opening: 0, entries: [], closing: 0 });
    expect(await statement('--since', '2h', '--until', '2999-01-01')).toMatchObject({ closing: 935 });
  });

  it('prints the opening and the closing balance as rows of CSV', async () => {
    const { entries } = await statement('--since', '1h');
    const times = entries.map(({ createdAt }) => createdAt);
    const args = ['balance', 'statement', ann, '--since', '2026-01-01', '--until', '2999-01-01', '-o', 'csv'];
    const { stdout } = await shop.run(args);
    const to = expect.stringMatching(new RegExp(`^${ann},Ann Lee,20[^,]*Z,,closing,,,,,935$`));
    expect(stdout.split('\n')).toEqual([
      'userId,name,createdAt,id,type,requestId,orderId,reason,amount,balanceAfter',
      `${ann},Ann Lee,2026-01-01T00:00:00.000Z,,opening,,,,,0`,
      `${ann},Ann Lee,${times[0]},2,charge,2,,voucher 12,1000,1000`,
      `${ann},Ann Lee,${times[1]},3,payment,3,3,,-90,910`,
      `${ann},Ann Lee,${times[2]},4,refund,4,3,,30,940`,
      `${ann},Ann Lee,${times[3]},5,adjustment,5,,charged twice,-5,935`,
      // a statement can't end in the future
      to,
      '',
    ]);
  });

  it('refuses a span that does not end after its start, and an unknown user', async () => {
    const refused = (...options: string[]) => shop.refused(['balance', 'statement', ann, ...options]);
    const equal = ['--since', '2026-01-01', '--until', '2026-01-01'];
    expect(await refused(...equal)).toMatchObject({
      code: 'INVALID_INPUT',
      status: 2,
      message: '--until must be after --since.',
      details: { field: '--until' },
    });
    expect(await refused('--since', '2999-01-01')).toMatchObject({
      code: 'INVALID_INPUT',
      status: 2,
      message: '--since must be in the past.',
    });
  });
});
