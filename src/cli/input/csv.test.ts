import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { trimmed } from '../../domain/trim.ts';
import { withoutGuard } from '../output/formula-guard.ts';
import { ColumnNames } from './columns.ts';
import { csvRows, readHeader } from './csv.ts';
import { type FileRow, LineReader, MAX_ROW_BYTES } from './rows.ts';

const SPEC = new ColumnNames({
  columns: ['user', 'items', 'amount', 'key'],
  required: [[['user'], ['items', 'amount']]],
  texts: ['key'],
});
const HEADER = 'user,amount,key\n';

/** Returns a reader of `content`. The number of bytes that each read returns cycles through `sizes`. */
function linesOf(content: string | Buffer, maxRowBytes?: number, sizes: readonly number[] = [1 << 30]): LineReader {
  const bytes = Buffer.from(content);
  let position = 0;
  let reads = 0;
  const read = async (target: Buffer, offset: number, length: number) => {
    const size = Math.min(length, sizes[reads % sizes.length] ?? length, bytes.length - position);
    reads += 1;
    bytes.copy(target, offset, position, position + size);
    position += size;
    return size;
  };
  return new LineReader(read, bytes.length, maxRowBytes);
}

/** A row with its problem in English. */
type Row = Exclude<FileRow, { problem: unknown }> | { readonly line: number; readonly problem: string };
const inEnglish = (row: FileRow): Row => ('problem' in row ? { ...row, problem: String(row.problem) } : row);

async function rowsOf(content: string | Buffer, maxRowBytes?: number, sizes?: readonly number[]): Promise<Row[]> {
  const lines = linesOf(content, maxRowBytes, sizes);
  const header = await readHeader(lines, SPEC);
  const rows: Row[] = [];
  for await (const chunk of csvRows(lines, header)) rows.push(...chunk.map(inEnglish));
  expect(lines.position).toBe(Buffer.from(content).length);
  return rows;
}

const headerOf = async (content: string | Buffer) => (await readHeader(linesOf(content), SPEC)).columns;

describe('a header', () => {
  it('may have its columns in any order, padded with blanks, quoted, and after blank lines', async () => {
    expect(await headerOf('amount,user')).toEqual(['amount', 'user']);
    expect(await headerOf('\u200bUSER\u00a0,Items')).toEqual(['user', 'items']);
    expect(await headerOf('user,amount,,')).toEqual(['user', 'amount', null, null]);
    expect(await headerOf(' user ,\titems\r\n')).toEqual(['user', 'items']);
    expect(await headerOf('"user"," amount "\r\n1,2')).toEqual(['user', 'amount']);
    expect(await rowsOf('\n \r\nuser,amount\n1,2')).toEqual([{ line: 4, fields: { user: '1', amount: '2' } }]);
  });

  it.each([
    ['', 'file is empty: a header is expected.'],
    ['\n  \r\n', 'file is empty: a header is expected.'],
    ['user,amont\n', 'file has unknown columns: "amont"; allowed columns: user, items, amount, key.'],
    ['user|amount\n', 'file has unknown columns: "user|amount"; allowed columns: user, items, amount, key.'],
    ['Charges\n\nUser;amount\n1;2', 'file seems to have its header on line 3; delete the lines above the header.'],
    ['sep=;\nCharges;\nuser;amount', 'file seems to have its header on line 3; delete the lines above the header.'],
    ['__proto__,constructor\n', 'file has unknown columns: "__proto__", "constructor"; allowed columns: user, items,'],
    ['user,amount,user,key,key\n', 'file has columns that occur more than once: user, key.'],
    ['key\n1', 'file lacks columns: user, items or amount.'],
    ['user,"amount\n1,2\n', 'file has a header that has a quote that is not closed.'],
    ['user,am"ount\n', 'file has unknown columns: "am\\"ount"; allowed columns: user, items, amount, key.'],
    ['user, "amount"\n', 'file has a header that has white space before an opening quote.'],
    ['user,User,amount\n', 'file has columns that occur more than once: user.'],
    ['x'.repeat(MAX_ROW_BYTES + 1), 'file has a header that is longer than 1 MiB.'],
    [Array(100_000).fill('x').join(), 'file has unknown columns: "x"; allowed columns:'],
    [Array.from({ length: 100_000 }, (_, i) => `c${i}`).join(), '"c3", "c4" and 99,995 more; allowed columns:'],
  ])('is refused: %.40j', async (content, message) => {
    const refused = expect(headerOf(Buffer.from(content, 'latin1'))).rejects;
    await refused.toMatchObject({ code: 'INVALID_INPUT', details: { field: 'file' } });
    await expect(headerOf(Buffer.from(content, 'latin1'))).rejects.toThrow(message);
  });
});

describe('rows', () => {
  it('become objects with the names of the header, without empty cells', async () => {
    expect(await rowsOf(`${HEADER}1,5,a\n2,,\n"",6,""\n,,\n\u00a0,"\u200b"\n\ufeff 3\u2003,7,b`)).toEqual([
      { line: 2, fields: { user: '1', amount: '5', key: 'a' } },
      { line: 3, fields: { user: '2' } },
      { line: 4, fields: { amount: '6' } },
      { line: 7, fields: { user: '3', amount: '7', key: 'b' } },
    ]);
  });

  it.each(['\n', '\r\n', '\r'])(
    'may be missing, with and without a line break %j after the header',
    async (lineBreak) => {
      expect(await rowsOf('user,amount')).toEqual([]);
      expect(await rowsOf(`user,amount${lineBreak}`)).toEqual([]);
      expect(await rowsOf(`user,amount${lineBreak}1,2`)).toEqual([{ line: 2, fields: { user: '1', amount: '2' } }]);
    },
  );

  it('count every line: blank lines, both kinds of line break, and lines inside quotes', async () => {
    const content = 'user,amount\r\n1,2\n\n \t\r\n3,"4\r\n\n5"\r\n"6","7""\n"\n8,9\r\n';
    expect(await rowsOf(content)).toEqual([
      { line: 2, fields: { user: '1', amount: '2' } },
      { line: 5, fields: { user: '3', amount: '4\r\n\n5' } },
      { line: 8, fields: { user: '6', amount: '7"' } },
      { line: 10, fields: { user: '8', amount: '9' } },
    ]);
  });

  it('may have fewer cells than the header, or more empty cells; text beyond the header is a problem', async () => {
    expect(await rowsOf(`${HEADER}1\n1,2\n1,2,3\n1,2,3,,\n"1,2\n3"\n1,2,3,4\n4,5,6`)).toEqual([
      { line: 2, fields: { user: '1' } },
      { line: 3, fields: { user: '1', amount: '2' } },
      { line: 4, fields: { user: '1', amount: '2', key: '3' } },
      { line: 5, fields: { user: '1', amount: '2', key: '3' } },
      { line: 6, fields: { user: '1,2\n3' } },
      { line: 8, problem: 'has 4 cells, but the header has 3' },
      { line: 9, fields: { user: '4', amount: '5', key: '6' } },
    ]);
  });

  it('may have empty cells in columns without a name, but no text', async () => {
    expect(await rowsOf('user,,amount,\n1,,2,\n3, ,4,\n5,x,6,')).toEqual([
      { line: 2, fields: { user: '1', amount: '2' } },
      { line: 3, fields: { user: '3', amount: '4' } },
      { line: 4, problem: 'has text in column 2, which has no name' },
    ]);
  });

  it('that repeat the header are problems', async () => {
    expect(await rowsOf(`\ufeff${HEADER}1,2,3\n\ufeff${HEADER}4,5,6`)).toEqual([
      { line: 2, fields: { user: '1', amount: '2', key: '3' } },
      { line: 3, problem: 'repeats the header' },
      { line: 4, fields: { user: '4', amount: '5', key: '6' } },
    ]);
  });

  it('are separated by a comma, semicolon or tab, as the header is, or as `sep=` says', async () => {
    for (const [separator, start] of [
      [';', ''],
      ['\t', ''],
      ['|', 'sep=|\n'],
      ['\t', 'sep=\t\r\n'],
      [';', '"sep=;"\r'],
    ] as const) {
      const content = `${start}user;amount;key\n1;"2;\t,|";3,4\n`.replaceAll(/;(?!\t)/g, separator);
      const [row] = await rowsOf(content);
      expect(row).toEqual({
        line: start === '' ? 2 : 3,
        fields: { user: '1', amount: '2;\t,|', key: '3,4' },
      });
    }
  });

  it('with 100,000 cells are quickly reported as problems', async () => {
    const rows = await rowsOf(`${HEADER}${`${','.repeat(99_999)}x\n`.repeat(20)}1,2,3`);
    expect(rows[0]).toEqual({ line: 2, problem: 'has 100000 cells, but the header has 3' });
    expect(rows[19]).toEqual({ line: 21, problem: 'has 100000 cells, but the header has 3' });
    expect(rows[20]).toEqual({ line: 22, fields: { user: '1', amount: '2', key: '3' } });
  });

  it.each([
    ['1,="2",4', 'has a formula (="...") where a value is expected'],
    ['1, "2",3', 'has white space before an opening quote'],
    ['1,"2"3,4', 'has text after a closing quote'],
    ['1,"2" ,4', 'has text after a closing quote'],
    ['1,"2"\0,4', 'has text after a closing quote'],
    ['1,"2\n"3,4', 'has a quote that is not closed'],
    ['1,"2,4', 'has a quote that is not closed'],
    ['1,2,"', 'has a quote that is not closed'],
    ['1,2,"""', 'has a quote that is not closed'],
  ])('with wrong quotes make only their first line a problem: %j', async (row, problem) => {
    const rows = await rowsOf(`${HEADER}0,0,0\n${row}\n5,6,7\r\n8,9,10\n`);
    expect(rows[0]).toEqual({ line: 2, fields: { user: '0', amount: '0', key: '0' } });
    expect(rows[1]).toEqual({ line: 3, problem });
    expect(rows.slice(-2).map((each) => ('fields' in each ? each.fields.user : null))).toEqual(['5', '8']);
    const lineBreaks = row.split('\n').length - 1;
    expect(rows.slice(-2).map(({ line }) => line)).toEqual([4 + lineBreaks, 5 + lineBreaks]);
  });

  it('with an unclosed quote do not affect the quoted rows after them', async () => {
    const content = `${HEADER}1,"2,3\n"4","5","6"\n7,"8,9\n"10\n","11","1""2"\n`;
    expect(await rowsOf(content)).toEqual([
      { line: 2, problem: 'has a quote that is not closed' },
      { line: 3, fields: { user: '4', amount: '5', key: '6' } },
      { line: 4, problem: 'has a quote that is not closed' },
      { line: 5, fields: { user: '10', amount: '11', key: '1"2' } },
    ]);
  });

  it('are searched for a closing quote up to 1 MiB', async () => {
    const rest = '4,5,6\n'.repeat(200_000);
    const rows = await rowsOf(`${HEADER}1,"2,3\n${rest}7,8,"9"`);
    expect(rows[0]).toEqual({ line: 2, problem: 'has a quote that is not closed within 1 MiB' });
    expect(rows).toHaveLength(200_002);
    expect(rows.at(-1)).toEqual({ line: 200_003, fields: { user: '7', amount: '8', key: '9' } });
    expect(rows.slice(1).every((row, index) => row.line === index + 3 && 'fields' in row)).toBe(true);
  });

  it('are read quickly even if all have unclosed quotes', async () => {
    const rows = await rowsOf(`${HEADER}${'1,"2,3\n"",4,5\n'.repeat(100_000)}`);
    expect(rows).toHaveLength(200_000);
    expect(rows[199_998]).toEqual({ line: 200_000, problem: 'has a quote that is not closed' });
    expect(rows[199_999]).toEqual({ line: 200_001, fields: { amount: '4', key: '5' } });
  });

  it.each([
    ['in one cell', (length: number) => 'x'.repeat(length - 4).concat(',2,3')],
    ['in a quoted cell', (length: number) => `"${'x'.repeat(length - 6)}",2,3`],
    ['with the last cell quoted', (length: number) => `1,2,"${'x'.repeat(length - 6)}"`],
    [
      'with characters of three bytes',
      (length: number) => `${'한'.repeat((length - 4) / 3)}${'x'.repeat((length - 4) % 3)},2,3`,
    ],
    ['with doubled quotes', (length: number) => `${'x'.repeat(length % 2)},2,"${'""'.repeat((length - 5) >> 1)}"`],
  ])('may have at most 1 MiB, %s', async (_, make) => {
    for (const lineBreak of ['\n', '\r\n', '\r']) {
      // first the row lies within the first window, and then it crosses the end of that window
      for (const lengthBefore of [0, 850_000]) {
        const before = `9${'9'.repeat(lengthBefore)},,${lineBreak}`.repeat(2);
        const line = 4;
        const content = (length: number) => `${HEADER}${before}${make(length)}${lineBreak}4,5,6`;
        const taken = (await rowsOf(content(MAX_ROW_BYTES))).slice(line - 2);
        expect(taken.map((row) => [row.line, 'fields' in row])).toEqual([
          [line, true],
          [line + 1, true],
        ]);
        for (const more of [1, 2, 3, 4 * MAX_ROW_BYTES]) {
          expect((await rowsOf(content(MAX_ROW_BYTES + more))).slice(line - 2)).toEqual([
            { line, problem: 'is longer than 1 MiB' },
            { line: line + 1, fields: { user: '4', amount: '5', key: '6' } },
          ]);
        }
      }
    }
  });

  it('longer than 1 MiB are reported, even if they start with blanks', async () => {
    for (const length of [MAX_ROW_BYTES, 4 * MAX_ROW_BYTES]) {
      const row = `${' '.repeat(length)}1,2,3`;
      expect(await rowsOf(`${HEADER}${row}\n${row}`)).toEqual([
        { line: 2, problem: 'is longer than 1 MiB' },
        { line: 3, problem: 'is longer than 1 MiB' },
      ]);
    }
  });

  it('may have any control character', async () => {
    expect(await rowsOf(`${HEADER}\0,\x1b[31m,"a\rb"\n\r\r\r\n`)).toEqual([
      { line: 2, fields: { user: '\0', amount: '\x1b[31m', key: 'a\rb' } },
    ]);
  });

  it('may end with Ctrl-Z', async () => {
    for (const end of ['\x1a', '\r\n\x1a', '\n\x1a\x1a\n'])
      expect(await rowsOf(`${HEADER}1,2,3${end}`)).toEqual([{ line: 2, fields: { user: '1', amount: '2', key: '3' } }]);
  });

  it('may have inch signs and typographic quotes in cells that are not quoted', async () => {
    expect(await rowsOf(`${HEADER}19" monitor,“2”,3\na"b"c,"",\n`)).toEqual([
      { line: 2, fields: { user: '19" monitor', amount: '“2”', key: '3' } },
      { line: 3, fields: { user: 'a"b"c' } },
    ]);
  });
});

/** Texts that often contain characters with a meaning in CSV. */
const cell = fc.oneof(
  fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r\n', '\r', ' ', 'a', '한', '🙂', '\0'), maxLength: 12 }),
  fc.string({ unit: 'grapheme', maxLength: 8 }),
);
const sizes = fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 8 });

it('reads what csv-stringify writes, with any cells, line breaks and chunks', async () => {
  const row = fc.record({ cells: fc.tuple(cell, cell, cell), blankLines: fc.integer({ min: 0, max: 2 }) });
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { maxLength: 20 }),
      fc.constantFrom('\n', '\r\n', '\r'),
      fc.boolean(),
      sizes,
      async (table, lineBreak, isQuoted, pieces) => {
        let content = HEADER;
        const expected: FileRow[] = [];
        for (const { cells, blankLines } of table) {
          content += lineBreak.repeat(blankLines);
          const line = content.split(/\r\n|\n|\r/).length;
          const [user, amount, key] = cells.map(trimmed);
          content += stringify([cells], { record_delimiter: lineBreak, quoted: isQuoted, quoted_match: /[\r"\n,]/ });
          // a text that looks guarded is read as if `guardFormula` had written it
          const fields = Object.entries({ user, amount, key: withoutGuard(key ?? '') }).filter(
            ([, value]) => value !== '',
          );
          if (fields.length > 0) expected.push({ line, fields: Object.fromEntries(fields) });
        }
        // the maximum length of a row is 400, so that the window is as small as possible
        expect(await rowsOf(content, 400, pieces)).toEqual(expected);
      },
    ),
    { numRuns: 500 },
  );
});

it('returns the same rows of a text for windows and chunks of any size', async () => {
  const text = fc.string({
    unit: fc.constantFrom('"', '""', ',', '\n', '\r\n', '\r', 'a', 'b', ' ', '한'),
    maxLength: 400,
  });
  await fc.assert(
    fc.asyncProperty(text, sizes, fc.integer({ min: 16, max: 120 }), async (anything, pieces, longest) => {
      const content = HEADER + anything;
      const rows = await rowsOf(content, longest, pieces);
      expect(rows).toEqual(await rowsOf(content, longest));
      const starts = rows.map(({ line }) => line);
      expect(starts).toEqual([...new Set(starts)].sort((a, b) => a - b));
      // each row starts on a line that is not blank
      const physical = content.split(/\r\n|\n|\r/);
      for (const each of rows) expect(physical[each.line - 1]?.trim()).not.toBe('');
    }),
    { numRuns: 2_000 },
  );
});
