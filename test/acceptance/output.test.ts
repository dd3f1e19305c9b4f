import { hostname } from 'node:os';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Result, TestShop } from '../support/shop.ts';

const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const FORMATS = ['table', 'json', 'jsonl', 'csv', 'tsv'] as const;

let shop: TestShop;

// the tests share two users, three products, one charge, one order and one refusal
beforeAll(async () => {
  shop = await TestShop.create({ inProcess: true });
  await shop.startWorker();
  await shop.ok(['user', 'create', 'Corner Cafe', '--reference', 'corner-cafe']);
  await shop.ok(['user', 'create', '미래문방구']);
  await shop.ok(['product', 'create', 'Pencil "HB", soft', '--price', '150', '--stock', '5000', '--reference', 'hb']);
  await shop.ok(['product', 'create', '연필 🙂', '--price', '1200', '--stock', '10']);
  await shop.ok(['charge', '1', '10000', '--key', 'first-charge']);
  await shop.ok(['order', 'place', '1', '2:2', '@hb:10', '--key', 'first-order']);
  await shop.refused(['order', 'place', '2', '1', '--key', 'first-refusal']);
});

afterAll(async () => {
  expect(await shop.faults()).toEqual([]);
  await shop.close();
});

/** Runs a command in each format. */
async function inAllFormats(args: readonly string[]): Promise<Record<(typeof FORMATS)[number], string>> {
  const printed = await Promise.all(
    FORMATS.map(async (format) => {
      const { status, stdout, stderr } = await shop.run([...args, '-o', format], { env: { TZ: 'UTC' } });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      return [format, stdout] as const;
    }),
  );
  return Object.fromEntries(printed) as Record<(typeof FORMATS)[number], string>;
}

/** Formats a time as tables do, in UTC. */
function tableTime(time: string): string {
  return time.slice(0, 19).replace('T', ' ');
}

it('shows one object in five formats', async () => {
  expect(await inAllFormats(['product', 'show', '@hb'])).toEqual({
    table: ['Pencil "HB", soft (1)', 'REFERENCE  hb', 'PRICE      150', 'STOCK      4990', ''].join('\n'),
    json: '{"id":1,"reference":"hb","name":"Pencil \\"HB\\", soft","price":150,"stock":4990,"retired":false}\n',
    jsonl: '{"id":1,"reference":"hb","name":"Pencil \\"HB\\", soft","price":150,"stock":4990,"retired":false}\n',
    csv: 'id,reference,name,price,stock,retired\n1,hb,"Pencil ""HB"", soft",150,4990,false\n',
    tsv: 'id\treference\tname\tprice\tstock\tretired\n1\thb\tPencil "HB", soft\t150\t4990\tfalse\n',
  });
});

it('shows a list in five formats, newest first', async () => {
  const [second, first] = await shop.ok<{ createdAt: string }[]>(['user', 'list']);
  const [then, later] = [first?.createdAt ?? '', second?.createdAt ?? ''];
  const rows = [
    `{"id":2,"reference":null,"name":"미래문방구","balance":0,"blocked":false,"createdAt":"${later}"}`,
    `{"id":1,"reference":"corner-cafe","name":"Corner Cafe","balance":6100,"blocked":false,"createdAt":"${then}"}`,
  ] as const;
  expect(await inAllFormats(['user', 'list'])).toEqual({
    table: [
      'ID  REFERENCE    NAME         BALANCE  CREATED AT',
      ` 2  -            미래문방구         0  ${tableTime(later)}`,
      ` 1  corner-cafe  Corner Cafe     6100  ${tableTime(then)}`,
      '',
    ].join('\n'),
    json: `[${rows.join(',')}]\n`,
    jsonl: `${rows.join('\n')}\n`,
    csv: `id,reference,name,balance,blocked,blockedReason,createdAt\n2,,미래문방구,0,false,,${later}\n1,corner-cafe,Corner Cafe,6100,false,,${then}\n`,
    tsv: `id\treference\tname\tbalance\tblocked\tblockedReason\tcreatedAt\n2\t\t미래문방구\t0\tfalse\t\t${later}\n1\tcorner-cafe\tCorner Cafe\t6100\tfalse\t\t${then}\n`,
  });
});

it('shows an order with its lines in five formats', async () => {
  const { createdAt, actor } = await shop.ok<{ createdAt: string; actor: string }>(['order', 'show', '2']);
  const json =
    '{"orderId":2,"userId":1,"userReference":"corner-cafe","status":"placed","total":3900,"refunded":0,"lines":[' +
    '{"productId":2,"name":"연필 🙂","quantity":2,"unitPrice":1200,"amount":2400,"returned":0},' +
    '{"productId":1,"name":"Pencil \\"HB\\", soft","quantity":10,"unitPrice":150,"amount":1500,"returned":0}' +
    `],"createdAt":"${createdAt}","requestId":2,"key":"first-order","actor":"${actor}","userName":"Corner Cafe"}\n`;
  expect(await inAllFormats(['order', 'show', '2'])).toEqual({
    table: [
      'Order 2 of Corner Cafe (1)',
      'STATUS      placed',
      `CREATED AT  ${tableTime(createdAt)}`,
      '',
      'PRODUCT ID  NAME               QUANTITY  UNIT PRICE  AMOUNT',
      '         2  연필 🙂                   2        1200    2400',
      '         1  Pencil "HB", soft        10         150    1500',
      '───────────────────────────────────────────────────────────',
      'TOTAL                                                  3900',
      '',
      `Placed by ${actor}, key first-order`,
      '',
    ].join('\n'),
    json,
    jsonl: json,
    csv: [
      'orderId,userId,status,total,refunded,createdAt,userReference,requestId,key,actor,productId,name,quantity,unitPrice,amount,returned,userName',
      `2,1,placed,3900,0,${createdAt},corner-cafe,2,first-order,${actor},2,연필 🙂,2,1200,2400,0,Corner Cafe`,
      `2,1,placed,3900,0,${createdAt},corner-cafe,2,first-order,${actor},1,"Pencil ""HB"", soft",10,150,1500,0,Corner Cafe`,
      '',
    ].join('\n'),
    tsv: [
      'orderId\tuserId\tstatus\ttotal\trefunded\tcreatedAt\tuserReference\trequestId\tkey\tactor\tproductId\tname\tquantity\tunitPrice\tamount\treturned\tuserName',
      `2\t1\tplaced\t3900\t0\t${createdAt}\tcorner-cafe\t2\tfirst-order\t${actor}\t2\t연필 🙂\t2\t1200\t2400\t0\tCorner Cafe`,
      `2\t1\tplaced\t3900\t0\t${createdAt}\tcorner-cafe\t2\tfirst-order\t${actor}\t1\tPencil "HB", soft\t10\t150\t1500\t0\tCorner Cafe`,
      '',
    ].join('\n'),
  });
});

it('shows an empty list in five formats', async () => {
  expect(await inAllFormats(['balance', 'history', '2'])).toEqual({
    table: 'No ledger rows.\n',
    json: '[]\n',
    jsonl: '',
    csv: 'id,type,amount,balanceAfter,requestId,orderId,reason,createdAt\n',
    tsv: 'id\ttype\tamount\tbalanceAfter\trequestId\torderId\treason\tcreatedAt\n',
  });
});

it('prints tab-separated values in a pipe, and JSON with --json at any position', async () => {
  const tsv = 'userId\tname\tbalance\n1\tCorner Cafe\t6100\n';
  const json = '{"userId":1,"name":"Corner Cafe","balance":6100}\n';
  expect((await shop.run(['balance', '1'])).stdout).toBe(tsv);
  expect((await shop.run(['--json', 'balance', '1'])).stdout).toBe(json);
  expect((await shop.run(['balance', '--output=json', '1'])).stdout).toBe(json);
  expect((await shop.run(['balance', '1', '-ojsonl'])).stdout).toBe(json);
});

it('prints numbers as numbers and times in UTC in any time zone', async () => {
  const env = { TZ: 'Pacific/Chatham' };
  const history = await shop.ok<unknown[]>(['balance', 'history', '1'], { env });
  expect(history).toEqual([
    {
      id: 2,
      type: 'payment',
      amount: -3900,
      balanceAfter: 6100,
      requestId: 2,
      orderId: 2,
      reason: null,
      createdAt: expect.stringMatching(ISO_TIME),
    },
    {
      id: 1,
      type: 'charge',
      amount: 10000,
      balanceAfter: 10000,
      requestId: 1,
      orderId: null,
      reason: null,
      createdAt: expect.stringMatching(ISO_TIME),
    },
  ]);
  expect(await shop.ok(['request', 'show', 'first-order'], { env })).toEqual({
    id: 2,
    key: 'first-order',
    kind: 'order',
    status: 'applied',
    code: null,
    attempts: 1,
    actor: 'tester',
    host: hostname(),
    batchId: null,
    line: null,
    payload: {
      user: 1,
      items: [
        { product: 2, quantity: 2 },
        { product: '@hb', quantity: 10 },
      ],
    },
    outcome: {
      userId: 1,
      total: 3900,
      balance: 6100,
      orderId: 2,
      transactionId: 2,
      names: ['연필 🙂', 'Pencil "HB", soft'],
    },
    reason: null,
    createdAt: expect.stringMatching(ISO_TIME),
    decidedAt: expect.stringMatching(ISO_TIME),
  });
  const created = await shop.ok<{ createdAt: string }>(['user', 'show', '1'], { env });
  expect(Math.abs(Date.now() - Date.parse(created.createdAt))).toBeLessThan(3_600_000);
});

it('prints an error as one line for people and as one object for programs, and no data', async () => {
  const order = ['order', 'place', '2', '1', '--key', 'first-refusal'];
  expect(await shop.run(order)).toEqual({
    status: 3,
    stdout: '',
    stderr:
      'shop: User 2 has 0 points, but 150 are needed. Charge points with `shop charge 2 <amount>`. This key was used before, and its first outcome is printed again. To send the request again, use a new `--key`.\n',
  });
  const forPrograms: Result = {
    status: 3,
    stdout: '',
    stderr:
      '{"error":{"code":"INSUFFICIENT_POINTS","message":"User 2 has 0 points, but 150 are needed.",' +
      '"hint":"Charge points with `shop charge 2 <amount>`.",' +
      '"details":{"total":150,"userId":2,"balance":0,"requestId":3,"key":"first-refusal","attempts":1,"replayed":true}}}\n',
  };
  for (const flags of [['--json'], ['-o', 'json'], ['--output=jsonl']]) {
    const { status, stdout, stderr } = await shop.run([...order, ...flags]);
    expect({ status, stdout }).toEqual({ status: 3, stdout: '' });
    expect(stderr.endsWith('}\n')).toBe(true);
    expect(stderr.trimEnd()).not.toContain('\n');
    expect(JSON.parse(stderr)).toEqual(JSON.parse(forPrograms.stderr));
  }
});

it('prints the stack of an error with --verbose; for programs, within the error object', async () => {
  const people = await shop.run(['balance', '99', '--verbose']);
  expect(people.stderr).toMatch(/^shop: There is no user 99\. .+\nShopError: There is no user 99\.\n {4}at /);
  const error = await shop.refused(['balance', '99', '--verbose']);
  expect(error).toMatchObject({ code: 'INVALID_USER', stack: expect.stringMatching(/^ShopError: .+\n {4}at /) });
});

it('prints only data and errors with --quiet', async () => {
  const { stdout, stderr } = await shop.run(['charge', '2', '1', '--quiet']);
  expect(stdout).toContain('\t2\t1\t');
  expect(stderr).toBe('');
});

it("prints a receipt on a terminal: digits grouped, in colour, within the terminal's width", async () => {
  const show = shop.startOnTerminal(['order', 'show', '2'], { columns: 54 });
  expect(await show.ended).toMatchObject({ status: 0 });
  expect(show.written).toContain('\u001b[32mplaced\u001b[39m');
  expect(show.written).toContain('\u001b[1mTOTAL\u001b[22m');
  expect(show.screen).toContain(
    [
      'PRODUCT ID  NAME          QUANTITY  UNIT PRICE  AMOUNT',
      '         2  연필 🙂              2       1,200   2,400',
      '         1  Pencil "HB"…        10         150   1,500',
    ].join('\n'),
  );

  const place = shop.startOnTerminal(['order', 'place', '1', '2:2', '@hb:10', '--key', 'first-order'], {
    env: { NO_COLOR: '1' },
  });
  expect(await place.ended).toMatchObject({ status: 0 });
  expect(place.written).not.toContain('\u001b[32m');
  expect(place.written).not.toContain('\u001b[1m');
  expect(place.screen.trimEnd()).toMatch(
    /\n─{59}\nTOTAL +3,900\nBALANCE +6,100\n\nreplayed: [^\n]+\nRequest 2, key first-order$/,
  );
});

it('prints no colours in a pipe unless they are forced, and then only in tables and errors', async () => {
  const env = { FORCE_COLOR: '1' };
  expect((await shop.run(['order', 'show', '2', '-o', 'table'], { env })).stdout).toContain('\u001b[32mplaced');
  expect((await shop.run(['order', 'show', '2'], { env })).stdout).not.toContain('\u001b');
  expect((await shop.run(['order', 'show', '99'], { env })).stderr).toContain('\u001b[31mshop:\u001b[39m There is no');
  expect((await shop.run(['order', 'show', '99', '--json'], { env })).stderr).toMatch(/^\{/);
});
