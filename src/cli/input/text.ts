import type { FileHandle } from 'node:fs/promises';
import { Duplex } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { ShopError } from '../../domain/errors.ts';
import { invalid } from '../../domain/input.ts';
import { phrase } from '../../domain/phrase.ts';
import { elementsOfArray } from './json-array.ts';
import type { RowFormat, TextSpec } from './rows.ts';
import { spool } from './spool.ts';
import { refuseForeign, startsArray } from './wrong-format.ts';

const HEAD_BYTES = 4096;

/**
 * Converts a file to UTF-8 text: unpacks gzip, and decodes other encodings. Each conversion goes through a temporary
 * file, so memory use does not depend on the size of the file. UTF-8 text is returned as it is.
 *
 * @param handle is closed if another file takes its place, and after an error.
 * @returns the text, and its format if the file was a JSON array.
 * @throws ShopError `INVALID_INPUT` if the file is not text in the encoding, or has another format.
 */
export async function toText(
  handle: FileHandle,
  { encoding, arrays = false }: TextSpec,
  signal: AbortSignal,
): Promise<{ readonly handle: FileHandle; readonly format: RowFormat | null }> {
  let current = handle;
  const convert = async (transform: NodeJS.ReadWriteStream) => {
    const source = current.createReadStream({ start: 0, autoClose: false, signal });
    const converted = await spool(source, transform, signal);
    await current.close();
    current = converted;
  };
  try {
    if (isGzip(await headOf(current))) await convert(createGunzip());
    const head = await headOf(current);
    refuseForeign(head);
    const from = markedEncoding(head) ?? encoding ?? 'utf-8';
    if (!/^utf-?8$/i.test(from)) {
      await convert(decoding(from, await decoderOf(from)));
      refuseForeign(await headOf(current));
    }
    if (!arrays || !startsArray(await headOf(current))) return { handle: current, format: null };
    await convert(Duplex.from(elementsOfArray));
    return { handle: current, format: 'jsonl' };
  } catch (error) {
    await current.close();
    throw error;
  }
}

async function headOf(handle: FileHandle): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
  return buffer.subarray(0, bytesRead);
}

function isGzip(head: Buffer): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

/** Returns the encoding that a byte-order mark indicates. It takes precedence over the given encoding. */
function markedEncoding(head: Buffer): string | null {
  const mark = head.toString('hex', 0, 4);
  return MARKS.find(([start]) => mark.startsWith(start))?.[1] ?? null;
}

/** Byte-order marks. UTF-32 comes first, because its mark begins like the mark of UTF-16. */
const MARKS = [
  ['fffe0000', 'utf-32le'],
  ['0000feff', 'utf-32be'],
  ['fffe', 'utf-16le'],
  ['feff', 'utf-16be'],
  ['efbbbf', 'utf-8'],
] as const;

/** Decodes bytes to text in chunks. A chunk may end within a character. */
interface Decoder {
  write(bytes: Buffer): string;
  end(): string | undefined;
}

/**
 * Returns a decoder. TextDecoder is used only for UTF-16, because in Node.js 20 it can't decode all of CP949, and decodes
 * windows-1252 as Latin 1. @throws ShopError `INVALID_INPUT` if the encoding is unknown
 */
async function decoderOf(encoding: string): Promise<Decoder> {
  if (/^utf-16/.test(encoding)) {
    const decoder = new TextDecoder(encoding, { fatal: true });
    return { write: (bytes) => decoder.decode(bytes, { stream: true }), end: () => decoder.decode() };
  }
  const { default: iconv } = await import('iconv-lite');
  if (NOT_TEXT.test(encoding) || !iconv.encodingExists(encoding)) {
    throw invalid('--encoding', phrase`must be an encoding such as ${KNOWN_ENCODINGS}, not ${encoding}`);
  }
  return iconv.getDecoder(encoding);
}

const KNOWN_ENCODINGS = 'cp949, shift_jis, gb18030, big5, windows-1252 or utf-16le';
/** Codecs of iconv-lite that are not text encodings. */
const NOT_TEXT = /^(base64|hex|binary)$/i;

function decoding(encoding: string, decoder: Decoder): Duplex {
  return Duplex.from(async function* (chunks: AsyncIterable<Buffer>) {
    try {
      for await (const chunk of chunks) yield valid(decoder.write(chunk));
      yield valid(decoder.end() ?? '');
    } catch (error) {
      throw error instanceof TypeError ? notEncoded(encoding) : error;
    }
  });
  function valid(text: string): string {
    // iconv-lite decodes invalid bytes as U+FFFD
    if (text.includes('\ufffd')) throw notEncoded(encoding);
    return text;
  }
}

function notEncoded(encoding: string): ShopError {
  const hint = phrase(
    'The file may be damaged. If its encoding is a different one, name that encoding with `--encoding`.',
  );
  return new ShopError('INVALID_INPUT', { field: 'file', reason: phrase`is not valid ${encoding} text` }, { hint });
}
