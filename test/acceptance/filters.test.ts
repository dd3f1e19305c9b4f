import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestShop } from '../support/shop.ts';

let shop: TestShop;

beforeAll(async () => {
  shop = await TestShop.create({ inProcess: true });
});

afterAll(async () => {
  expect(await shop.faults()).toEqual([]);
  await shop.close();
});

/** Returns one field of each row of a list. */
async function fieldOf<T>(name: string, ...args: string[]): Promise<T[]> {
  return (await shop.ok<Record<string, T>[]>(args)).map((row) => row[name] as T);
}

/** Returns one field of each row of a list that is read two rows at a time. */
async function inPages(...args: string[]): Promise<number[]> {
  const ids: number[] = [];
  for (let after: string[] = []; ; after = ['--after', String(ids.at(-1))]) {
    const page = await fieldOf<number>('id', ...args, '--limit', '2', ...after);
    if (page.length === 0) return ids;
    ids.push(...page);
  }
}

describe('orders', () => {
  let orders: number[];
  let [pen, ink]: number[] = [];
  let buyer: number;

  beforeAll(async () => {
    buyer = await shop.created(['user', 'create', 'Ann', '--reference', 'ann']);
    await shop.created(['user', 'create', 'Bo', '--reference', 'bo']);
    [pen, ink] = [
      await shop.product('Pen', 100, 50, '--reference', 'pen'),
      await shop.product('Ink', 30, 50, '--reference', 'ink'),
    ];
    orders = await shop.whileWorking(async () => {
      await shop.ok(['charge', '@ann', '1000', '--key', 'charge-1']);
      await shop.ok(['charge', '@bo', '1000']);
      const place = async (key: string, actor: string, ...words: string[]) =>
        (await shop.ok<{ orderId: number }>(['order', 'place', ...words, '--key', key, '--actor', actor])).orderId;
      const placed = [
        await place('o-1', 'till', '@ann', '@pen', '@ink:2'),
        await place('o-2', 'web', '@ann', '@ink'),
        await place('o-3', 'web', '@bo', '@pen:3'),
        await place('o-4', 'till', '@bo', '@ink', '@pen'),
      ];
      await shop.ok(['order', 'return', String(placed[0]), '@ink', '--key', 'return-1', '--actor', 'desk']);
      await shop.run(['order', 'place', '@bo', '@pen:99', '--key', 'too-many']);
      return placed;
    });
  });

  const at = (...indexes: number[]) => indexes.map((index) => orders[index]);
  const ids = (...filter: string[]) => fieldOf<number>('orderId', 'order', 'list', ...filter);

  it('are shown with the request that placed them', async () => {
    const [id] = at(0);
    const order = await shop.ok(['order', 'show', String(id)]);
    expect(order).toMatchObject({
      orderId: id,
      userReference: 'ann',
      refunded: 30,
      requestId: id,
      key: 'o-1',
      actor: 'till',
      userName: 'Ann',
    });
    expect(await shop.ok(['order', 'list', '--user', '@ann'])).toContainEqual(order);
  });

  it('are listed by product, actor, user, status and time', async () => {
    expect(await ids('--product', '@pen')).toEqual(at(3, 2, 0));
    expect(await ids('--product', String(ink))).toEqual(at(3, 1, 0));
    expect(await ids('--actor', 'web')).toEqual(at(2, 1));
    // the actor of the return differs from the actor of the order
    expect(await ids('--actor', 'desk')).toEqual([]);
    expect(await ids('--product', '@pen', '--user', '@ann')).toEqual(at(0));
    expect(await ids('--product', '@ink', '--actor', 'till', '--status', 'placed')).toEqual(at(3));
    expect(await ids('--product', '@pen', '--since', '1h')).toEqual(at(3, 2, 0));
    expect(await ids('--product', '@pen', '--until', '1h')).toEqual([]);
    expect(await ids('--product', '@pen', '--limit', '2')).toEqual(at(3, 2));
    expect(await ids('--product', '@pen', '--limit', '2', '--after', String(orders[2]))).toEqual(at(0));
    expect(await ids('--actor', 'till', '--limit', '1', '--after', String(orders[3]))).toEqual(at(0));
    expect(await shop.refused(['order', 'list', '--product', '@none'])).toMatchObject({ code: 'INVALID_PRODUCT' });
  });

  it('are printed with a row for each line; pages contain whole orders', async () => {
    const rows = await shop.ok<{ orderId: number }[]>(['order', 'list', '--lines']);
    const [first] = at(0);
    expect(rows.map(({ orderId }) => orderId)).toEqual(at(3, 3, 2, 1, 0, 0));
    const { lines, ...order } = await shop.ok<{ lines: object[] }>(['order', 'show', String(first)]);
    expect(rows.slice(-2)).toEqual(lines.map((line) => ({ ...order, ...line })));
    expect(rows.at(-1)).toMatchObject({ productId: ink, name: 'Ink', quantity: 2, unitPrice: 30, returned: 1 });
    expect(await shop.ok(['order', 'list', '--lines', '--limit', '1'])).toEqual(rows.slice(0, 2));
    const rest = ['--limit', '2', '--after', String(orders[2])];
    expect(await shop.ok(['order', 'list', '--lines', ...rest])).toEqual(rows.slice(3));
    // an order with this product is printed with all its lines
    expect(await fieldOf('productId', 'order', 'list', '--product', '@pen', '--user', '@ann', '--lines')).toEqual([
      pen,
      ink,
    ]);
    const csv = (await shop.run(['order', 'list', '--lines', '--limit', '1', '-o', 'csv'])).stdout.split('\n');
    expect(csv[0]).toBe(
      'orderId,userId,status,total,refunded,createdAt,userReference,requestId,key,actor,productId,name,quantity,unitPrice,amount,returned,userName',
    );
    expect(csv[0]).toBe((await shop.run(['order', 'show', String(first), '-o', 'csv'])).stdout.split('\n')[0]);
  });

  it('are found by the key of the request that placed them', async () => {
    expect(await shop.ok(['order', 'show', '--key', 'o-1'])).toEqual(
      await shop.ok(['order', 'show', String(orders[0])]),
    );
    await shop.ok(['order', 'place', '@ann', '@pen', '--key', 'waiting', '--no-wait']);
    for (const [key, expected] of [
      ['none', { status: 4, code: 'INVALID_REQUEST' }],
      // this key differs from an existing one only by case
      ['O-1', { status: 4, code: 'INVALID_REQUEST' }],
      [String(orders[0]), { status: 4, code: 'INVALID_REQUEST' }],
      ['charge-1', { status: 4, code: 'INVALID_ORDER', details: { key: 'charge-1', kind: 'charge' } }],
      ['return-1', { status: 4, code: 'INVALID_ORDER', details: { kind: 'return', status: 'applied' } }],
      ['too-many', { status: 4, code: 'INVALID_ORDER', details: { kind: 'order', status: 'refused' } }],
      ['waiting', { status: 75, code: 'PENDING' }],
      ['a b', { status: 2, code: 'INVALID_INPUT' }],
    ] as const) {
      expect(await shop.refused(['order', 'show', '--key', key]), key).toMatchObject(expected);
    }
    expect(await shop.refused(['order', 'show', '1', '--key', 'o-1'])).toMatchObject({ code: 'INVALID_INPUT' });
    expect(await shop.refused(['order', 'show'])).toMatchObject({ code: 'INPUT_REQUIRED' });
  });

  it('are returned with the key of the return, not of the order, if a return is replayed', async () => {
    const replayed = await shop.ok(['order', 'return', String(orders[0]), '@ink', '--key', 'return-1']);
    expect(replayed).toMatchObject({ key: 'return-1', replayed: true, orderId: orders[0], userId: buyer });
    expect(replayed).not.toHaveProperty('actor');
    expect(replayed.requestId).not.toBe(orders[0]);
  });
});

describe('users', () => {
  it('are found by id, by the beginning of the reference, and by a part of the name in any case', async () => {
    const add = (name: string, reference: string) => shop.created(['user', 'create', name, '--reference', reference]);
    const cafe = await add('Café Seoul', 'KR-1');
    const books = await add('Harbour BOOKS', 'HB-17');
    const more = await add('100% Books_', 'kr-2');
    const search = (text: string) => fieldOf<number>('id', 'user', 'list', '--search', text);
    expect(await search('books')).toEqual([more, books]);
    expect(await search('CAFE\u0301')).toEqual([cafe]);
    expect(await search('KR-')).toEqual([cafe]);
    expect(await search('@KR')).toEqual([cafe]);
    expect(await search('% b')).toEqual([more]);
    expect(await search('_')).toEqual([more]);
    expect(await search(String(books))).toContain(books);
    expect(await search("' OR 1 = 1 -- ")).toEqual([]);
    expect(await search('@')).toEqual([]);
    expect(await inPages('user', 'list', '--search', 'o')).toEqual(await search('o'));
    for (const blank of ['', ' ', '\u200b'])
      expect(await shop.refused(['user', 'list', '--search', blank])).toMatchObject({
        code: 'INVALID_INPUT',
        status: 2,
      });
  });

  it('are listed if they are blocked, page by page', async () => {
    const blocked: number[] = [];
    for (const name of ['Late Shop', 'Late Cafe', 'Prompt Shop', 'Late Books']) {
      const id = await shop.created(['user', 'create', name]);
      if (!name.startsWith('Late')) continue;
      await shop.ok(['user', 'block', String(id), '--reason', 'unpaid']);
      blocked.unshift(id);
    }
    const [, , shopId] = blocked;
    const list = ['user', 'list', '--blocked'];
    expect(await fieldOf('id', ...list)).toEqual(blocked);
    expect(await fieldOf('id', ...list, '--all')).toEqual(blocked);
    expect(await inPages(...list)).toEqual(blocked);
    expect(await fieldOf('id', ...list, '--search', 'shop')).toEqual([shopId]);
    await shop.ok(['user', 'unblock', String(shopId)]);
    expect(await fieldOf('id', ...list)).toEqual(blocked.slice(0, 2));
  });
});

describe('products', () => {
  let products: number[];

  beforeAll(async () => {
    products = [];
    for (const [name, price, stock] of [
      ['gamma', 30, 5],
      ['Alpha', 30, 5],
      ['beta', 10, 0],
      ['alpha', 20, 5],
      ['delta', 30, 9],
    ] as const) {
      products.push(await shop.product(`q-${name}`, price, stock));
    }
    await shop.ok(['product', 'retire', String(products[2])]);
  });

  const at = (...indexes: number[]) => indexes.map((index) => products[index]);
  const LIST = ['product', 'list', '--search', 'q-'];

  it.each([
    [[], [4, 3, 2, 1, 0]],
    [
      ['--sort', 'id'],
      [4, 3, 2, 1, 0],
    ],
    [
      ['--sort', 'name'],
      [1, 3, 2, 4, 0],
    ],
    [
      ['--sort', 'stock'],
      [2, 0, 1, 3, 4],
    ],
    [
      ['--sort', 'price'],
      [2, 3, 0, 1, 4],
    ],
    [
      ['--stock-below', '6', '--sort', 'price'],
      [2, 3, 0, 1],
    ],
    [['--stock-below', '5'], [2]],
    [['--stock-below', '0'], []],
    [['--retired', '--sort', 'stock'], [2]],
  ])('are filtered and sorted with %j, page by page', async (options, expected) => {
    expect(await fieldOf('id', ...LIST, ...options)).toEqual(at(...expected));
    expect(await inPages(...LIST, ...options)).toEqual(at(...expected));
  });

  it("can't be listed after an unknown product or with unknown values", async () => {
    const refused = (...options: string[]) => shop.refused(['product', 'list', ...options]);
    expect(await refused('--sort', 'name', '--after', '9999')).toMatchObject({ code: 'INVALID_PRODUCT' });
    expect(await refused('--stock-below', '-1')).toMatchObject({ code: 'INVALID_INPUT', status: 2 });
    expect(await refused('--sort', 'colour')).toMatchObject({
      status: 2,
      details: { field: '--sort', given: 'colour', choices: ['id', 'name', 'stock', 'price'] },
    });
  });
});

describe('rows of a batch', () => {
  const FILE = [
    'kind,user,amount,key',
    'charge,@ann,5,row-2',
    'charge,@ann,none,row-3',
    'charge,@nobody,5,row-4',
    'charge,@ann,6,row-2',
    'charge,@bo,5,row-4b',
    '',
  ].join('\n');

  it('are listed by status and code', async () => {
    await shop.whileWorking(() => shop.run(['batch', 'run', '-', '--name', 'mixed'], { stdin: FILE }));
    await shop.run(['batch', 'run', '-', '--name', 'mixed', '--no-wait'], { stdin: `${FILE}charge,@bo,7,row-7\n` });
    const lines = (...filter: string[]) => fieldOf<number>('line', 'batch', 'results', 'mixed', ...filter);
    expect(await lines()).toEqual([2, 3, 4, 5, 6, 7]);
    expect(await lines('--status', 'applied')).toEqual([2, 6]);
    expect(await lines('--status', 'refused')).toEqual([3, 4, 5]);
    expect(await lines('--status', 'pending')).toEqual([7]);
    expect(await lines('--status', 'failed')).toEqual([]);
    expect(await lines('--code', 'INVALID_INPUT')).toEqual([3]);
    expect(await lines('--code', 'IDEMPOTENCY_CONFLICT')).toEqual([5]);
    expect(await lines('--code', 'INVALID_USER', '--status', 'refused')).toEqual([4]);
    expect(await lines('--code', 'INVALID_USER', '--status', 'applied')).toEqual([]);
    expect(await lines('--status', 'refused', '--limit', '1', '--after', '3')).toEqual([4]);
    expect(await shop.refused(['batch', 'results', 'mixed', '--status', 'lost'])).toMatchObject({
      status: 2,
      details: { given: 'lost', choices: ['pending', 'applied', 'refused', 'failed'] },
    });
    expect(await shop.refused(['batch', 'results', 'mixed', '--code', 'NOPE'])).toMatchObject({
      status: 2,
      details: { choices: expect.arrayContaining(['INVALID_INPUT', 'CANCELLED', 'CHARGE_FAILED']) },
    });
  });
});

it('batches are listed by status, page by page', async () => {
  const run = async (name: string, rows: string, ...more: string[]) => {
    await shop.run(['batch', 'run', '-', '--name', name, ...more], { stdin: `kind,user,amount,key\n${rows}\n` });
    return name;
  };
  const names = (...filter: string[]) => fieldOf<string>('name', 'batch', 'list', ...filter);
  await shop.whileWorking(() => run('done', 'charge,@ann,5,st-1'));
  const before = await names();
  const waiting = await run('waiting', 'charge,@ann,5,st-2', '--no-wait');
  // the only row of this batch has the key of a pending request
  const sameKey = await run('same-key', 'charge,@ann,5,st-2', '--no-wait');
  const cancelled = await run('cancelled', 'charge,@ann,5,st-3', '--no-wait');
  await shop.ok(['batch', 'cancel', cancelled, '--yes']);
  const cut = await run('cut', 'charge,@ann,5,st-1', '--no-wait');
  await shop.sql('UPDATE batches SET last_line = NULL WHERE name = ?', [cut]);

  const pending = [cancelled, sameKey, waiting];
  expect(await names('--status', 'pending')).toEqual(pending);
  expect(await names('--status', 'pending', '--all')).toEqual(pending);
  expect(await names('--status', 'cancelled')).toEqual([cancelled]);
  expect(await names('--status', 'incomplete')).toEqual([cut]);
  expect(await names('--status', 'done')).toEqual(before);
  const [, second] = await shop.ok<{ batchId: number }[]>(['batch', 'list', '--status', 'pending', '--limit', '2']);
  expect(await names('--status', 'pending', '--after', String(second?.batchId))).toEqual([waiting]);
  await shop.whileWorking(async () => {
    await shop.ok(['charge', '@ann', '5']);
  });
  expect(await names('--status', 'pending')).toEqual([]);
  expect(await names('--status', 'done')).toEqual([sameKey, waiting, ...before]);
  expect(await shop.refused(['batch', 'list', '--status', 'applied'])).toMatchObject({
    status: 2,
    details: { choices: ['pending', 'incomplete', 'done', 'cancelled'] },
  });
});

it('failed requests are listed by actor', async () => {
  const { requestId } = await shop.ok(['charge', '@ann', '6', '--no-wait', '--actor', 'cron']);
  await shop.sql(
    "INSERT INTO outcomes (request_id, status, code, attempts, details, decided_at) VALUES (?, 'failed', 'CHARGE_FAILED', 3, '{}', NOW())",
    [requestId],
  );
  expect(await fieldOf('id', 'queue', 'failed', '--actor', 'cron')).toEqual([requestId]);
  expect(await fieldOf('id', 'queue', 'failed', '--actor', 'web')).toEqual([]);
});

it('a list without actors prints that --actor does not filter it', async () => {
  const message = "This list can't be filtered by actor, so --actor has no effect on it.\n";
  const messages = async (...args: string[]) => (await shop.run([...args, '-o', 'csv'])).stderr;
  expect(await messages('user', 'list', '--actor', 'web')).toBe(message);
  expect(await messages('batch', 'results', 'mixed', '--actor', 'web')).toBe(message);
  expect(await messages('order', 'list', '--actor', 'web')).toBe('');
  expect(await messages('user', 'show', '@ann', '--actor', 'web')).toBe('');
  expect(await messages('user', 'list')).toBe('');
});
