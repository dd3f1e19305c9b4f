import { phrase } from '../../domain/phrase.ts';
import type { Language } from '../i18n/language.ts';
import type { Streams } from '../io.ts';
import { Keyboard } from '../keyboard.ts';
import { paint } from '../output/colors.ts';
import { pageOf } from '../output/page.ts';

/** Switches to the alternate screen, hides the cursor and turns line wrapping off. */
const OPEN = '\u001b[?1049h\u001b[?25l\u001b[?7l';
/** Undoes `OPEN`. */
const CLOSE = '\u001b[?7h\u001b[?25h\u001b[?1049l';
const HOME = '\u001b[H';
const CLEAR_LINE = '\u001b[K';
const CLEAR_BELOW = '\u001b[J';
/** Assumed height of a terminal that does not report one. */
const DEFAULT_ROWS = 24;
const KEYS = phrase('Press q or Ctrl-C to quit.');
const [CTRL_C, CTRL_Z] = ['\u0003', '\u001a'];
/** After Ctrl-Z, the screen is drawn again if the system has not stopped the process within this time. */
const UNSTOPPED_MS = 250;

/** Handlers for the keys that are typed while the screen is open. */
export interface ScreenKeys {
  quit(): void;
  interrupt(): void;
}

/**
 * A full-screen view that is redrawn in place. Closing it restores the terminal's normal screen, and prints the last frame on
 * that screen. Ctrl-Z restores the normal screen while the process is stopped.
 */
export class LiveScreen {
  readonly #streams: Streams;
  readonly #language: Language;
  readonly #keys: ScreenKeys | null;
  readonly #suspend = () => this.#stop();
  readonly #resume = () => this.#redraw();
  #keyboard: Keyboard | null = null;
  #last: readonly string[] = [];
  #state: 'shown' | 'suspended' | 'closed' = 'suspended';

  /** @param keys null if the terminal's keys are not read. */
  constructor(streams: Streams, language: Language, keys: ScreenKeys | null) {
    this.#streams = streams;
    this.#language = language;
    this.#keys = keys;
    process.on('SIGCONT', this.#resume);
    this.#show();
  }

  /** Draws these lines, and below them the keys that close the screen. Lines that do not fit are left out. */
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
        // in raw mode the terminal does not handle Ctrl-Z, so this stops the whole foreground process group, as the
        // terminal would
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

  /** Stops the process with the signal's default action, as if there were no listener. */
  #stop(): void {
    this.#hide();
    process.kill(process.pid, 'SIGTSTP');
    // the system does not stop a process that no shell could continue
    setTimeout(this.#resume, UNSTOPPED_MS).unref();
  }

  #redraw(): void {
    if (this.#state === 'closed') return;
    // SIGSTOP stops the process without a call of `#stop`, so `#state` may still be `shown`, although other programs have
    // changed the terminal
    this.#hide();
    this.#show();
    this.draw(this.#last);
  }
}

/** Returns the terminal sequence for one frame of at most `rows` lines. The last line is always kept. */
export function frame(lines: readonly string[], rows: number): string {
  const shown = lines.length <= rows ? lines : [...lines.slice(0, rows - 1), ...lines.slice(-1)];
  return `${HOME}${shown.map((line) => `${line}${CLEAR_LINE}`).join('\r\n')}${CLEAR_BELOW}`;
}
