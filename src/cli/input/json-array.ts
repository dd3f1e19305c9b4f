import type { ShopError } from '../../domain/errors.ts';
import { invalid } from '../../domain/input.ts';
import { phrase } from '../../domain/phrase.ts';
import { CR, isBlank, LF, QUOTE, SPACE } from './bytes.ts';

const COMMA = 44;
const OPEN_BRACKET = 91;
const BACKSLASH = 92;
const CLOSE_BRACKET = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;

/**
 * Splits a JSON array into its elements, one per line, without reading all of it into memory.
 *
 * @throws ShopError `INVALID_INPUT` if the array does not end, or if text follows it.
 */
export async function* elementsOfArray(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const splitter = new Splitter();
  for await (const chunk of chunks) yield splitter.split(chunk);
  splitter.end();
}

/** Reads only the structure, because the elements are parsed and checked afterwards. */
class Splitter {
  #depth = 0;
  #quoted = false;
  #escaped = false;
  #ended = false;

  split(chunk: Buffer): Buffer {
    const bytes = Buffer.from(chunk);
    for (let at = 0; at < bytes.length; at += 1) bytes[at] = this.#next(bytes[at] ?? 0);
    return bytes;
  }

  end(): void {
    if (!this.#ended) throw notEnded();
  }

  /**
   * Returns the byte that replaces the given one. A comma between elements becomes a line break. A line break outside a
   * string, and the brackets of the array, become blanks.
   */
  #next(byte: number): number {
    if (this.#quoted) return this.#nextOfString(byte);
    if (this.#ended && !isBlank(byte)) throw invalid('file', phrase('is a JSON array with text after its end'));
    switch (byte) {
      case QUOTE:
        this.#quoted = true;
        return byte;
      case OPEN_BRACKET:
      case OPEN_BRACE:
        this.#depth += 1;
        return this.#depth === 1 ? SPACE : byte;
      case CLOSE_BRACKET:
      case CLOSE_BRACE:
        this.#depth -= 1;
        this.#ended = this.#depth === 0;
        if (this.#ended && byte === CLOSE_BRACE) throw notEnded();
        return this.#ended ? SPACE : byte;
      case COMMA:
        return this.#depth === 1 ? LF : byte;
      case LF:
      case CR:
        return SPACE;
      default:
        return byte;
    }
  }

  #nextOfString(byte: number): number {
    if (this.#escaped) this.#escaped = false;
    else if (byte === BACKSLASH) this.#escaped = true;
    else if (byte === QUOTE) this.#quoted = false;
    return byte;
  }
}

function notEnded(): ShopError {
  return invalid('file', phrase('is a JSON array without a closing ]'));
}
