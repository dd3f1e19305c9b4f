import { type Phrase, phrase } from '../../domain/phrase.ts';
import { type Streams, visible } from '../io.ts';
import type { Language } from '../language/language.ts';

/** Switches to the terminal's other screen, hides the cursor, has long lines cut off at the edge. */
const OPEN = '\u001b[?1049h\u001b[?25l\u001b[?7l';
/** All of that back. */
const CLOSE = '\u001b[?7h\u001b[?25h\u001b[?1049l';
const HOME = '\u001b[H';
const CLEAR_LINE = '\u001b[K';
const CLEAR_BELOW = '\u001b[J';
/** Of a terminal that does not tell. */
const DEFAULT_ROWS = 24;
const FOOT = phrase('q or Ctrl-C ends');
const CTRL_C = '\u0003';

/** What is typed while the screen is there. */
export interface ScreenKeys {
  quit(): void;
  interrupt(): void;
}

/**
 * A screen of a terminal that is drawn again and again in its place; what was on the terminal before comes back when it
 * closes, and the last picture stays below it.
 */
export class LiveScreen {
  readonly #streams: Streams;
  readonly #language: Language;
  readonly #onTyped: (typed: Buffer) => void;
  #last: readonly string[] = [];
  #open = true;

  /** @param keys null where nothing is to be read from the terminal. */
  constructor(streams: Streams, language: Language, keys: ScreenKeys | null) {
    this.#streams = streams;
    this.#language = language;
    this.#onTyped = (typed) => {
      const text = typed.toString();
      if (text.includes(CTRL_C)) keys?.interrupt();
      else if (/q/i.test(text)) keys?.quit();
    };
    streams.stdout.write(OPEN);
    if (keys === null) return;
    // a key is read without Enter; Ctrl-C is a key then, too
    streams.stdin.setRawMode(true);
    streams.stdin.on('data', this.#onTyped);
    // it may have been paused behind an earlier question
    streams.stdin.resume();
  }

  /** Draws these lines, and below them how to end it; lines that do not fit are left out. */
  draw(lines: readonly Phrase[]): void {
    if (!this.#open) return;
    const { tell } = this.#language;
    // text from data may be in them
    this.#last = lines.map((line) => visible(tell(line)));
    this.#streams.stdout.write(frame([...this.#last, '', tell(FOOT)], this.#streams.stdout.rows || DEFAULT_ROWS));
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    const { stdin, stdout } = this.#streams;
    stdout.write(`${CLOSE}${this.#last.map((line) => `${line}\n`).join('')}`);
    if (!stdin.isRaw) return;
    stdin.off('data', this.#onTyped);
    stdin.setRawMode(false);
    // a terminal that is listened to keeps the process alive
    stdin.pause();
  }
}

/** One picture of so many rows, as a terminal takes it; the last line is always there. */
export function frame(lines: readonly string[], rows: number): string {
  const shown = lines.length <= rows ? lines : [...lines.slice(0, rows - 1), ...lines.slice(-1)];
  return `${HOME}${shown.map((line) => `${line}${CLEAR_LINE}`).join('\r\n')}${CLEAR_BELOW}`;
}
