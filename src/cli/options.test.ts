import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ShopError } from '../domain/errors.ts';
import { FORMATS, parseFormat, withDefaults } from './global-options.ts';
import { parseChoice, parseDuration, parseTime } from './option-values.ts';
import { choiceOption, LIST_OPTIONS, timeOption } from './options.ts';

function expectRefused(parse: () => unknown, field: string): void {
  expect(parse).toThrow(ShopError);
  expect(parse).toThrow(
    expect.objectContaining({ code: 'INVALID_INPUT', details: expect.objectContaining({ field }) }),
  );
}

describe('the format', () => {
  it('is a table on a terminal and tab-separated in a pipe by default', () => {
    expect(parseFormat({}, true)).toBe('table');
    expect(parseFormat({}, false)).toBe('tsv');
  });

  it('is the requested one', () => {
    for (const format of FORMATS) expect(parseFormat({ output: format }, true)).toBe(format);
    expect(parseFormat({ json: true }, true)).toBe('json');
    expect(parseFormat({ json: true, output: 'json' }, false)).toBe('json');
  });

  it.each(['', ' json', 'JSON', 'xml', 'json\n', '__proto__', 'constructor'])('is refused as %j', (output) => {
    expectRefused(() => parseFormat({ output }, false), '--output');
  });

  it('refuses two formats at once', () => {
    for (const output of FORMATS.filter((format) => format !== 'json'))
      expectRefused(() => parseFormat({ json: true, output }, false), '--json');
  });
});

it.each([
  { flags: {}, defaults: { output: 'csv', actor: 'Ann' }, expected: { output: 'csv', actor: 'Ann' } },
  { flags: { json: true }, defaults: { output: 'csv' }, expected: { json: true } },
  { flags: { output: 'csv' }, defaults: { json: true }, expected: { output: 'csv' } },
  { flags: { actor: 'Bob' }, defaults: { actor: 'Ann', yes: true }, expected: { actor: 'Bob', yes: true } },
])(
  'takes each option from the shell unless the command has its own: $flags in $defaults',
  ({ flags, defaults, expected }) => {
    expect(withDefaults({ input: true, ...flags }, { input: true, ...defaults })).toEqual({ input: true, ...expected });
    expect(withDefaults({ input: true, ...flags }, { input: false }).input).toBe(false);
  },
);

describe('a duration', () => {
  it.each([
    ['500ms', 500],
    ['0s', 0],
    ['30s', 30_000],
    ['5m', 300_000],
    ['2h', 7_200_000],
    ['3d', 259_200_000],
    ['366d', 31_622_400_000],
  ])('%s is %d ms', (text, ms) => expect(parseDuration('--timeout', text)).toBe(ms));

  it.each([
    ...['', ' ', '5', 's', 'ms', '-5s', '+5s', '1.5s', '1e3s', ' 5s', '5s ', '5 s', '5S', '5sec', '5s5s', '5w', '5y'],
    ...[
      '0x5s',
      '٥s',
      '367d',
      '999999999d',
      '1000000000ms',
      '99999999999999999999s',
      `${'9'.repeat(10_001)}s`,
      '5__proto__',
    ],
    ...['Infinity', 'NaN', 'null', '5\n', '5s\n', "5s'; --"],
  ])('is refused as %j', (text) => expectRefused(() => parseDuration('--timeout', text), '--timeout'));

  it('must be only a number and a unit', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'0123456789msdh-. e') }), (text) => {
        if (/^\d{1,9}(ms|s|m|h|d)$/.test(text)) return;
        expectRefused(() => parseDuration('--since', text), '--since');
      }),
    );
  });
});

describe('a time', () => {
  const NOW = Date.UTC(2026, 0, 31, 12);

  it.each([
    ['2024-02-29 00:00Z', '2024-02-29T00:00:00.000Z'],
    ['2026-01-31T09:30Z', '2026-01-31T09:30:00.000Z'],
    ['2026-01-31T09:30:15.5Z', '2026-01-31T09:30:15.500Z'],
    ['2026-01-31T09:30:15.123Z', '2026-01-31T09:30:15.123Z'],
    ['2026-01-31T09:30:15+09:00', '2026-01-31T00:30:15.000Z'],
    ['2026-01-31T23:30:00-02:00', '2026-02-01T01:30:00.000Z'],
    ['2h', '2026-01-31T10:00:00.000Z'],
    ['3d', '2026-01-28T12:00:00.000Z'],
    ['3650d', '2016-02-03T12:00:00.000Z'],
    ['2026-01-31T09:30:15.123456Z', '2026-01-31T09:30:15.123Z'],
    ['0s', '2026-01-31T12:00:00.000Z'],
  ])('%s is %s', (text, time) => expect(parseTime('--since', text, NOW).toISOString()).toBe(time));

  it.each([
    ...['', ' ', 'now', 'yesterday', '2026', '2026-01', '2026-1-1', '31.01.2026', '01/31/2026', '2026-01-31 9:30'],
    ...['2026-01-31 ', '2026-01-31Z', '2026-01-31  09:30', '2026-01-31 09', '2026-01-31 09:30 Z', '2026-02-29 09:30'],
    ...['2026-13-01', '2026-00-10', '2026-01-00', '2026-01-32', '2026-02-30', '2025-02-29', '2026-04-31T10:00:00Z'],
    ...['2026-01-31T25:00:00Z', '2026-01-31T09:60:00Z', '2026-01-31T09:30:00+99:00', '2026-01-31T09:30:00.'],
    ...['+012026-01-31', '-000001-01-01', '20260131', '1769853600', '-2h', '2h ago', '999999999d', '２０２６-01-31'],
    ...["2026-01-31'; --", '2026-01-31\n', `2026-01-31${' '.repeat(10_001)}`],
  ])('is refused as %j', (text) => expectRefused(() => parseTime('--since', text, NOW), '--since'));

  it('may be given as JSON prints it', () => {
    const times = fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true });
    fc.assert(fc.property(times, (time) => parseTime('--since', time.toISOString()).getTime() === time.getTime()));
  });
});

describe('a page', () => {
  const { limit, after } = LIST_OPTIONS;

  it('has the requested number of rows', () => {
    expect([limit.parse('1'), limit.parse('1000'), after.parse('17')]).toEqual([1, 1_000, 17]);
  });

  it.each(['', '0', '-1', '1001', '1.5', '1e2', ' 5', 'all', '١', '1; --'])('is refused with a limit of %j', (text) => {
    expectRefused(() => limit.parse(text), '--limit');
  });

  it.each(['', '0', '-1', '1.5', '9007199254740992', '@a', 'x'.repeat(10_001)])(
    'is refused with --after %j',
    (text) => {
      expectRefused(() => after.parse(text), '--after');
    },
  );
});

it('accepts only the exact words of a choice', () => {
  const parse = (text: string) => parseChoice('--status', text, ['placed', 'cancelled']);
  expect(parse('placed')).toBe('placed');
  for (const text of ['', 'Placed', ' placed', 'placed,cancelled', '0', 'length'])
    expectRefused(() => parse(text), '--status');
});

it('names the option in its error', () => {
  expectRefused(() => choiceOption('--status <status>', ['placed']).parse('lost'), '--status');
  expectRefused(() => timeOption('--since <time>', 'from then on').parse('now'), '--since');
});
