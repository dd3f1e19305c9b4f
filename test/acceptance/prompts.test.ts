import { afterAll, beforeAll, expect, it } from 'vitest';
import { widthOf } from '../../src/cli/output/text.ts';
import { within } from '../../src/db/within.ts';
import { TestShop } from '../support/shop.ts';
import { KEYS, type TestTerminal } from '../support/terminal.ts';

let shop: TestShop;

const [BOOKS, SEOUL, CAFE] = ['1', '2', '3'];
const [PENCIL, PEN] = ['1', '3'];
/** The program, quoted for a shell. */
const SHOP = `"${process.execPath}" bin/shop.js`;

beforeAll(async () => {
  shop = await TestShop.create();
  await shop.sql(`INSERT INTO users (name, reference, balance, created_at) VALUES
    ('Harbour Books', 'HB-17', 0, UTC_TIMESTAMP(3)), ('카페 서울', NULL, 0, UTC_TIMESTAMP(3)),
    ('Corner Cafe', NULL, 0, UTC_TIMESTAMP(3))`);
  await shop.product('Pencil HB', 150, 96);
  await shop.product('연필 2B', 180, 3);
  await shop.product('Fountain pen', 3_200, 10, '--reference', 'FP-1');
  await shop.startWorker();
  await shop.ok(['charge', SEOUL, '5000']);
});

afterAll(async () => {
  await shop.close();
});

/** Counts the requests recorded so far. */
async function requests(): Promise<number> {
  const [row] = await shop.sql<{ count: number }>('SELECT COUNT(*) AS count FROM requests');
  return Number(row?.count);
}

/** Waits for each text and then types the reply to it. */
async function answerPrompts(
  terminal: TestTerminal,
  script: readonly (readonly [wanted: string | RegExp, typed: string])[],
) {
  for (const [wanted, typed] of script) {
    await terminal.shows(wanted);
    terminal.type(typed);
  }
}

it('prompts for a whole order: the user by a part of the name, products from a list, quantities, a summary', async () => {
  const terminal = shop.startOnTerminal(['order', 'place'], { env: { NO_COLOR: '1' } });
  expect(await terminal.shows('Corner Cafe')).toMatch(/1 +@HB-17 +0 +Harbour Books/);
  terminal.type('서울');
  expect(await terminal.shows((screen) => !screen.includes('Corner'))).toMatch(/❯ +2 +- +5,000 +카페 서울/);
  terminal.type(KEYS.enter);

  expect(await terminal.shows('Pencil HB')).toMatch(/3 +@FP-1 +3,200 +10 +Fountain pen/);
  terminal.type('FOUNT');
  await terminal.shows((screen) => !screen.includes('Pencil') && screen.includes('❯'));
  terminal.type(KEYS.enter);
  await answerPrompts(terminal, [
    ['quantity of Fountain pen (1)', `0${KEYS.enter}`],
    ['> quantity must be a whole number from 1 to 1,000,000, not "0".', `${KEYS.backspace}1000001${KEYS.enter}`],
    ['not "1000001"', `${KEYS.ctrlU}2${KEYS.enter}`],
    ['No more products', KEYS.down],
    // the quantity of a chosen product can be changed
    [/❯ .*Fountain pen \(2 chosen\)/, KEYS.enter],
    ['quantity of Fountain pen (2)', `1${KEYS.enter}`],
    [/Fountain pen \(1 chosen\)/, 'zzz'],
    ['No product on sale matches this name', KEYS.ctrlU],
    ['No more products', KEYS.down + KEYS.down],
    [/❯ .*연필/, KEYS.enter],
    ['quantity of 연필 2B (1)', KEYS.enter],
    [/연필 2B \(1 chosen\)/, KEYS.enter],
  ]);
  const summary = await terminal.shows('Send this order?');
  expect(summary).toMatch(/Order of 카페 서울 \(\d+\)\n[\s\S]*TOTAL +3,380\nBALANCE +5,000\n/);
  expect(summary).toMatch(/3 +Fountain pen +1 +3,200 +3,200\n +2 +연필 2B +1 +180 +180/);
  expect(summary).not.toContain('refused');
  terminal.type(`y${KEYS.enter}`);
  expect(await terminal.ended).toEqual({ status: 0, signal: null });
  expect(terminal.screen).toMatch(/BALANCE +1,620/);
  expect(await shop.sql('SELECT user_id AS user, total FROM orders')).toEqual([{ user: Number(SEOUL), total: 3_380 }]);
  expect(terminal.written).not.toMatch(new RegExp(`${KEYS.escape}\\[[0-9;]*m`));
});

it('charges if the prompt is confirmed, and sends nothing if it is declined', async () => {
  const before = await requests();
  const charge = async (answer: string) => {
    const terminal = shop.startOnTerminal(['charge', '--no-wait']);
    await answerPrompts(terminal, [
      ['Corner Cafe', '@hb'],
      ['No user matches this name', `${KEYS.ctrlU}@H B`],
      ['user must be 1 to 64', `${KEYS.ctrlU}books`],
      [/^ *ID.*\n❯ +1 +@HB-17 +0 +Harbour Books$(?![\s\S]*Corner)/m, KEYS.enter],
      [/amount \(number of points, 1 to/, `5,000${KEYS.enter}`],
      ['in plain digits', `${KEYS.ctrlU}5000${KEYS.enter}`],
      ['Charge 5,000 points to Harbour Books (1) (balance 0 → 5,000)? (y/N)', answer],
    ]);
    expect((await terminal.ended).status).toBe(0);
    return terminal.screen;
  };
  expect(await charge(KEYS.enter)).toContain('Nothing was sent.');
  expect(await requests()).toBe(before);
  expect(await charge(`yes${KEYS.enter}`)).toMatch(/✓ Request \d+ is recorded; its status is pending\./);
  expect(await shop.sql('SELECT payload FROM requests ORDER BY id DESC LIMIT 1')).toEqual([
    { payload: JSON.stringify({ user: Number(BOOKS), amount: 5_000 }) },
  ]);
});

/** The steps of an order: a text that the screen shows, and the reply that leads to the next step. */
const STAGES: readonly (readonly [wanted: string, typed: string])[] = [
  ['Corner Cafe', KEYS.enter],
  ['Pencil HB', KEYS.enter],
  ['quantity of', KEYS.enter],
  ['No more products', KEYS.enter],
  ['Send this order?', 'y'],
];

it.each([
  ['Ctrl-C', KEYS.ctrlC],
  ['Ctrl-D', KEYS.ctrlD],
])('exits with 130 on %s at each prompt, sends nothing, and restores the terminal', async (_, key) => {
  const before = await requests();
  await Promise.all(
    STAGES.map(async ([wanted], stage) => {
      const line = `${SHOP} order place; echo "exit $?"; stty -a; read answer && echo "read $answer"; read end`;
      const terminal = shop.onTerminal('sh', ['-c', line]);
      await answerPrompts(terminal, STAGES.slice(0, stage));
      await terminal.shows(wanted);
      terminal.type(key);
      const screen = await terminal.shows(/exit \d+[\s\S]*echonl/);
      expect(screen, wanted).toContain('shop: Interrupted. Nothing was done. Run the command again to start over.');
      expect(screen, wanted).toContain('exit 130');
      expect(screen, wanted).toMatch(/ icanon /);
      expect(screen, wanted).toMatch(/ echo /);
      const { written } = terminal;
      expect(written.lastIndexOf(`${KEYS.escape}[?25h`)).toBeGreaterThanOrEqual(
        written.lastIndexOf(`${KEYS.escape}[?25l`),
      );
      terminal.type('on\r');
      // the screen is checked while the shell is alive, because the last output of a program may be lost with its
      // terminal
      await terminal.shows('read on');
      terminal.type('\r');
      await terminal.ended;
    }),
  );
  expect(await requests()).toBe(before);
});

it('ends at a prompt on a signal or a hang-up, even if the database does not respond', async () => {
  const blocker = await shop.connection();
  await blocker.query('LOCK TABLES users WRITE');
  try {
    const [first, second, third] = await Promise.all(
      (['SIGTERM', 'SIGHUP', 'Ctrl-C'] as const).map(async (how) => {
        const terminal = shop.startOnTerminal(['balance']);
        await terminal.shows('? user');
        if (how === 'Ctrl-C') terminal.type(KEYS.ctrlC);
        else process.kill(terminal.pid, how);
        return (await terminal.ended).status;
      }),
    );
    expect([first, second, third]).toEqual([143, 130, 130]);
  } finally {
    await blocker.end();
  }
});

it('reports at once that the database has gone down', async () => {
  const before = new Set(await shop.connections());
  const terminal = shop.startOnTerminal(['balance']);
  await terminal.shows('Corner Cafe');
  for (const id of await shop.connections()) if (!before.has(id)) await shop.sql(`KILL ${id}`);
  terminal.type('books');
  expect((await terminal.ended).status).toBe(69);
  expect(terminal.screen).toContain("MySQL can't be reached");
});

it('waits at most --timeout for a database that stops responding after a prompt', async () => {
  const terminal = shop.startOnTerminal(['charge', '--timeout', '2s']);
  await answerPrompts(terminal, [
    ['Corner Cafe', 'books'],
    [/^❯ +1 +@HB-17 .*$(?![\s\S]*Corner)/m, KEYS.enter],
    ['amount', `5000${KEYS.enter}`],
  ]);
  await terminal.shows('(y/N)');
  const blocker = await shop.connection();
  await blocker.query('LOCK TABLES requests WRITE');
  try {
    terminal.type(`yes${KEYS.enter}`);
    // without --timeout, a statement would wait for 30 s
    expect(await within(20_000, terminal.ended, null)).toMatchObject({ status: 69 });
  } finally {
    await blocker.end();
    await terminal.kill();
  }
});

it('prompts on standard error, and only on a terminal', async () => {
  const asked = shop.onTerminal('sh', ['-c', `${SHOP} balance | sed 's/^/data: /'`]);
  await answerPrompts(asked, [
    ['Corner Cafe', CAFE],
    [/❯ +3/, KEYS.enter],
  ]);
  await asked.ended;
  const [question = '', ...data] = asked.screen.split('\n').filter((line) => /^data: |Corner/.test(line));
  expect(question).toMatch(/user .* Corner Cafe \(3\)$/);
  expect(data).toEqual([expect.stringMatching(/^data: userId +name +balance$/), expect.stringMatching(/^data: 3 /)]);

  const commands = [
    'balance --no-input',
    'order place --json',
    'charge 1 2>&1 | cat',
    'order place 1x',
    'charge --timeout soon',
  ];
  const line = commands.map((command) => `${SHOP} ${command}; echo "exit $?"`).join('; ');
  const silent = shop.onTerminal('bash', ['-c', `set -o pipefail; ${line}`]);
  await silent.ended;
  expect(silent.screen.match(/exit \d+/g)).toEqual(commands.map(() => 'exit 2'));
  expect(silent.screen).toMatch(/Missing: <user>\.[\s\S]*"INPUT_REQUIRED"[\s\S]*Missing: <amount>\./);
  // an invalid value is reported before the program prompts for missing ones
  expect(silent.screen).toContain('user must be an id or @reference');
  expect(silent.screen).toContain('--timeout must be a duration');
  expect(silent.screen).not.toContain('?');
});

it('prompts for an adjustment, and sends it after confirmation', async () => {
  const balance = shop.startOnTerminal(['balance', 'adjust', SEOUL]);
  await answerPrompts(balance, [
    ['? --by <points>', `0${KEYS.enter}`],
    ['other than 0, from -1,000,000,000,000 to 1,000,000,000,000, not "0"', `${KEYS.ctrlU}-20${KEYS.enter}`],
    ['? --reason <text>', `wrong amount${KEYS.enter}`],
    ['Adjust the balance of 카페 서울 (2) by -20 (1,620 → 1,600)? (y/N)', `y${KEYS.enter}`],
  ]);
  expect((await balance.ended).status).toBe(0);
  expect(balance.screen).toMatch(/✓ Adjusted the balance of 카페 서울 \(2\) by -20\.[\s\S]*Reason: wrong amount/);

  const product = shop.startOnTerminal(['product', 'adjust', PENCIL, '--reason', 'count']);
  await answerPrompts(product, [
    ['? --to <units>', `-1${KEYS.enter}`],
    ['not "-1"', `${KEYS.ctrlU}90${KEYS.enter}`],
    ['Adjust the stock of Pencil HB (1) by -6 (96 → 90)? (y/N)', KEYS.enter],
  ]);
  expect((await product.ended).status).toBe(0);
  expect(product.screen).toContain('Nothing was sent.');
  expect(await shop.stockOf(Number(PENCIL))).toBe(96);
});

it('offers orders, requests, carts and products as choices', async () => {
  await shop.ok(['cart', 'add', CAFE, `${PENCIL}:4`, PEN]);

  const returned = shop.startOnTerminal(['order', 'return']);
  await answerPrompts(returned, [
    [/❯ +2 +3,380 +placed .* 카페 서울 \(2\)/, KEYS.enter],
    [/ID +LEFT +UNIT PRICE +NAME\n[\s\S]*3 +1 +3,200 +Fountain pen/, 'fount'],
    [/❯ +3 +1 +3,200(?![\s\S]*연필)/, KEYS.enter],
    ['quantity of Fountain pen', `2${KEYS.enter}`],
    ['No more products', KEYS.enter],
    [/Return from order 2 of 카페 서울 \(2\)[\s\S]*2 requested, 1 left\. If sent now\s*, the request/, KEYS.enter],
  ]);
  expect((await returned.ended).status).toBe(0);
  expect(returned.screen).toContain('Nothing was sent.');

  const partly = shop.startOnTerminal(['order', 'return', '2']);
  await answerPrompts(partly, [
    [/❯ +\d +1 +\d[\s\S]*Fountain pen/, 'fount'],
    [/❯ +3 +1 +3,200(?![\s\S]*연필)/, KEYS.enter],
    ['quantity of Fountain pen', KEYS.enter],
    ['No more products', KEYS.enter],
    [/TOTAL +3,200\n[\s\S]*Return these units and refund 3,200 points \(balance [^)]* → [^)]*\)\?/, `y${KEYS.enter}`],
  ]);
  expect((await partly.ended).status).toBe(0);
  expect(partly.screen).toMatch(/✓ Units of order 2 returned: 3,200 points refunded to /);

  const cancel = shop.startOnTerminal(['order', 'cancel']);
  await answerPrompts(cancel, [
    [/2 +3,380 +partially_returned/, '99'],
    ['There is no order 99.', `${KEYS.ctrlU}books`],
    ['Nothing matches this text', `${KEYS.ctrlU}서울`],
    [/❯ +2 +3,380/, KEYS.enter],
    [/Cancel this order and refund 180 points \(balance [^)]* → [^)]*\)\? \(y\/N\)/, `y${KEYS.enter}`],
  ]);
  expect((await cancel.ended).status).toBe(0);
  expect(cancel.screen).toMatch(/✓ Order 2 cancelled: 180 points refunded to /);

  // a cancelled order is not offered
  const none = shop.startOnTerminal(['order', 'return']);
  await answerPrompts(none, [['There is nothing to choose from', KEYS.ctrlC]]);
  expect((await none.ended).status).toBe(130);

  const show = shop.startOnTerminal(['request', 'show']);
  await answerPrompts(show, [[/❯ .* cancel +applied/, KEYS.enter]]);
  expect((await show.ended).status).toBe(0);
  expect(show.screen).toMatch(/^Request \d+: cancel$/m);

  const remove = shop.startOnTerminal(['cart', 'remove', CAFE]);
  await answerPrompts(remove, [
    [/❯ +1 +4 +Pencil HB\n +3 +1 +Fountain pen/, KEYS.enter],
    ['quantity of Pencil HB', `3${KEYS.enter}`],
    ['No more products', KEYS.enter],
  ]);
  expect((await remove.ended).status).toBe(0);
  expect(remove.screen).toMatch(/Pencil HB +1 +150/);

  const checkout = shop.startOnTerminal(['cart', 'checkout']);
  await answerPrompts(checkout, [
    ['Corner Cafe', CAFE],
    [/❯ +3/, KEYS.enter],
    [
      /User 3 has 0 points, but 3,350 are needed\. If sent now, the request would be refused\.\n.*Send this order\?/,
      KEYS.enter,
    ],
  ]);
  expect((await checkout.ended).status).toBe(0);
  expect(checkout.screen).toContain('Nothing was sent.');

  const restock = shop.startOnTerminal(['product', 'restock']);
  await answerPrompts(restock, [
    ['Pencil HB', '@FP'],
    [/❯ +3(?![\s\S]*Pencil)/, KEYS.enter],
    ['quantity (', `5${KEYS.enter}`],
    ['Add 5 to the stock of Fountain pen (3) (10 → 15)?', `y${KEYS.enter}`],
  ]);
  expect((await restock.ended).status).toBe(0);
  expect(await shop.stockOf(3)).toBe(15);
});

it.each([90, 60, 40])('keeps each choice on one line of a terminal with %i columns', async (columns) => {
  const hangul = '아주 긴 이름의 상품 '.repeat(4).trim();
  const product = await shop.product(
    `${hangul} ${columns}`,
    1_234_500,
    1_000,
    '--reference',
    `LONG-REFERENCE-${columns}`,
  );
  const user = await shop.userWith(10_000_000);
  await shop.ok(['order', 'place', user, `${product}:2`]);
  await shop.ok([
    'order',
    'return',
    String((await shop.ok(['order', 'place', user, `${product}:3`])).orderId),
    `${product}`,
  ]);
  const start = (...args: string[]) => shop.startOnTerminal(args, { columns, env: { NO_COLOR: '1' } });
  // inquirer would continue a choice that is too long on a line that does not begin with an id
  const expectChoices = (screen: string) => {
    const lines = screen.split('\n');
    const from = lines.findIndex((line) => /^ +ID\b/.test(line));
    const choices = lines.slice(from + 1, lines.indexOf('', from));
    expect(choices.filter((line) => !/^[❯ ] +(\d+ |No more products$)/.test(line))).toEqual([]);
    expect(choices.filter((line) => widthOf(line) > columns)).toEqual([]);
    return choices;
  };

  const cancel = start('order', 'cancel');
  const orders = expectChoices(await cancel.shows(/아주[\s\S]*navigate/));
  expect(orders[0]).toMatch(/^❯ +\d+ .*아주.*…?$/);
  cancel.type(KEYS.ctrlC);
  await cancel.ended;

  const place = start('order', 'place', user);
  const products = expectChoices(await place.shows(/아주[\s\S]*navigate/));
  expect(products[0]).toMatch(/^❯ +\d+ .*아주.*…$/);
  await answerPrompts(place, [
    ['navigate', KEYS.enter],
    ['quantity of', `${KEYS.ctrlU}24${KEYS.enter}`],
  ]);
  const [, chosen] = expectChoices(await place.shows(/\(24 chosen\)[\s\S]*navigate/));
  expect(chosen).toMatch(/^ +\d+ .*… \(24 chosen\)$/);
  place.type(KEYS.ctrlC);
  await place.ended;
});

it('prompts for the values of an edit; Enter keeps the current value', async () => {
  const edit = shop.startOnTerminal(['user', 'edit']);
  await answerPrompts(edit, [
    ['Corner Cafe', 'corner'],
    [/❯ +3(?![\s\S]*Books)/, KEYS.enter],
    ['name (Corner Cafe)', KEYS.enter],
    ['reference (Enter for none)', `a b${KEYS.enter}`],
    ['> reference must be 1 to 64', `${KEYS.ctrlU}CC-3${KEYS.enter}`],
  ]);
  expect((await edit.ended).status).toBe(0);
  expect(edit.screen).toMatch(/✓ User Corner Cafe \(3\) saved\.\nREFERENCE +CC-3/);

  const product = shop.startOnTerminal(['product', 'edit', PEN]);
  await answerPrompts(product, [
    ['name (Fountain pen)', `Fountain pen M${KEYS.enter}`],
    ['price (3200)', `${KEYS.enter}`],
  ]);
  expect((await product.ended).status).toBe(0);
  expect(product.screen).toMatch(/✓ Product Fountain pen M \(3\) saved\./);
  expect(await shop.ok(['product', 'show', PEN])).toMatchObject({ reference: 'FP-1', price: 3_200 });

  const unset = shop.startOnTerminal(['user', 'edit', SEOUL]);
  await answerPrompts(unset, [
    ['name (카페 서울)', `카페 서울역${KEYS.enter}`],
    ['reference (Enter for none)', KEYS.enter],
  ]);
  expect((await unset.ended).status).toBe(0);
  expect(await shop.ok(['user', 'show', SEOUL])).toMatchObject({ name: '카페 서울역', reference: null });
});

it('offers users to block and unblock, and products to retire and restore', async () => {
  const block = shop.startOnTerminal(['user', 'block']);
  await answerPrompts(block, [
    ['Corner Cafe', '3'],
    [/❯ +3(?![\s\S]*Books)/, KEYS.enter],
    ['--reason <text>', `unpaid invoices${KEYS.enter}`],
  ]);
  expect((await block.ended).status).toBe(0);
  expect(block.screen).toMatch(/✓ User Corner Cafe \(3\) is blocked\.\nBLOCKED REASON +unpaid invoices/);
  const again = shop.startOnTerminal(['user', 'block']);
  await answerPrompts(again, [
    ['Harbour Books', '3'],
    ['No unblocked user matches', KEYS.ctrlC],
  ]);
  await again.ended;
  const charge = shop.startOnTerminal(['charge']);
  expect(await charge.shows('Corner Cafe')).toMatch(/BLOCKED +NAME[\s\S]* yes +Corner Cafe/);
  charge.type(KEYS.ctrlC);
  await charge.ended;
  const unblock = shop.startOnTerminal(['user', 'unblock']);
  await answerPrompts(unblock, [[/❯ +3 .*Corner Cafe(?![\s\S]*Books)/, KEYS.enter]]);
  expect((await unblock.ended).status).toBe(0);

  const retire = shop.startOnTerminal(['product', 'retire']);
  await answerPrompts(retire, [
    ['Pencil HB', 'hb'],
    [/❯ +1(?![\s\S]*Fountain)/, KEYS.enter],
  ]);
  expect((await retire.ended).status).toBe(0);
  // a retired product is not offered for a cart, and is marked in other prompts
  const add = shop.startOnTerminal(['cart', 'add', CAFE]);
  await add.shows('Fountain pen');
  expect(add.screen).not.toContain('Pencil HB');
  await answerPrompts(add, [
    ['Fountain pen', PENCIL],
    ['No product on sale matches', KEYS.ctrlC],
  ]);
  await add.ended;
  const restock = shop.startOnTerminal(['product', 'restock']);
  expect(await restock.shows('Pencil HB')).toMatch(/RETIRED +NAME[\s\S]* yes +Pencil HB/);
  restock.type(KEYS.ctrlC);
  await restock.ended;
  const restore = shop.startOnTerminal(['product', 'restore']);
  await answerPrompts(restore, [[/❯ +1 .*Pencil HB/, KEYS.enter]]);
  expect((await restore.ended).status).toBe(0);
  const none = shop.startOnTerminal(['product', 'restore']);
  await answerPrompts(none, [['There are no retired products.', KEYS.ctrlC]]);
  await none.ended;
});

it('prompts for confirmation of a cancel, a return or an adjustment on a terminal, even if no input is missing', async () => {
  const user = await shop.userWith(1_000);
  const pencil = String(await shop.product('Pencil 2H', 150, 20));
  const order = String((await shop.ok(['order', 'place', user, `${pencil}:4`])).orderId);
  const returned = ['order', 'return', order, `${pencil}:3`];
  const adjusted = ['balance', 'adjust', user, '--reason', 'typo', '--by'];
  const counted = ['product', 'adjust', pencil, '--reason', 'count', '--to', '15'];
  const before = await requests();
  for (const [args, shown] of [
    [
      returned,
      /Pencil 2H +3 +150 +450\n[\s\S]*Return these units and refund 450 points \(balance 400 → 850\)\? \(y\/N\)/,
    ],
    [
      [...returned, '--no-restock'],
      'Return these units without restocking them, and refund 450 points (balance 400 → 850)? (y/N)',
    ],
    [
      ['order', 'return', order, `${pencil}:5`],
      /5 requested, 4 left\. If sent now, the request would be refused\.\n.*Return these units/,
    ],
    [
      ['order', 'cancel', order],
      /^Order \d+ of Ann[\s\S]*Cancel this order and refund 600 points \(balance 400 → 1,000\)\? \(y\/N\)/m,
    ],
    [[...adjusted, '+50'], `Adjust the balance of Ann (${user}) by +50 (400 → 450)? (y/N)`],
    [
      [...adjusted, '-500'],
      /has 400 points, but 500 are needed\. If sent now, the request would be refused\.\n.*by -500/,
    ],
    [counted, `Adjust the stock of Pencil 2H (${pencil}) by -1 (16 → 15)? (y/N)`],
    [[...counted, '--expect', '20'], /16.*20.*If sent now, the request would be refused\.\n.*by -1 /],
  ] as const) {
    const terminal = shop.startOnTerminal(args, { columns: 140 });
    await answerPrompts(terminal, [[shown, KEYS.enter]]);
    expect((await terminal.ended).status).toBe(0);
    expect(terminal.screen).toContain('Nothing was sent.');
  }
  expect(await requests()).toBe(before);

  const confirmed = shop.startOnTerminal(returned);
  await answerPrompts(confirmed, [['Return these units', `y${KEYS.enter}`]]);
  expect((await confirmed.ended).status).toBe(0);
  expect(await shop.ok(['balance', user])).toMatchObject({ balance: 850 });

  // no confirmation is needed with one of these options, in a pipe, or for other requests
  const unasked = [
    [...adjusted, '1', '--yes'],
    [...adjusted, '2', '--no-input'],
    [...counted, '--json'],
    ['charge', user, '5'],
  ];
  for (const args of unasked) {
    const terminal = shop.startOnTerminal(args);
    expect((await terminal.ended).status).toBe(0);
    expect(terminal.screen).not.toMatch(/\?|Nothing was sent/);
  }
  expect((await shop.run(['order', 'cancel', order])).status).toBe(0);
  expect((await shop.run(['shell'], { stdin: `${adjusted.join(' ')} 3\n` })).status).toBe(0);
  expect(await shop.ok(['balance', user])).toMatchObject({ balance: 1_000 + 1 + 2 + 3 + 5 });

  // a cancelled order can't be cancelled, and a replay needs no confirmation
  const again = shop.startOnTerminal(['order', 'cancel', order], { columns: 140 });
  await answerPrompts(again, [
    [/is already cancelled[\s\S]*If sent now, the request would be refused\.\n.*refund 0 points/, KEYS.enter],
  ]);
  expect((await again.ended).status).toBe(0);
  const { key } = await shop.ok([...adjusted, '4']);
  const replay = shop.startOnTerminal([...adjusted, '4', '--key', String(key)]);
  expect((await replay.ended).status).toBe(0);
  expect(replay.screen).toContain('replayed');
});
