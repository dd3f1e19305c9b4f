import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { phrase } from '../../domain/phrase.ts';
import { ENGLISH } from '../i18n/language.ts';
import { present } from './formats.ts';
import { done, title } from './marks.ts';
import { type Page, PLAIN } from './page.ts';
import { answer, columns, forPeople, listView, recordView, type View, withSpareColumns } from './view.ts';

interface Thing {
  readonly id: number;
  readonly key: string;
  readonly status: string;
  readonly name: string;
  readonly amount: number;
  readonly reason: string | null;
}

const COLUMNS = columns<Thing>({
  id: 'identifier',
  key: 'text',
  status: 'status',
  name: 'text',
  amount: 'amount',
  reason: 'prose',
});
const THINGS = withSpareColumns(listView<Thing>(phrase('No things.'), ...COLUMNS), 'name', 'amount');
const LONG: Thing = {
  id: 12_345,
  key: 'a-key-of-twenty-four-signs',
  status: 'applied',
  name: '미래문방구 さくら書店',
  amount: -1_234_567,
  reason: 'User 3 has 0 points, 72,000 are needed.',
};
const SHORT: Thing = { id: 1, key: 'k', status: 'refused', name: '👩‍👩‍👧', amount: 5, reason: null };

const on = (width: number, colors = false): Page => ({
  terminal: true,
  width,
  colors,
  symbols: true,
  language: ENGLISH,
});
const table = (page: Page, things: readonly Thing[] = [LONG, SHORT]) =>
  present(answer<readonly Thing[], Thing>(things, THINGS), 'table', page);

it('is as wide as its texts in a pipe, with plain digits', async () => {
  expect(await table(PLAIN)).toBe(
    [
      '   ID  KEY                         STATUS   NAME                     AMOUNT  REASON',
      '12345  a-key-of-twenty-four-signs  applied  미래문방구 さくら書店  -1234567  User 3 has 0 points, 72,000 are needed.',
      '    1  k                           refused  👩‍👩‍👧                            5  -',
      '',
    ].join('\n'),
  );
});

it('shrinks texts to the width, the least important first, and wraps sentences', async () => {
  expect(await table(on(90))).toBe(
    [
      '   ID  KEY                       STATUS   NAME            AMOUNT  REASON',
      '12345  a-key-of-twenty-four-si…  applied  미래문방…   -1,234,567  User 3 has 0 points,',
      '                                                                  72,000 are needed.',
      '    1  k                         refused  👩‍👩‍👧                   5  -',
      '',
    ].join('\n'),
  );
});

it('leaves out optional columns if shrinking is not enough, and names them', async () => {
  expect(await table(on(60))).toBe(
    [
      '   ID  KEY                 STATUS   REASON',
      '12345  a-key-of-twenty-f…  applied  User 3 has 0 points,',
      '                                    72,000 are needed.',
      '    1  k                   refused  -',
      'Hidden columns: NAME, AMOUNT; widen the terminal or use -o',
      'json.',
      '',
    ].join('\n'),
  );
});

it('shows each row as a record if the columns do not fit', async () => {
  expect(await table(on(30))).toBe(
    [
      'ID      12345',
      'KEY     a-key-of-twenty-four-s',
      '        igns',
      'STATUS  applied',
      'NAME    미래문방구 さくら書店',
      'AMOUNT  -1,234,567',
      'REASON  User 3 has 0 points,',
      '        72,000 are needed.',
      '',
      'ID      1',
      'KEY     k',
      'STATUS  refused',
      'NAME    👩‍👩‍👧',
      'AMOUNT  5',
      'REASON  -',
      '',
    ].join('\n'),
  );
});

it('has no line wider than the terminal', async () => {
  for (let width = 20; width <= 140; width++) {
    const lines = (await table(on(width))).split('\n');
    expect(Math.max(...lines.map((line) => stringWidth(line)))).toBeLessThanOrEqual(width);
  }
});

it('colours only headings and statuses, and keeps them aligned', async () => {
  const painted = await table(on(90, true));
  expect(painted).toContain('\u001b[32mapplied\u001b[39m');
  expect(painted).toContain('\u001b[33mrefused\u001b[39m');
  expect(painted).toContain('\u001b[1mAMOUNT\u001b[22m');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control sequences
  expect(painted.replace(/\u001b\[\d+m/g, '')).toBe(await table(on(90)));
});

it('colours only the values of a status, and no spaces', async () => {
  const things = [{ ...SHORT, key: 'failed', name: 'applied', reason: 'refused '.repeat(10) }];
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control sequences
  expect((await table(on(80, true), things)).match(/\u001b\[3\dm\w*/g)).toEqual(['\u001b[33mrefused', '\u001b[39m']);
});

it('has text on the left and amounts on the right, and no column without a value', async () => {
  const none = { ...SHORT, reason: null };
  interface Bare extends Omit<Thing, 'amount'> {
    readonly amount: number | null;
    readonly orderId: number | null;
  }
  const view = listView<Bare>(
    phrase('No things.'),
    ...columns<Bare>({ reason: 'prose', amount: 'amount', orderId: 'identifier', name: 'text' }),
  );
  const bare = { ...none, amount: null, orderId: null };
  const shown = answer<readonly Bare[], Bare>([bare, { ...bare, amount: 5, reason: 'none' }], view);
  expect(await present(shown, 'table', on(80))).toBe(
    'REASON  AMOUNT  NAME\n-            -  👩‍👩‍👧\nnone         5  👩‍👩‍👧\n',
  );
});

it('colours only tables', async () => {
  for (const format of ['json', 'jsonl', 'csv', 'tsv'] as const) {
    const text = await present(answer<readonly Thing[], Thing>([LONG], THINGS), format, on(90, true));
    expect(text).not.toContain('\u001b');
  }
});

interface Item {
  readonly what: string;
  readonly sold: number;
}
interface Sold {
  readonly day: number;
  readonly total: number;
  readonly items: readonly Item[];
}
type Row = Sold & { readonly item: Item };

const SOLD: View<Sold, Row> = {
  kind: 'record',
  columns: columns<Row>({ day: 'count', total: 'amount' }),
  rows: (sold) => sold.items.map((item) => ({ ...sold, item })),
  lines: {
    columns: [
      { name: 'what', value: ({ item }) => item.what },
      { name: 'sold', value: ({ item }) => item.sold, kind: 'count' },
    ],
    empty: phrase('Nothing.'),
  },
};
const sold = (...items: Item[]) => ({ day: 7, total: items.reduce((sum, item) => sum + item.sold, 0), items });
const ITEMS = [
  { what: '연필', sold: 1_600 },
  { what: 'Lamp', sold: 100 },
  { what: 'Ruler', sold: 1 },
];

it('draws amounts as bars of the available width', async () => {
  const view = { ...SOLD, lines: { ...SOLD.lines, bars: ({ item }: Row) => item.sold } } as typeof SOLD;
  const drawn = (width: number) => present(answer<Sold, Row>(sold(...ITEMS), view), 'table', on(width));
  expect((await drawn(40)).split('\n\n')[1]).toBe(
    'WHAT    SOLD\n연필   1,600  ████████████████████████\nLamp     100  █▌\nRuler      1  ▏\n',
  );
  expect(await drawn(24)).toContain('연필   1,600  ██████████\nLamp     100  ▋\n');
  expect(await drawn(20)).toContain('연필   1,600\n');
  expect(await present(answer<Sold, Row>(sold(), view), 'table', on(40))).toBe('DAY    7\nTOTAL  0\n\nNothing.\n');
});

it('shows sums below the last column, as on a receipt', async () => {
  const view = { ...SOLD, lines: { ...SOLD.lines, sums: ['total'] } } as typeof SOLD;
  const data = { ...sold(...ITEMS), by: 'Ann' };
  const shown = answer(data, { ...view, columns: [...view.columns, { name: 'by', value: () => 'Ann' }] });
  const receipt = [
    'DAY  7',
    'BY   Ann',
    '',
    'WHAT    SOLD',
    '연필   1,600',
    'Lamp     100',
    'Ruler      1',
    '────────────',
    'TOTAL  1,701',
    '',
  ].join('\n');
  expect(await present(shown, 'table', on(40))).toBe(receipt);
  expect(await present(shown, 'table', PLAIN)).toContain(
    'WHAT   SOLD\n연필   1600\nLamp    100\nRuler     1\n-----------\nTOTAL  1701\n',
  );
  expect(await present(shown, 'csv', on(40))).toBe(
    'day,total,by,what,sold\n7,1701,Ann,연필,1600\n7,1701,Ann,Lamp,100\n7,1701,Ann,Ruler,1\n',
  );
});

it('aligns the wrapped lines of a field with the beginning of its value', async () => {
  const thing = answer<Thing, Thing>(LONG, recordView<Thing>(...COLUMNS));
  expect(await present(thing, 'table', on(36))).toContain(
    '\nREASON  User 3 has 0 points, 72,000\n        are needed.\n',
  );
});

describe('a headline', () => {
  const HEADED = forPeople(SOLD, {
    headline: ({ day }) => done(phrase`Sold on day ${day}.`),
    hidden: ['day', 'total'],
    foot: ({ total }) => [phrase`${total} in all`],
  });

  it('comes first, then the list and the foot, which shows the hidden columns', async () => {
    const shown = answer<Sold, Row>(sold({ what: 'Lamp', sold: 100 }), HEADED);
    expect(await present(shown, 'table', on(40))).toBe('✓ Sold on day 7.\n\nWHAT  SOLD\nLamp   100\n\n100 in all\n');
    expect(await present(shown, 'table', on(40, true))).toContain('\u001b[32m✓\u001b[39m Sold on day 7.\n');
  });

  it('is the only output if the view has nothing else to show', async () => {
    const view = forPeople(recordView<Thing>(...COLUMNS), {
      headline: ({ name }) => done(phrase`${name} created.`),
      hidden: COLUMNS.map(({ name }) => name),
      foot: ({ key }) => [phrase`Key ${key}`],
    });
    expect(await present(answer<Thing, Thing>(SHORT, view), 'table', on(40))).toBe('✓ 👩‍👩‍👧 created.\nKey k\n');
  });

  it('is the only output of a list if all columns are hidden', async () => {
    const view = forPeople(listView<Thing>(phrase('Nothing.'), ...COLUMNS), {
      headline: (things) => done(phrase`Removed ${things.length}.`),
      hidden: COLUMNS.map(({ name }) => name),
    });
    const drawn = (things: readonly Thing[]) => present(answer<readonly Thing[], Thing>(things, view), 'table', on(40));
    expect(await drawn([SHORT])).toBe('✓ Removed 1.\n');
    expect(await drawn([])).toBe('✓ Removed 0.\nNothing.\n');
  });

  it('is wrapped after its mark, which is a word if the terminal has no symbols', async () => {
    const view = forPeople(SOLD, {
      headline: () => ({ mark: 'failed', text: phrase('Nothing at all was sold.'), hint: phrase('Sell something.') }),
      hidden: ['day', 'total'],
    });
    const drawn = (page: Page) => present(answer<Sold, Row>(sold(), view), 'table', page);
    expect(await drawn(on(20))).toBe('✗ Nothing at all was\n  sold.\n  Sell something.\n\nNothing.\n');
    expect(await drawn(PLAIN)).toBe('FAIL Nothing at all was sold.\n     Sell something.\n\nNothing.\n');
  });

  it('is the title of a card without a mark', async () => {
    const view = forPeople(recordView<Thing>(...COLUMNS), {
      headline: ({ name, id }) => title(phrase`${name} (${id})`),
      hidden: ['id', 'name'],
    });
    expect(await present(answer<Thing, Thing>(SHORT, view), 'table', on(40))).toBe(
      '👩‍👩‍👧 (1)\nKEY     k\nSTATUS  refused\nAMOUNT  5\n',
    );
  });

  it('is in no other format', async () => {
    const shown = (view: View<Sold, Row>) => answer<Sold, Row>(sold(...ITEMS), view);
    for (const format of ['json', 'jsonl', 'csv', 'tsv'] as const) {
      expect(await present(shown(HEADED), format, on(40))).toBe(await present(shown(SOLD), format, on(40)));
    }
  });
});

it('draws bars and rules in ASCII if the terminal has no symbols', async () => {
  const view = {
    ...SOLD,
    lines: { ...SOLD.lines, bars: ({ item }: Row) => item.sold, sums: ['total'] },
  } as typeof SOLD;
  const text = await present(answer<Sold, Row>(sold(...ITEMS.slice(1)), view), 'table', { ...on(40), symbols: false });
  expect(text).toContain('Lamp    100  ########################\nRuler     1  #\n-----');
  expect(text).toMatch(/^[ -~\n]*$/);
});

it('shows booleans as yes and no', async () => {
  interface Switch {
    readonly on: boolean;
    readonly off: boolean;
  }
  const shown = answer<Switch, Switch>(
    { on: true, off: false },
    recordView(...columns<Switch>({ on: 'word', off: 'word' })),
  );
  expect(await present(shown, 'table', on(40))).toBe('ON   yes\nOFF  no\n');
  expect(await present(shown, 'tsv', on(40))).toBe('on\toff\ntrue\tfalse\n');
});

describe('a flag', () => {
  interface Item {
    readonly id: number;
    readonly sold: boolean;
    readonly late?: true;
  }
  const view = listView<Item>(phrase('No items.'), ...columns<Item>({ id: 'identifier', sold: 'flag', late: 'flag' }));
  const shown = (items: readonly Item[], format: 'table' | 'csv') =>
    present(answer<readonly Item[], Item>(items, view), format, on(40));
  const ITEMS_WITH_FLAGS: readonly Item[] = [
    { id: 1, sold: true },
    { id: 2, sold: false },
  ];

  it('is blank where it is false, and left out if it is false in all rows', async () => {
    expect(await shown(ITEMS_WITH_FLAGS, 'table')).toBe('ID  SOLD\n 1  yes\n 2\n');
    expect(await shown(ITEMS_WITH_FLAGS.slice(1), 'table')).toBe('ID\n 2\n');
  });

  it('is a column in CSV, even if it has no value', async () => {
    expect(await shown(ITEMS_WITH_FLAGS, 'csv')).toBe('id,sold,late\n1,true,\n2,false,\n');
  });
});
