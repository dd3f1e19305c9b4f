import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFile, chmod, mkdir, mkdtemp, open, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openRowFile } from './file.ts';
import type { FileRow, RowFile, RowFileSpec } from './rows.ts';

const COLUMNS = {
  columns: ['user', 'items', 'amount', 'key'],
  required: [[['user'], ['items', 'amount']]],
  texts: ['key'],
};
const ROWS = 'user,amount\n1,5\n2,6\n';
const FIELDS: readonly FileRow[] = [
  { line: 2, fields: { user: '1', amount: '5' } },
  { line: 3, fields: { user: '2', amount: '6' } },
];

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rows-test-'));
  // other tests may create folders in the system's temporary folder at the same time
  await mkdir(join(folder, 'tmp'));
  vi.stubEnv('TMPDIR', join(folder, 'tmp'));
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

const never = () => new AbortController().signal;
const noInput = () => Readable.from([]);
const sha256 = (content: string | Buffer) => createHash('sha256').update(content).digest('hex');

async function fileOf(name: string, content: string | Buffer): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

function openFile(path: string, more: Partial<RowFileSpec> = {}, signal = never()): Promise<RowFile> {
  return openRowFile({ ...COLUMNS, path, ...more }, noInput(), signal);
}

function openInput(stdin: NodeJS.ReadableStream, more: Partial<RowFileSpec> = {}, signal = never()): Promise<RowFile> {
  return openRowFile({ ...COLUMNS, path: '-', ...more }, stdin, signal);
}

async function allRows(file: RowFile): Promise<FileRow[]> {
  const rows: FileRow[] = [];
  try {
    for await (const chunk of file.rows()) rows.push(...chunk);
  } finally {
    await file.close();
  }
  return rows;
}

const leftBehind = () => readdir(join(folder, 'tmp'));

describe('an open file', () => {
  it('has its hash, size, format, header and position', async () => {
    const file = await openFile(await fileOf('a.csv', ROWS));
    const { format, hash, bytes, header } = file;
    expect({ format, hash, bytes, header }).toEqual({
      format: 'csv',
      hash: sha256(ROWS),
      bytes: ROWS.length,
      header: ['user', 'amount'],
    });
    expect(file.bytesRead).toBeLessThan(bytes);
    expect(await allRows(file)).toEqual(FIELDS);
    expect(file.bytesRead).toBe(bytes);
  });

  it('returns its rows again with each pass, even after an incomplete pass', async () => {
    for (const file of [await openFile(await fileOf('a.csv', ROWS)), await openInput(Readable.from([ROWS]))]) {
      for await (const _ of file.rows()) break;
      const passes: FileRow[][] = [[], []];
      for (const rows of passes) for await (const chunk of file.rows()) rows.push(...chunk);
      expect(passes).toEqual([FIELDS, FIELDS]);
      expect(file.bytesRead).toBe(file.bytes);
      await file.close();
    }
  });

  it('has no header if it is JSON lines', async () => {
    const file = await openFile(await fileOf('a.jsonl', '{"user":1}\n'));
    expect(file).toMatchObject({ format: 'jsonl', header: null });
    expect(await allRows(file)).toEqual([{ line: 1, fields: { user: 1 } }]);
  });

  it('may be empty or blank if it is JSON lines', async () => {
    expect(await allRows(await openFile(await fileOf('empty.jsonl', '')))).toEqual([]);
    expect(await allRows(await openFile(await fileOf('mark.ndjson', '\ufeff\n')))).toEqual([]);
  });

  it.each([
    ['x.csv', ROWS, 'csv'],
    ['x.CSV', ROWS, 'csv'],
    ['x.jsonl', '{}', 'jsonl'],
    ['x.ndjson', '\n', 'jsonl'],
    ['x.txt', '\ufeff\r\n \t{"user":1}', 'jsonl'],
    ['x', ROWS, 'csv'],
    ['y', `\n${ROWS}`, 'csv'],
  ])('gets its format from its name, or else from its content: %s', async (name, content, format) => {
    const file = await openFile(await fileOf(name, content));
    expect(file.format).toBe(format);
    await file.close();
  });

  it('has the requested format', async () => {
    const file = await openFile(await fileOf('really.csv', '{"user":1}'), { format: 'jsonl' });
    expect(await allRows(file)).toEqual([{ line: 1, fields: { user: 1 } }]);
  });

  it('has the same hash with a byte-order mark and carriage returns', async () => {
    for (const content of [`\ufeff${ROWS}`, ROWS.replaceAll('\n', '\r\n'), `\ufeff${ROWS.replaceAll('\n', '\r\n')}`]) {
      const pieces = content.split('').map((character) => Buffer.from(character));
      for (const file of [await openFile(await fileOf('mark.csv', content)), await openInput(Readable.from(pieces))]) {
        expect(file).toMatchObject({ hash: sha256(ROWS), bytes: Buffer.byteLength(content) });
        expect(await allRows(file)).toEqual(FIELDS);
      }
    }
    const other = await openFile(await fileOf('other.csv', `${ROWS} `));
    expect(other.hash).not.toBe(sha256(ROWS));
    await other.close();
  });
});

describe('refuses', () => {
  async function refusal(opening: Promise<RowFile>): Promise<string> {
    const error: unknown = await opening.then(
      () => null,
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ name: 'ShopError', code: 'INVALID_INPUT', details: { field: 'file' } });
    return (error as Error).message.replace(folder, '');
  }

  it("a missing file, a folder and a path that can't be opened", async () => {
    await mkdir(join(folder, 'folder.csv'));
    expect(await refusal(openFile(join(folder, 'none.csv')))).toBe('File not found: /none.csv.');
    expect(await refusal(openFile(await fileOf('plain', ROWS).then((path) => join(path, 'x'))))).toBe(
      'File not found: /plain/x.',
    );
    expect(await refusal(openFile(join(folder, 'folder.csv')))).toBe('file is a folder: /folder.csv.');
    expect(await refusal(openFile(join(folder, 'n'.repeat(300))))).toContain("file can't be read: /nnn");
    expect(await refusal(openFile(''))).toBe('File not found: .');
  });

  it.skipIf(process.getuid?.() === 0)('a file that this user may not read', async () => {
    const path = await fileOf('secret.csv', ROWS);
    await chmod(path, 0);
    expect(await refusal(openFile(path))).toBe("file can't be read: /secret.csv (EACCES).");
  });

  const utf16le = Buffer.from(ROWS, 'utf16le');
  const binary: readonly (readonly [string, Buffer, string])[] = [
    ['UTF-16 without a mark', utf16le, 'file has NUL bytes, as UTF-16 and binary files do;'],
    ['UTF-16 without a mark, the other way round', Buffer.from(utf16le).swap16(), 'file has NUL bytes,'],
    [
      'a workbook',
      Buffer.from('504b03041400060008000000210041378', 'hex'),
      'file is a workbook or an archive, not text.',
    ],
    ['an old workbook', Buffer.from('d0cf11e0a1b11ae100', 'hex'), 'file is a workbook or an archive, not text.'],
    ['an HTML table', Buffer.from('\r\n <TABLE><tr><td>user\xb0</table>', 'latin1'), 'file is HTML or XML, not CSV.'],
    ['an HTML table in UTF-16', Buffer.from('\ufeff<table>', 'utf16le'), 'file is HTML or XML, not CSV.'],
    [
      'a png',
      Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'),
      'file is not UTF-8; the first invalid line is 1.',
    ],
    ['half a gzip file', gzipSync(ROWS).subarray(0, -9), 'file is a damaged or incomplete gzip file: '],
    ['a workbook in gzip', gzipSync(Buffer.from('504b03041400', 'hex')), 'file is a workbook or an archive'],
    ['nothing but bytes', Buffer.alloc(3_000_000, 0xee), 'file is not UTF-8; the first invalid line is 1.'],
    ['half of UTF-16', Buffer.from('\ufeffuser,amount\n\ud83d', 'utf16le'), 'file is not valid utf-16le text.'],
  ];

  it.each(binary)('%s, with any name and from any source', async (_, content, message) => {
    for (const name of ['binary.csv', 'binary.jsonl', 'binary']) {
      expect(await refusal(openFile(await fileOf(name, content)))).toContain(message);
    }
    expect(await refusal(openInput(Readable.from([content])))).toContain(message);
  });

  it.each([
    ['', 'file is empty: a header is expected.'],
    ['\ufeff', 'file is empty: a header is expected.'],
    ['nothing', 'file has unknown columns: "nothing"; allowed columns: user, items, amount, key.'],
    ['%PDF-1.4\n%\u00e2', 'file has unknown columns: "%PDF-1.4";'],
    ['%PDF-1.4\n%\0', 'file has NUL bytes; the first is on line 2.'],
  ])('a file that is not CSV of this kind: %j', async (content, message) => {
    expect(await refusal(openFile(await fileOf('wrong', content)))).toContain(message);
    expect(await refusal(openInput(Readable.from([content])))).toContain(message);
  });

  it.each([
    ['user,amount\n1,', [0xff], 2],
    ['user,amount\n1,', [0xc3], 2],
    ['user,amount\n1,5\n한', [0xed, 0xa0, 0x80, 0x0a], 3],
    [`user,amount\n${'한'.repeat(349_500)}`, [0xf0, 0x9f, 0x99], 2],
    [`user,amount\n${'1,5\n'.repeat(300_000)}`, [0x80, 0x0a], 300_002],
  ])('bytes that are not UTF-8, with their line: %.20j', async (text, bytes, line) => {
    for (const end of ['', '\n2,6']) {
      const path = await fileOf('bytes.csv', Buffer.concat([Buffer.from(text), Buffer.from(bytes), Buffer.from(end)]));
      expect(await refusal(openFile(path))).toBe(`file is not UTF-8; the first invalid line is ${line}.`);
    }
  });

  it('another encoding, with the option and the command that convert it', async () => {
    const path = await fileOf('cp949.csv', Buffer.from([...Buffer.from('user,amount\n'), 0xc6, 0xc4]));
    await expect(openFile(path)).rejects.toMatchObject({
      hint: `Name the encoding with \`--encoding\`, such as cp949, shift_jis or windows-1252, or convert the file: \`iconv -f CP949 -t UTF-8 ${path} > utf8.csv\`.`,
    });
    const latin = await fileOf('latin.csv', Buffer.from([...Buffer.from('user,amount\n'), 0x81]));
    expect(await refusal(openFile(latin, { encoding: 'windows-1252' }))).toBe('file is not valid windows-1252 text.');
    for (const encoding of ['cp0', 'hex', ''])
      await expect(openFile(path, { encoding })).rejects.toMatchObject({ details: { field: '--encoding' } });
  });

  it.each([
    ['array.json', '\n[{"user":1}]', 'file is a JSON array; one object per line is expected.', "jq -c '.[]' "],
    ['lines.json', '[\n  {"user":1},\n', 'file is a JSON array; one object per line is expected.', "jq -c '.[]' "],
    [
      'pretty.json',
      '{\n  "user": 1\n}',
      'file has JSON objects that span several lines; one object per line is expected.',
      'jq -c . ',
    ],
    [
      'pretty.jsonl',
      '{ "user": 1,\n',
      'file has JSON objects that span several lines; one object per line is expected.',
      'jq -c . ',
    ],
    ['joined.jsonl', '{"user":1}{"user":2}', 'file has several JSON objects on one line.', 'jq -c . '],
  ])('JSON that is not one object per line: %s', async (name, content, message, command) => {
    const path = await fileOf(name, content);
    expect(await refusal(openFile(path))).toBe(message);
    await expect(openFile(path)).rejects.toMatchObject({
      hint: `Convert the file with \`${command}${path} > rows.jsonl\`.`,
    });
    await expect(openInput(Readable.from([content]))).rejects.toMatchObject({
      hint: `Convert the file with \`${command}> rows.jsonl\`.`,
    });
  });

  it('a long first line even if the checked bytes end within a character', async () => {
    for (let shift = 0; shift < 4; shift += 1) {
      const content = `{"key":"${'x'.repeat(shift)}${'🙂'.repeat(30_000)}"}`;
      expect(await allRows(await openInput(Readable.from([content]), { format: 'jsonl' }))).toHaveLength(1);
      const path = await fileOf('long.csv', `${'x'.repeat(shift)}${'🙂'.repeat(30_000)}`);
      expect(await refusal(openFile(path))).toContain('file has unknown columns: "');
    }
  });

  it('standard input that ends with an error', async () => {
    const broken = Readable.from(
      (function* () {
        yield ROWS;
        throw Object.assign(new Error('broken'), { code: 'EIO' });
      })(),
    );
    expect(await refusal(openInput(broken))).toBe("file can't be read: standard input (EIO).");
    const cut = new PassThrough();
    cut.write(ROWS);
    setImmediate(() => cut.destroy());
    expect(await refusal(openInput(cut))).toBe("file can't be read: standard input (ERR_STREAM_PREMATURE_CLOSE).");
  });
});

describe('a file in any form', () => {
  const expected: readonly FileRow[] = [
    { line: 2, fields: { user: '@김-1', items: '@Müsli:2 @café', key: 'k,1' } },
    { line: 4, fields: { user: '@2', items: '3', key: 'k;2' } },
    { line: 5, fields: { user: '@4', items: '5' } },
  ];
  const separators = [',', ';', '\t'];
  const lineBreaks = ['\n', '\r\n', '\r', '\r\r\n'];
  const headers = [
    ['user', 'items', 'key', 'amount'],
    [' User\u00a0', 'ITEMS', '"Key"', 'Amount'],
    ['user', 'items', 'key', 'amount', '', ''],
    ['user', '', 'items', 'key'],
  ];
  const encodings: Readonly<Record<string, (text: string) => Buffer>> = {
    'utf-8': (text) => Buffer.from(text),
    'utf-8 with a mark': (text) => Buffer.from(`\ufeff${text}`),
    'utf-16le with a mark': (text) => Buffer.from(`\ufeff${text}`, 'utf16le'),
    'utf-16be with a mark': (text) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16(),
    'utf-16le': (text) => Buffer.from(text, 'utf16le'),
    // a byte-order mark takes precedence over the given encoding
    cp949: (text) => Buffer.from(`\ufeff${text}`),
    gb18030: (text) => iconv.encode(text, 'gb18030'),
  };

  function written(header: readonly string[], separator: string, lineBreak: string): string {
    const columns = header.map((name) => name.toLowerCase().replaceAll(/[^a-z]/g, ''));
    const rows = expected.map((row) =>
      columns.map((name) => {
        const value = 'fields' in row ? String(row.fields[name] ?? '') : '';
        return value.includes(separator) ? `"${value}"` : value;
      }),
    );
    const [first = [], ...others] = [header, ...rows].map((cells) => cells.join(separator));
    const [second, ...rest] = others;
    return [first, second, separator.repeat(2), ...rest, ''].join(lineBreak);
  }

  it.each(separators.flatMap((separator) => lineBreaks.map((lineBreak) => [separator, lineBreak] as const)))(
    'has the rows of the plain file: %j between cells, %j between lines',
    async (separator, lineBreak) => {
      // CR CR LF is a line break and a blank line
      const factor = lineBreak === '\r\r\n' ? 2 : 1;
      const rows = expected.map((row) => ({ ...row, line: (row.line - 1) * factor + 1 }));
      for (const [encoding, encode] of Object.entries(encodings)) {
        for (const header of headers) {
          const bytes = encode(written(header, separator, lineBreak));
          const given = encoding.includes(' ') ? {} : { encoding };
          const files = [
            await openFile(await fileOf('any.csv', bytes), given),
            await openFile(await fileOf('any.csv.gz', gzipSync(bytes)), given),
            await openInput(Readable.from([bytes.subarray(0, 1), bytes.subarray(1)]), given),
          ];
          for (const file of files) expect(await allRows(file), `${encoding}, ${header}`).toEqual(rows);
        }
      }
      expect(await leftBehind()).toEqual([]);
    },
  );

  it('has the hash of its text, however it is encoded', async () => {
    for (const encode of Object.values(encodings).slice(0, 4)) {
      const bytes = encode(ROWS.replaceAll('\n', '\r\n'));
      for (const [name, content] of [
        ['hash.csv', bytes],
        ['hash.gz', gzipSync(bytes)],
      ] as const) {
        const file = await openFile(await fileOf(name, content));
        expect(file).toMatchObject({ hash: sha256(ROWS), format: 'csv' });
        await file.close();
      }
    }
  });

  it.each([
    ['cp949', '뷁 똠방각하 ①'],
    ['euc-kr', '한국어'],
    ['shift_jis', '髙﨑 ～①ｱ'],
    ['windows-1252', '“€” – Š'],
    ['big5', '臺灣'],
    ['iso-8859-15', '€'],
    ['UTF-16BE', '한🙂'],
  ])('has any character of %s', async (encoding, text) => {
    const content = `user,items\n1,${text}\n`;
    const file = await openFile(await fileOf('encoded', iconv.encode(content, encoding)), { encoding });
    expect(await allRows(file)).toEqual([{ line: 2, fields: { user: '1', items: text } }]);
  });

  it('may have other names for its columns', async () => {
    const map = new Map([
      ['user', 'Customer ID'],
      ['items', '품목'],
    ]);
    const rows = [{ line: 2, fields: { user: '1', items: '2', key: 'k' } }];
    const csv = await fileOf('map.csv', 'user;customer id;Key;품목;Total\n9;1;k;2;1,50\n');
    expect(await allRows(await openFile(csv, { map }))).toEqual(rows);
    const json = '\n{"user":9,"Customer ID":"1","key":"k","품목":"2","Total":1.5,"Tax":[{"Rate":1e-1}]}';
    expect(await allRows(await openFile(await fileOf('map.jsonl', json), { map }))).toEqual(rows);
    await expect(openFile(csv, { map: new Map([...map, ['amount', 'Sum']]) })).rejects.toThrow(
      'file lacks columns that --map names: "Sum"; columns of the file: "user", "customer id", "Key", "품목", "Total".',
    );
    await expect(openFile(csv, { map: new Map([['users', 'user']]) })).rejects.toThrow(
      '--map has unknown columns: "users"; allowed columns: user, items, amount, key.',
    );
  });

  it('has the given separator', async () => {
    const path = await fileOf('separator.csv', 'user|amount,key|key\n1|2|3\n');
    await expect(openFile(path)).rejects.toThrow('unknown columns');
    const file = await openFile(await fileOf('separator.csv', 'user|amount\n1|2\n'), { delimiter: '|' });
    expect(await allRows(file)).toEqual([{ line: 2, fields: { user: '1', amount: '2' } }]);
  });

  it('may be a JSON array, if arrays are read', async () => {
    const elements = ['{"user":"a]\\"[,{\\\\","items":[{"productId":1,"quantity":2}]}', '{"user":2,"amount":5}'];
    const rows = [
      { line: 1, fields: { user: 'a]"[,{\\', items: [{ productId: 1, quantity: 2 }] } },
      { line: 2, fields: { user: 2, amount: 5 } },
    ];
    for (const content of [
      `[${elements}]`,
      `\ufeff [\r\n${elements.join(',\n ')}\n]\n`,
      JSON.stringify(
        elements.map((one) => JSON.parse(one)),
        null,
        2,
      ),
    ]) {
      expect(await allRows(await openInput(Readable.from([content]), { arrays: true }))).toEqual(rows);
      const pieces = [...Buffer.from(content)].map((byte) => Buffer.from([byte]));
      expect(await allRows(await openInput(Readable.from(pieces), { arrays: true }))).toEqual(rows);
    }
    expect(await allRows(await openInput(Readable.from(['[]']), { arrays: true }))).toEqual([]);
    await expect(openInput(Readable.from(['[{"user":1},']), { arrays: true })).rejects.toThrow(
      'file is a JSON array without a closing ].',
    );
    await expect(openInput(Readable.from(['[{"user":1}]\n{']), { arrays: true })).rejects.toThrow(
      'file is a JSON array with text after its end.',
    );
  });
});

describe('standard input', () => {
  it('is read like a file by both of its names, and leaves no file behind', async () => {
    for (const path of ['-', '/dev/stdin']) {
      const stdin = new PassThrough();
      stdin.write('user,am');
      const opening = openInput(stdin, { path });
      stdin.end('ount\n1,5\n2,6\n');
      const file = await opening;
      expect(await leftBehind()).toEqual([]);
      expect(file).toMatchObject({ format: 'csv', hash: sha256(ROWS), bytes: ROWS.length });
      expect(await allRows(file)).toEqual(FIELDS);
    }
  });

  it("is refused if it can't be stored", async () => {
    vi.stubEnv('TMPDIR', join(folder, 'nowhere'));
    try {
      await expect(openInput(Readable.from([ROWS]))).rejects.toMatchObject({
        code: 'INVALID_INPUT',
        message: `file can't be read, because its temporary copy can't be written to ${join(folder, 'nowhere')} (ENOENT).`,
        hint: 'Set TMPDIR to a writable folder with enough space, or use a regular file.',
      });
    } finally {
      vi.stubEnv('TMPDIR', join(folder, 'tmp'));
    }
  });

  it('has the same content in chunks of any size, even if they split characters', async () => {
    const content = Buffer.from('user,amount\r\n한글,"🙂\r\n""é"\r\n2,6');
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), async (sizes) => {
        const pieces: Buffer[] = [];
        for (let at = 0, piece = 0; at < content.length; piece += 1) {
          const size = sizes[piece % sizes.length] ?? 1;
          pieces.push(content.subarray(at, at + size));
          at += size;
        }
        const file = await openInput(Readable.from(pieces));
        expect(file.hash).toBe(sha256(`${content.toString().replaceAll('\r', '')}\n`));
        expect(await allRows(file)).toEqual([
          { line: 2, fields: { user: '한글', amount: '🙂\r\n"é' } },
          { line: 4, fields: { user: '2', amount: '6' } },
        ]);
      }),
      { numRuns: 30 },
    );
  });
});

describe('a pipe with a name', () => {
  function pipe(name: string): string {
    const path = join(folder, name);
    execFileSync('mkfifo', [path]);
    return path;
  }

  it('is read to its end, even if its writer is late and slow', async () => {
    const path = pipe('late.csv');
    const opening = openFile(path);
    const script = 'sleep 0.3; exec > "$1"; printf "user,amount\\n1,5\\n"; sleep 0.3; printf "2,6\\n"';
    execFile('sh', ['-c', script, 'sh', path]);
    const file = await opening;
    expect(file.hash).toBe(sha256(ROWS));
    expect(await allRows(file)).toEqual(FIELDS);
  });

  it('without a writer does not keep the program from ending', async () => {
    const stop = new AbortController();
    const opening = openFile(pipe('silent.csv'), {}, stop.signal);
    setTimeout(() => stop.abort(new Error('stopped')), 100);
    await expect(opening).rejects.toThrow('stopped');
  });

  it('may be a device', async () => {
    await expect(openFile('/dev/null')).rejects.toThrow('file is empty');
    expect(await allRows(await openFile('/dev/null', { format: 'jsonl' }))).toEqual([]);
  });
});

describe('the signal', () => {
  const stopped = new Error('stopped');

  it('ends a file that is not open yet', async () => {
    await expect(openFile(await fileOf('s.csv', ROWS), {}, AbortSignal.abort(stopped))).rejects.toBe(stopped);
    await expect(openInput(new PassThrough(), {}, AbortSignal.abort(stopped))).rejects.toBe(stopped);
  });

  it('ends the wait for standard input', async () => {
    const stop = new AbortController();
    const stdin = new PassThrough();
    stdin.write(ROWS);
    const opening = openInput(stdin, {}, stop.signal);
    setTimeout(() => stop.abort(stopped), 50);
    await expect(opening).rejects.toBe(stopped);
    expect(await leftBehind()).toEqual([]);
  });

  it('ends the hashing of a file', async () => {
    const stop = new AbortController();
    const opening = openFile(await fileOf('large.csv', ROWS + '3,4\n'.repeat(10_000_000)), {}, stop.signal);
    setImmediate(() => stop.abort(stopped));
    await expect(opening).rejects.toBe(stopped);
  });

  it('ends the rows', async () => {
    const stop = new AbortController();
    const file = await openFile(await fileOf('s.csv', ROWS + '3,4\n'.repeat(2_000)), {}, stop.signal);
    const seen: number[] = [];
    const reading = (async () => {
      for await (const chunk of file.rows()) {
        seen.push(chunk.length);
        stop.abort(stopped);
      }
    })();
    await expect(reading).rejects.toBe(stopped);
    expect(seen).toHaveLength(1);
    await file.close();
  });
});

describe('a file that changes while it is read', () => {
  const content = `user,amount\n${'1,5\n'.repeat(600_000)}`;

  it('is read up to its old end if it grows or is replaced', async () => {
    const path = await fileOf('grows.csv', ROWS);
    const file = await openFile(path);
    await appendFile(path, '3,7\n');
    expect(await allRows(file)).toEqual(FIELDS);
    const replaced = await openFile(await fileOf('replaced.csv', content));
    await rm(join(folder, 'replaced.csv'));
    await fileOf('replaced.csv', ROWS);
    expect(await allRows(replaced)).toHaveLength(600_000);
  });

  it('is refused if it is truncated or overwritten', async () => {
    const path = await fileOf('changes.csv', content);
    const cut = await openFile(path);
    await truncate(path, 2_200_000);
    await expect(allRows(cut)).rejects.toThrow('file was changed while it was being read');
    const written = await openFile(await fileOf('changes.csv', content));
    const handle = await open(path, 'r+');
    await handle.write('9', content.length - 2);
    await handle.close();
    await expect(allRows(written)).rejects.toThrow('file was changed while it was being read');
  });
});

it('uses the same memory for large and small files', async () => {
  const total = 300_000;
  function* content() {
    yield 'user,amount,key\n';
    for (let row = 0; row < total; row += 100) {
      let text = '';
      for (let index = row; index < row + 100; index += 1) text += `${index},"5","${'k'.repeat(150)}${index}"\n`;
      yield text;
    }
  }
  const file = await openInput(Readable.from(content(), { objectMode: true, highWaterMark: 4 }));
  expect(file.bytes).toBeGreaterThan(50_000_000);
  const before = process.memoryUsage().rss;
  let count = 0;
  let largest = 0;
  for await (const chunk of file.rows()) {
    expect(chunk.length).toBeLessThanOrEqual(512);
    count += chunk.length;
    largest = Math.max(largest, process.memoryUsage().rss);
  }
  await file.close();
  expect(count).toBe(total);
  expect(file.bytesRead).toBe(file.bytes);
  expect(largest - before).toBeLessThan(150_000_000);
});
