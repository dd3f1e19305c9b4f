import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { trimmed } from '../../domain/trim.ts';
import { ColumnNames } from './columns.ts';
import { jsonRows } from './jsonl.ts';
import { type FileRow, LineReader, MAX_ROW_BYTES } from './rows.ts';

const COLUMNS = new ColumnNames({ columns: ['user', 'items', 'amount', 'key'], required: [[]], texts: [] });
const NO_WHOLE_NUMBER = 'has a number that is not an integer within ±9,007,199,254,740,991';

/** A row with its problem in English. */
type Row = Exclude<FileRow, { problem: unknown }> | { readonly line: number; readonly problem: string };
const inEnglish = (row: FileRow): Row => ('problem' in row ? { ...row, problem: String(row.problem) } : row);

async function rowsOf(content: string | Buffer, maxRowBytes?: number, size = 1 << 30): Promise<Row[]> {
  const bytes = Buffer.from(content);
  let position = 0;
  const read = async (target: Buffer, offset: number, length: number) => {
    const count = bytes.copy(target, offset, position, position + Math.min(length, size));
    position += count;
    return count;
  };
  const rows: Row[] = [];
  for await (const chunk of jsonRows(new LineReader(read, bytes.length, maxRowBytes), COLUMNS))
    rows.push(...chunk.map(inEnglish));
  return rows;
}

async function problemOf(row: string | Buffer): Promise<string | null> {
  const [only, next] = await rowsOf(Buffer.concat([Buffer.from(row), Buffer.from('\n{"user":2}')]));
  expect(next).toEqual({ line: 2, fields: { user: 2 } });
  expect(only?.line).toBe(1);
  return only !== undefined && 'problem' in only ? only.problem : null;
}

it('reads one object per line with its values, without nulls, and counts blank lines', async () => {
  const content =
    '{"user":"@a","amount":5}\r\n\n \t \r\n{"user":3,"items":[{"productId":3,"quantity":2}],"key":null}\n{}';
  expect(await rowsOf(content)).toEqual([
    { line: 1, fields: { user: '@a', amount: 5 } },
    { line: 4, fields: { user: 3, items: [{ productId: 3, quantity: 2 }] } },
    { line: 5, fields: {} },
  ]);
  expect(await rowsOf('')).toEqual([]);
  expect(await rowsOf('\n\r\n')).toEqual([]);
});

describe('reports a line as a problem, and no other line:', () => {
  it.each(['[]', 'null', '1', '"a"', 'true', '[{"user":1}]'])('%s', async (row) => {
    expect(await problemOf(row)).toBe('is not a JSON object');
  });

  it.each(['{', '{"user":1}}', "{'user':1}", '{"user":1,}', 'user', '{"user":01}', '{"key":"\0"}'])(
    '%j',
    async (row) => {
      expect(await problemOf(row)).toMatch(/^is not JSON: [ -~\ufeff]+$/);
    },
  );

  it.each([
    ['{"users":1}', 'has unknown fields: "users"'],
    ['{"__proto__":{"user":1}}', 'has unknown fields: "__proto__"'],
    ['{"user":1,"constructor":1,"toString":1}', 'has unknown fields: "constructor", "toString"'],
    [`{"${'x'.repeat(1_000)}":1}`, `has unknown fields: "${'x'.repeat(60)}..."`],
  ])('%.50s', async (row, problem) => {
    expect(await problemOf(row)).toBe(problem);
    expect(({} as Record<string, unknown>).user).toBeUndefined();
  });

  it.each([
    ['{"user":1,"user":2}', 'has fields that occur more than once: "user"'],
    ['{"user":1,"user":1}', 'has fields that occur more than once: "user"'],
    ['{"user":null,"user":2}', 'has fields that occur more than once: "user"'],
    ['{"user":1,"\\u0075ser" : 2}', 'has fields that occur more than once: "user"'],
    ['{"key":"a:b","user":1,"amount":5,"key":"c"}', 'has fields that occur more than once: "key"'],
    ['{"user":1,"amount":1,"amount":2,"user":2,"user":3}', 'has fields that occur more than once: "amount", "user"'],
    ['{"items":[{"productId":1},{"productId":2,"productId":3}]}', 'has fields that occur more than once: "productId"'],
    ['{"items":[{"productId":{"user":1,"user":1}}]}', 'has fields that occur more than once: "user"'],
  ])('%s', async (row, problem) => {
    expect(await problemOf(row)).toBe(problem);
  });

  it('but not if a name occurs again only in another object or in a value', async () => {
    for (const row of [
      '{"user":"{\\"user\\":1,\\"user\\":2}","items":[{"productId":1},{"productId":2}]}',
      '{"user":"user","key":"user","items":"1:2 3:4"}',
      '{"items":[{"productId":{"user":1}},{"user":2}],"user":3}',
      '{"key":"\\\\","user":"\\\\\\""}',
    ]) {
      expect(await problemOf(row)).toBeNull();
    }
  });

  it('if it has several objects', async () => {
    for (const row of ['{"user":1}{"user":2}', '{"user":1} {"user":2}'])
      expect(await problemOf(row)).toBe('has several JSON objects; `jq -c .` puts each object on its own line');
  });

  it('if it has two fields for one column', async () => {
    expect(await problemOf('{"User":1,"user":2}')).toBe('has fields that occur more than once: "user"');
  });

  it('if it is longer than 1 MiB', async () => {
    const row = (length: number) => `{"key":"${'x'.repeat(length - 10)}"}`;
    expect(await problemOf(row(MAX_ROW_BYTES))).toBeNull();
    for (const more of [1, 2, 3, 5 * MAX_ROW_BYTES]) {
      expect(await problemOf(row(MAX_ROW_BYTES + more))).toBe('is longer than 1 MiB');
    }
  });

  it('if it is nested too deeply, even in a row of almost 1 MiB', async () => {
    const nested = (depth: number) => `{"items":${'['.repeat(depth)}${']'.repeat(depth)}}`;
    expect(await problemOf(nested(16))).toBeNull();
    for (const depth of [17, 1_000, 500_000]) {
      expect(await problemOf(nested(depth))).toMatch(/^(has more than 16 levels of nesting in items|is not JSON: .*)$/);
    }
  });
});

describe('a number', () => {
  it.each(['0', '-0', '-5', '1.0', '0.0', '9007199254740991', '-9007199254740991'])(
    'may be written as %s',
    async (literal) => {
      expect(await rowsOf(`{"key":"1.5 \\" 2.5","amount":${literal}}`)).toEqual([
        { line: 1, fields: { key: '1.5 " 2.5', amount: Number(literal) } },
      ]);
    },
  );

  it.each(['1.5', '1e-1', '9007199254740992', '9007199254740993', '-9007199254740993', '1e16', '1e400', '-1e400'])(
    'that is not an integer, or not exact, is a problem at any position: %s',
    async (literal) => {
      expect(await problemOf(`{"amount":${literal}}`)).toBe(`${NO_WHOLE_NUMBER} in amount`);
      expect(await problemOf(`{"items":[{"a":[1,{"b":${literal}}]}]}`)).toBe(`${NO_WHOLE_NUMBER} in items`);
    },
  );

  it.each(['4.99999999999999999999', '1.00000000000000000001', '9007199254740990.9'])(
    'that would be rounded to an integer is a problem: %s',
    async (literal) => {
      expect(Number.isSafeInteger(JSON.parse(literal))).toBe(true);
      expect(await problemOf(`{"key":"5","amount":${literal}}`)).toBe(NO_WHOLE_NUMBER);
    },
  );

  it.each(['1e3', '1E+3', '0e-5', '1.50e1', '9.007199254740991e15', '1e-400', '-0.1e-330'])(
    'with an exponent is a problem: %s',
    async (literal) => {
      expect(await problemOf(`{"key":"1e3","amount":${literal}}`)).toBe(
        'has a number with an exponent; plain digits are expected',
      );
    },
  );

  it('is checked quickly in rows of 1 MiB', async () => {
    const most = MAX_ROW_BYTES - 100;
    expect(await problemOf(`{"key":"${'\\\\'.repeat(most / 2)}","amount":1.0}`)).toBeNull();
    expect(await problemOf(`{"key":"${'1.5e'.repeat(most / 4)}","amount":1.0}`)).toBeNull();
    expect(await problemOf(`{"amount":1.${'0'.repeat(most)}}`)).toBeNull();
    expect(await problemOf(`{"amount":1.${'0'.repeat(most)}1}`)).toBe(NO_WHOLE_NUMBER);
  });

  it('is read exactly, or is a problem', async () => {
    const digits = fc.bigInt({ min: 0n, max: 2n ** 55n });
    const literal = fc.tuple(digits, fc.integer({ min: 1, max: 40 }));
    await fc.assert(
      fc.asyncProperty(literal, fc.constantFrom('', '-'), async ([number, shift], sign) => {
        const text = String(number).padStart(shift + 1, '0');
        const [row] = await rowsOf(`{"amount":${sign}${String(BigInt(text.slice(0, -shift)))}.${text.slice(-shift)}}`);
        if (row === undefined || !('fields' in row)) return;
        const taken = BigInt(row.fields.amount as number) * (sign === '-' ? -1n : 1n);
        expect(taken * 10n ** BigInt(shift)).toBe(number);
      }),
      { numRuns: 1_000 },
    );
  });
});

it('reads names in any case, trims text, and reads joined files', async () => {
  expect(await rowsOf('\ufeff{"User":" @a\u00a0","KEY":"\u200b"}\r\ufeff{"user":2}\x1a')).toEqual([
    { line: 1, fields: { user: '@a' } },
    { line: 2, fields: { user: 2 } },
  ]);
});

it('reads any objects with their line numbers, in chunks of any size', async () => {
  const row = fc.record(
    { user: fc.maxSafeInteger(), key: fc.string({ unit: 'binary', maxLength: 20 }), items: fc.array(fc.maxSafeNat()) },
    { requiredKeys: [] },
  );
  const lineBreak = fc.constantFrom('\n', '\r\n', '\n\n', '\r\n \n');
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(row, lineBreak)), fc.integer({ min: 1, max: 300 }), async (rows, size) => {
      let content = '';
      const expected: FileRow[] = [];
      for (const [fields, end] of rows) {
        const text = trimmed(fields.key ?? '');
        const { key: _, ...others } = fields;
        expected.push({
          line: content.split('\n').length,
          fields: text === '' ? others : { ...fields, key: text },
        });
        content += JSON.stringify(fields) + end;
      }
      expect(JSON.stringify(await rowsOf(content, 700, size))).toBe(JSON.stringify(expected));
    }),
  );
});
