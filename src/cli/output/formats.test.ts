import fc from 'fast-check';
import { expect, it } from 'vitest';
import { phrase } from '../../domain/phrase.ts';
import { FORMATS } from '../global-options.ts';
import { ENGLISH } from '../i18n/language.ts';
import { present } from './formats.ts';
import { toJson } from './json.ts';
import { type Page, PLAIN } from './page.ts';
import { answer, columns, listView, recordView } from './view.ts';

interface Thing {
  readonly id: number;
  readonly name: string | null;
  readonly at: Date;
}

const COLUMNS = columns<Thing>({ id: 'identifier', name: 'text', at: 'time' });
const THING = recordView<Thing>(...COLUMNS);
const THINGS = listView<Thing>(phrase('No things.'), ...COLUMNS);

interface Points {
  readonly userId: number;
  readonly points: number;
}

const POINTS = recordView<Points>(...columns<Points>({ userId: 'identifier', points: 'count' }));
const TERMINAL: Page = { terminal: true, width: 80, colors: false, symbols: true, language: ENGLISH };
const AT = new Date('2026-01-31T09:30:00.125Z');
const NASTY = '\u001b]0;x\u0007 a\tb\n"c",\u009b\u202e\u2028\\';

it('indents JSON on a terminal, but not in a pipe', async () => {
  const thing = answer<Thing, Thing>({ id: 1, name: null, at: AT }, THING);
  expect(await present(thing, 'json', PLAIN)).toBe('{"id":1,"name":null,"at":"2026-01-31T09:30:00.125Z"}\n');
  expect(await present(thing, 'json', TERMINAL)).toBe(
    '{\n  "id": 1,\n  "name": null,\n  "at": "2026-01-31T09:30:00.125Z"\n}\n',
  );
});

it('shows a missing value as an empty field, and leaves it out of a table', async () => {
  const thing = answer<Thing, Thing>({ id: 1, name: null, at: AT }, THING);
  expect(await present(thing, 'tsv', PLAIN)).toBe('id\tname\tat\n1\t\t2026-01-31T09:30:00.125Z\n');
  expect(await present(thing, 'table', TERMINAL)).toMatch(/^ID {2}1\nAT {2}2026-\S+ \S+\n$/);
});

it('groups the digits of amounts for people only, and never those of ids', async () => {
  const user = answer<Points, Points>({ userId: 12_345, points: 9_007_199_254_740_991 }, POINTS);
  expect(await present(user, 'table', TERMINAL)).toBe('USER ID  12345\nPOINTS   9,007,199,254,740,991\n');
  for (const format of ['json', 'jsonl', 'csv', 'tsv'] as const)
    expect(await present(user, format, TERMINAL)).toMatch(/12345.*9007199254740991/s);
});

it('prints a header for an empty list, and a sentence for people', async () => {
  const none = answer<readonly Thing[], Thing>([], THINGS);
  const printed = await Promise.all(FORMATS.map((format) => present(none, format, TERMINAL)));
  expect(printed).toEqual(['No things.\n', '[]\n', '', 'id,name,at\n', 'id\tname\tat\n']);
});

it.each(FORMATS)('puts no control character on a terminal as %s', async (format) => {
  const names = fc.oneof(fc.string({ unit: 'binary' }), fc.constant(NASTY));
  await fc.assert(
    fc.asyncProperty(names, async (name) => {
      const text = await present(answer<readonly Thing[], Thing>([{ id: 1, name, at: AT }], THINGS), format, TERMINAL);
      const between = text.replaceAll('\n', '').replaceAll(format === 'tsv' ? '\t' : '', '');
      expect(between).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
    }),
    { numRuns: 50 },
  );
});

it('writes one line for each row in tab-separated values, which can be read back', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary' }), async (name) => {
      const text = await present(answer<Thing, Thing>({ id: 1, name, at: AT }, THING), 'tsv', PLAIN);
      const [, row = '', end] = text.split('\n');
      expect(end).toBe('');
      const [id, shown = '', ...rest] = row.split('\t');
      expect([id, rest]).toEqual(['1', [AT.toISOString()]]);
      expect(readBack(shown)).toBe(name);
    }),
  );
});

it('keeps any text in JSON', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const json = toJson({ text });
      expect(JSON.parse(json)).toEqual({ text });
      expect(json).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
    }),
  );
});

/** Decodes a cell of tab-separated values. */
function readBack(cell: string): string {
  const named: Readonly<Record<string, string>> = { '\\': '\\', n: '\n', t: '\t', r: '\r' };
  return cell.replace(/\\(\\|n|t|r|x([0-9a-f]{2})|u([0-9a-f]{4}))/g, (_, which: string, x?: string, u?: string) => {
    return named[which] ?? String.fromCharCode(Number.parseInt(x ?? u ?? '', 16));
  });
}
