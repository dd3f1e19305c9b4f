import { phrase } from '../../domain/phrase.ts';
import type { Language } from '../i18n/language.ts';
import type { Streams } from '../io.ts';
import { Keyboard } from '../keyboard.ts';
import { paint } from '../output/colors.ts';
import { pageOf } from '../output/page.ts';

/** Switches to the terminal's other screen, hides the cursor, has long lines cut off at the edge. */
const OPEN = '\u001b[?1049h\u001b[?25l\u001b[?7l';
/** All of that back. */
const CLOSE = '\u001b[?7h\u001b[?25h\u001b[?1049l';
const HOME = '\u001b[H';
const CLEAR_LINE = '\u001b[K';
const CLEAR_BELOW = '\u001b[J';
/** Of a terminal that does not tell. */
const DEFAULT_ROWS = 24;
const KEYS = phrase('q or Ctrl-C ends');
const [CTRL_C, CTRL_Z] = ['\u0003', '\u001a'];
/** A process that still runs after so long was not stopped. */
const UNSTOPPED_MS = 250;

/** What is typed while the screen is there. */
export interface ScreenKeys {
  quit(): void;
  interrupt(): void;
}

/**
 * A screen of a terminal that is drawn again and again in its place; what was on the terminal before comes back when it
 * closes, and the last picture stays below it. Ctrl-Z gives the terminal back for as long as the process is stopped.
 */
export class LiveScreen {
  readonly #streams: Streams;
  readonly #language: Language;
  readonly #keys: ScreenKeys | null;
  readonly #suspend = () => this.#stop();
  readonly #resume = () => this.#drawAnew();
  #keyboard: Keyboard | null = null;
  #last: readonly string[] = [];
  #state: 'shown' | 'suspended' | 'closed' = 'suspended';

  /** @param keys null where nothing is to be read from the terminal. */
  constructor(streams: Streams, language: Language, keys: ScreenKeys | null) {
    this.#streams = streams;
    this.#language = language;
    this.#keys = keys;
    process.on('SIGCONT', this.#resume);
    this.#show();
  }

  /** Draws these lines, and below them how to end it; lines that do not fit are left out. */
  draw(lines: readonly string[]): void {
    this.#last = lines;
    if (this.#state !== 'shown') return;
    const { stdout } = this.#streams;
    const foot = paint(pageOf(stdout, this.#language), 'aside', this.#language.translate(KEYS));
    stdout.write(frame([...lines, '', foot], stdout.rows || DEFAULT_ROWS));
  }

  close(): void {
    if (this.#state === 'closed') return;
    this.#hide();
    this.#state = 'closed';
    process.off('SIGCONT', this.#resume);
    this.#streams.stdout.write(this.#last.map((line) => `${line}\n`).join(''));
  }

  #show(): void {
    if (this.#state !== 'suspended') return;
    this.#state = 'shown';
    process.on('SIGTSTP', this.#suspend);
    this.#streams.stdout.write(OPEN);
    const keys = this.#keys;
    if (keys === null) return;
    this.#keyboard = new Keyboard(this.#streams.stdin, {
      typed: (typed) => {
        const text = typed.toString();
        if (text.includes(CTRL_C)) keys.interrupt();
        else if (/q/i.test(text)) keys.quit();
        // as the terminal itself does where its keys are not read: to all of the shell's job
        else if (text.includes(CTRL_Z)) process.kill(0, 'SIGTSTP');
      },
      ended: () => keys.interrupt(),
    });
  }

  #hide(): void {
    if (this.#state !== 'shown') return;
    this.#state = 'suspended';
    process.off('SIGTSTP', this.#suspend);
    this.#keyboard?.release();
    this.#streams.stdout.write(CLOSE);
  }

  /** Has the process stopped by the signal's own effect, as it is without a listener. */
  #stop(): void {
    this.#hide();
    process.kill(process.pid, 'SIGTSTP');
    // where no shell could let it go on, the system does not stop it
    setTimeout(this.#resume, UNSTOPPED_MS).unref();
  }

  #drawAnew(): void {
    if (this.#state === 'closed') return;
    // it may have been stopped without a word, and the terminal been set by others
    this.#hide();
    this.#show();
    this.draw(this.#last);
  }
}

/** One picture of so many rows, as a terminal takes it; the last line is always there. */
export function frame(lines: readonly string[], rows: number): string {
  const shown = lines.length <= rows ? lines : [...lines.slice(0, rows - 1), ...lines.slice(-1)];
  return `${HOME}${shown.map((line) => `${line}${CLEAR_LINE}`).join('\r\n')}${CLEAR_BELOW}`;
}
