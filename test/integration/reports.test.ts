import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pointsByPeriod } from '../../src/domain/reports/points.ts';
import { openSession } from '../../src/domain/servers/connections.ts';
import { amountOf, type HistoryEvent, type HistoryLine, insertHistory } from '../support/history.ts';
import { interceptStatements } from '../support/session-interceptors.ts';
import { TestShop } from '../support/shop.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const PRODUCTS = 6;
const USERS = 5;
/** In this period, New York, London, Lord Howe and Cairo change their clocks. */
const [FROM, TO] = [Date.parse('2026-03-01T00:00Z'), Date.parse('2026-04-30T00:00Z')];
const ZONES = [
  'Asia/Seoul',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'America/New_York',
  'Australia/Lord_Howe',
  'Africa/Cairo',
];

let shop: TestShop;
let history: readonly HistoryEvent[];

beforeAll(async () => {
  shop = await TestShop.create({ inProcess: true });
  const created = new Date(0);
  const products = Array.from({ length: PRODUCTS }, (_, index) => [`p${index + 1}`, `Product ${index + 1}`, created]);
  await shop.sql('INSERT INTO products (reference, name, price, stock, created_at) VALUES ?', [
    products.map(([reference, name, at]) => [reference, name, 10, 1_000, at]),
  ]);
  await shop.sql('INSERT INTO users (name, balance, created_at) VALUES ?', [
    Array.from({ length: USERS }, (_, index) => [`User ${index + 1}`, 0, created]),
  ]);
  const [sample] = fc.sample(histories, { numRuns: 1, seed: 20 });
  history = sample ?? [];
  await insertHistory(shop, history);
});

afterAll(() => shop.close());

/** A time, mostly near a full hour, because days begin at full, half or quarter hours. */
const time = fc
  .tuple(
    fc.integer({ min: FROM / HOUR_MS, max: TO / HOUR_MS - 1 }),
    fc.constantFrom(0, 0, 15, 30, 30, 45),
    fc.oneof(fc.constantFrom(-1, 0, 1), fc.integer({ min: 0, max: 15 * MINUTE_MS })),
  )
  .map(([hour, minutes, ms]) => hour * HOUR_MS + minutes * MINUTE_MS + ms);

const later = fc.integer({ min: 1, max: 10 * 24 * HOUR_MS });
const product = fc.integer({ min: 1, max: PRODUCTS });
const lines = fc.uniqueArray(
  fc.record({ product, quantity: fc.integer({ min: 1, max: 9 }), price: fc.integer({ min: 1, max: 500 }) }),
  { minLength: 1, maxLength: 4, selector: (line) => line.product },
);
const user = fc.integer({ min: 1, max: USERS });

/** An order with its later events: none, a return of some units, a cancel of the remaining units, or both. */
const orderEvents = fc
  .record({
    ...{ at: time, user, lines, order: fc.integer() },
    ...{ returned: fc.constantFrom(0, 0, 1), cancelled: fc.constantFrom(false, false, true) },
    ...{ restock: fc.boolean(), afterOrder: later, afterReturn: later },
  })
  .map(({ at, user, lines, order, returned, cancelled, restock, afterOrder, afterReturn }): HistoryEvent[] => {
    const [first] = lines;
    const back = first !== undefined && returned > 0 ? [{ ...first, quantity: Math.ceil(first.quantity / 2) }] : [];
    const left = lines.flatMap((line): HistoryLine[] => {
      const quantity = line.quantity - (back.find((one) => one.product === line.product)?.quantity ?? 0);
      return quantity === 0 ? [] : [{ ...line, quantity }];
    });
    const events: HistoryEvent[] = [{ kind: 'order', at, user, order, lines }];
    const returnedAt = at + afterOrder;
    if (back.length > 0) events.push({ kind: 'return', at: returnedAt, user, order, lines: back, restock });
    if (cancelled && left.length > 0) {
      events.push({ kind: 'cancel', at: returnedAt + afterReturn, user, order, lines: left, restock: true });
    }
    return events;
  });

const balanceEvent = fc
  .record({ at: time, user, amount: fc.integer({ min: -50, max: 5_000 }), charge: fc.boolean() })
  .map(({ at, user, amount, charge }): HistoryEvent[] => [
    charge
      ? { kind: 'charge', at, user, amount: Math.abs(amount) + 1 }
      : { kind: 'points-adjust', at, user, amount: amount === 0 ? 1 : amount },
  ]);

const histories = fc
  .tuple(
    fc.uniqueArray(orderEvents, {
      minLength: 400,
      maxLength: 500,
      selector: ([event]) => event && 'order' in event && event.order,
    }),
    fc.array(balanceEvent, { minLength: 50, maxLength: 80 }),
  )
  .map(([orders, balances]): HistoryEvent[] => [
    // the first charges pay for all orders
    ...Array.from({ length: USERS }, (_, index): HistoryEvent => {
      return { kind: 'charge', at: FROM, user: index + 1, amount: 100_000_000 };
    }),
    ...[...orders, ...balances].flat().sort((a, b) => a.at - b.at),
  ]);

/** Returns the local day of a time, without the zone of the process. */
function dayIn(zone: string): (time: number) => string {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  return (time) => format.format(time);
}

type Figures = Record<'orders' | 'units' | 'amount' | 'returned' | 'refunded' | 'net', number>;

/** Adds up the sales of these events, grouped by a key of each line. */
function plainSales<Key>(events: readonly HistoryEvent[], keyOf: (event: HistoryEvent, line: HistoryLine) => Key) {
  const rows = new Map<Key, Figures & { ofOrders: Set<number> }>();
  for (const event of events) {
    if (!('lines' in event)) continue;
    for (const line of event.lines) {
      const key = keyOf(event, line);
      const row = rows.get(key) ?? { ...NOTHING, ofOrders: new Set() };
      rows.set(key, row);
      const amount = line.quantity * line.price;
      if (event.kind === 'order') {
        row.ofOrders.add(event.order);
        row.orders = row.ofOrders.size;
        row.units += line.quantity;
        row.amount += amount;
      } else {
        row.returned += line.quantity;
        row.refunded += amount;
      }
      row.net = row.amount - row.refunded;
    }
  }
  return new Map([...rows].map(([key, { ofOrders, ...figures }]) => [key, figures]));
}

const NOTHING: Figures = { orders: 0, units: 0, amount: 0, returned: 0, refunded: 0, net: 0 };

const env = (zone: string) => ({ env: { SHOP_TIME_ZONE: zone, TZ: 'America/Caracas' } });
const SPAN = ['--since', '2026-03-01', '--until', '2026-05-31'];

/** All days from March 1 to May 30. */
const DAYS = Array.from({ length: 91 }, (_, day) => new Date(FROM + day * 24 * HOUR_MS).toISOString().slice(0, 10));
const MONTHS = ['2026-03', '2026-04', '2026-05'];

describe.each(ZONES)('reports in the time zone %s', (zone) => {
  const dayOf = dayIn(zone);
  const within = () => history.filter(({ at }) => DAYS.includes(dayOf(at)));

  it.each([
    ['day', DAYS, 10],
    ['month', MONTHS, 7],
  ] as const)('sales by %s equal those of a plain computation', async (by, names, length) => {
    const plain = plainSales(within(), ({ at }) => dayOf(at).slice(0, length));
    const rows = await shop.ok(['report', 'sales', '--by', by, ...SPAN], env(zone));
    expect(rows).toEqual(names.map((name) => ({ [by]: name, ...(plain.get(name) ?? NOTHING) })));
    const newest = await shop.ok(['report', 'sales', '--by', by, ...SPAN, '--limit', '2'], env(zone));
    expect(newest).toEqual((rows as unknown as unknown[]).slice(-2));
  });

  it('points by day equal those of a plain computation', async () => {
    const rows = await shop.ok(['report', 'points', '--by', 'day', ...SPAN], env(zone));
    const ofKind = (events: readonly HistoryEvent[], ...kinds: string[]) =>
      events.filter(({ kind }) => kinds.includes(kind)).reduce((sum, event) => sum + amountOf(event), 0);
    const expected = DAYS.map((day) => {
      const events = history.filter(({ at }) => dayOf(at) === day);
      return {
        day,
        charged: ofKind(events, 'charge'),
        paid: 0 - ofKind(events, 'order'),
        refunded: ofKind(events, 'return', 'cancel'),
        adjusted: ofKind(events, 'points-adjust'),
        closing: history.filter(({ at }) => dayOf(at) <= day).reduce((sum, event) => sum + amountOf(event), 0),
      };
    });
    expect(rows).toEqual(expected);
  });

  it.each([
    { by: 'product', keyOf: (_: HistoryEvent, line: HistoryLine) => line.product, id: 'productId', name: 'Product' },
    { by: 'user', keyOf: (event: HistoryEvent) => event.user, id: 'userId', name: 'User' },
  ])('sales by $by begin with the highest net amount', async ({ by, keyOf, id, name }) => {
    const plain = plainSales(within(), keyOf);
    const rows = await shop.ok(['report', 'sales', '--by', by, ...SPAN], env(zone));
    const expected = [...plain]
      .sort(([a, one], [b, other]) => other.net - one.net || a - b)
      .map(([key, figures]) => ({ [id]: key, name: `${name} ${key}`, ...figures }));
    expect(rows).toEqual(expected);
    const best = await shop.ok(['report', 'sales', '--by', by, ...SPAN, '--limit', '2'], env(zone));
    expect(best).toEqual(expected.slice(0, 2));
  });
});

it('a report by product or user says if rows are left, and how to get them', async () => {
  const args = ['report', 'sales', '--by', 'user', ...SPAN];
  const all = await shop.ok<unknown[]>([...args, '--limit', '100000'], env('UTC'));
  const limited = await shop.run([...args, '--limit', String(all.length - 1), '-o', 'csv'], env('UTC'));
  expect(limited.stderr).toBe(
    `There are more rows. Up to 100,000 rows: \`shop report sales --by user --since ${SPAN[1]} --until ${SPAN[3]} --limit 100000 --output csv\`.\n`,
  );
  expect(limited.stdout.trimEnd().split('\n')).toHaveLength(all.length);
  const json = await shop.run([...args, '--limit', '1', '--json'], env('UTC'));
  expect(JSON.parse(json.stderr)).toEqual({ more: { next: expect.stringMatching(/--by user .*--limit 100000/) } });
  const whole = await shop.run([...args, '--limit', String(all.length), '--json'], env('UTC'));
  expect([JSON.parse(whole.stdout), whole.stderr]).toEqual([all, '']);
});

it('the first and the last day of a report end at the given times', async () => {
  const [since, until] = [Date.parse('2026-03-08T03:10Z'), Date.parse('2026-03-09T17:20:30.500Z')];
  const dayOf = dayIn('America/New_York');
  const span = ['--since', new Date(since).toISOString(), '--until', new Date(until).toISOString()];
  const plain = plainSales(
    history.filter(({ at }) => at >= since && at < until),
    ({ at }) => dayOf(at),
  );
  const days = ['2026-03-07', '2026-03-08', '2026-03-09'];
  const rows = await shop.ok(['report', 'sales', '--by', 'day', ...span], env('America/New_York'));
  expect(rows).toEqual(days.map((day) => ({ day, ...(plain.get(day) ?? NOTHING) })));
});

it('the closing balances do not include a charge that is applied while they are read', async () => {
  const session = await openSession(shop.databaseUrl);
  const periods = { starts: [new Date(FROM), new Date(TO)] };
  const before = await pointsByPeriod(session, periods);
  const charge: HistoryEvent = { kind: 'charge', at: TO + HOUR_MS, user: 1, amount: 7 };
  const meanwhile = interceptStatements(session, async (sql, send) => {
    if (sql.includes('FROM users')) await insertHistory(shop, [charge]);
    return send();
  });
  expect(await pointsByPeriod(meanwhile, periods)).toEqual(before);
  await session.close();
});

it('sums above 2^53 − 1 are strings of digits', async () => {
  const [at, price] = [Date.parse('2027-06-15T12:00Z'), 1_000_000_000_000];
  const orders = [1, 2].flatMap((user): HistoryEvent[] => [
    { kind: 'charge', at, user, amount: 9_000 * price },
    { kind: 'order', at, user, order: user, lines: [{ product: 1, quantity: 9_000, price }] },
  ]);
  await insertHistory(shop, orders);
  const span = ['--since', '2027-06-15', '--until', '2027-06-16'];
  const [row] = await shop.ok<Record<string, unknown>[]>(['report', 'sales', '--by', 'day', ...span], env('UTC'));
  const sums = { amount: '18000000000000000', net: '18000000000000000', refunded: 0 };
  expect(row).toEqual({ day: '2027-06-15', orders: 2, units: 18_000, returned: 0, ...sums });
  const { stdout } = await shop.run(['report', 'sales', '--by', 'product', ...span, '-o', 'csv'], env('UTC'));
  expect(stdout).toBe(
    'productId,name,orders,units,amount,returned,refunded,net\n1,Product 1,2,18000,18000000000000000,0,0,18000000000000000\n',
  );
});

it.each([
  [['--until', '2026-03-02'], 30],
  [['--until', '2026-03-02', '--limit', '3'], 3],
  [['--since', '2020-01-01', '--until', '2026-03-02', '--limit', '1000'], 1_000],
  [[], 30],
])('a report with the options %j has %i days', async (span, days) => {
  expect(await shop.ok(['report', 'sales', '--by', 'day', ...span], env('Asia/Seoul'))).toHaveLength(days);
});

it.each([
  ['--until', ['--since', '2026-03-02', '--until', '2026-03-02']],
  ['--until', ['--since', '2026-03-02 15:00', '--until', '2026-03-02 10:00']],
  ['--since', ['--since', '2999-01-01']],
])('refuses a value of %s that leaves an empty period: %j', async (field, span) => {
  for (const report of [
    ['sales', '--by', 'day'],
    ['sales', '--by', 'user'],
    ['points', '--by', 'month'],
  ]) {
    const refused = await shop.refused(['report', ...report, ...span]);
    expect(refused).toMatchObject({ code: 'INVALID_INPUT', status: 2, details: { field } });
  }
});

it('prints a message if there is nothing to report', async () => {
  const span = ['--since', '1990-01-01', '--until', '1990-01-02'];
  const { stdout } = await shop.run(['report', 'sales', '--by', 'product', ...span, '-o', 'table'], env('UTC'));
  expect(stdout).toBe(
    'Sales from 1990-01-01 00:00:00 to 1990-01-02 00:00:00\nThere is nothing to report in this time span.\n',
  );
});

it('a report has 12 months by default, and at most 1,000 days', async () => {
  expect(await shop.ok(['report', 'points', '--by', 'month'], env('Asia/Seoul'))).toHaveLength(12);
  const refused = await shop.refused(['report', 'sales', '--by', 'day', '--since', '2020-01-01']);
  expect(refused).toMatchObject({ code: 'INVALID_INPUT', status: 2, details: { field: '--since' } });
});
