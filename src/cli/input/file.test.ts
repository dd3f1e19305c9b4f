import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFile, chmod, mkdir, mkdtemp, open, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openRowFile } from './file.ts';
import type { FileRow, RowFile, RowFileSpec } from './rows.ts';

const COLUMNS = { columns: ['user', 'items', 'amount', 'key'], required: [[['user'], ['items', 'amount']]] };
const ROWS = 'user,amount\n1,5\n2,6\n';
const FIELDS: readonly FileRow[] = [
  { line: 2, fields: { user: '1', amount: '5' } },
  { line: 3, fields: { user: '2', amount: '6' } },
];

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rows-test-'));
  // others may make folders in the common one at the same time
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

  it('returns its rows with each pass, also after a pass that was cut short', async () => {
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
  ])('has its format by its name, else its content: %s', async (name, content, format) => {
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

describe('is refused', () => {
  async function refusal(opening: Promise<RowFile>): Promise<string> {
    const error: unknown = await opening.then(
      () => null,
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ name: 'ShopError', code: 'INVALID_INPUT', details: { field: 'file' } });
    return (error as Error).message.replace(folder, '');
  }

  it('a missing file, a folder, or an unreadable file', async () => {
    await mkdir(join(folder, 'folder.csv'));
    expect(await refusal(openFile(join(folder, 'none.csv')))).toBe('File not found: /none.csv.');
    expect(await refusal(openFile(await fileOf('plain', ROWS).then((path) => join(path, 'x'))))).toBe(
      'File not found: /plain/x.',
    );
    expect(await refusal(openFile(join(folder, 'folder.csv')))).toBe('file is a folder: /folder.csv.');
    expect(await refusal(openFile(join(folder, 'n'.repeat(300))))).toContain("file can't be read: /nnn");
    expect(await refusal(openFile(''))).toBe('File not found: .');
  });

  it.skipIf(process.getuid?.() === 0)('what others may not read', async () => {
    const path = await fileOf('secret.csv', ROWS);
    await chmod(path, 0);
    expect(await refusal(openFile(path))).toBe("file can't be read: /secret.csv (EACCES).");
  });

  const utf16le = Buffer.from(ROWS, 'utf16le');
  const binary: readonly (readonly [string, Buffer, string])[] = [
    ['UTF-16 with a mark', Buffer.from(`\ufeff${ROWS}`, 'utf16le'), 'file is UTF-16; UTF-8 is expected.'],
    ['UTF-16, the other way round', Buffer.from(`\ufeff${ROWS}`, 'utf16le').swap16(), 'file is UTF-16;'],
    ['UTF-16 without a mark', utf16le, 'file has NUL bytes, as UTF-16 and binary files do;'],
    ['UTF-16 without a mark, the other way round', Buffer.from(utf16le).swap16(), 'file has NUL bytes,'],
    ['a zip', Buffer.from('504b03041400060008000000210041378', 'hex'), 'file has NUL bytes,'],
    ['a png', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), 'file is not text in UTF-8.'],
    ['gzip', Buffer.from('1f8b080000000000', 'hex'), 'file has NUL bytes,'],
    ['nothing but bytes', Buffer.alloc(3_000_000, 0xee), 'file is not text in UTF-8.'],
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
    ['nothing', 'file has unknown columns: "nothing"; it may have user, items, amount, key.'],
    ['%PDF-1.4\n%\0', 'file has unknown columns: "%PDF-1.4";'],
  ])('what is no CSV of this kind: %j', async (content, message) => {
    expect(await refusal(openFile(await fileOf('wrong', content)))).toContain(message);
    expect(await refusal(openInput(Readable.from([content])))).toContain(message);
  });

  it('a long first line with a character across the end of the checked bytes', async () => {
    for (let shift = 0; shift < 4; shift += 1) {
      const content = `{"key":"${'x'.repeat(shift)}${'🙂'.repeat(30_000)}"}`;
      expect(await allRows(await openInput(Readable.from([content]), { format: 'jsonl' }))).toHaveLength(1);
      const path = await fileOf('long.csv', `${'x'.repeat(shift)}${'🙂'.repeat(30_000)}`);
      expect(await refusal(openFile(path))).toContain('file has unknown columns: "');
    }
  });

  it('standard input that breaks off', async () => {
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

describe('standard input', () => {
  it('is read like a file, by either of its names, and leaves nothing behind', async () => {
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

  it('is refused if it can not be stored', async () => {
    vi.stubEnv('TMPDIR', join(folder, 'nowhere'));
    try {
      await expect(openInput(Readable.from([ROWS]))).rejects.toMatchObject({
        code: 'INVALID_INPUT',
        message: `file can't be stored in ${join(folder, 'nowhere')} while it is read (ENOENT).`,
        hint: 'Set TMPDIR to a folder with enough space, or use a regular file.',
      });
    } finally {
      vi.stubEnv('TMPDIR', join(folder, 'tmp'));
    }
  });

  it('has the same content in chunks of any size, with half characters too', async () => {
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
        expect(file.hash).toBe(sha256(content.toString().replaceAll('\r', '')));
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
    const path = await fileOf('huge.csv', ROWS);
    await truncate(path, 100_000_000_000);
    const opening = openFile(path, {}, stop.signal);
    setTimeout(() => stop.abort(stopped), 50);
    await expect(opening).rejects.toBe(stopped);
    await rm(path);
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

  it('is an error if it is cut or overwritten', async () => {
    const path = await fileOf('changes.csv', content);
    const cut = await openFile(path);
    await truncate(path, 2_200_000);
    await expect(allRows(cut)).rejects.toThrow('file was changed while it was read');
    const written = await openFile(await fileOf('changes.csv', content));
    const handle = await open(path, 'r+');
    await handle.write('9', content.length - 2);
    await handle.close();
    await expect(allRows(written)).rejects.toThrow('file was changed while it was read');
  });
});

it('takes the same memory for large and small files', async () => {
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
