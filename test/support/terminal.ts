import { type IPty, spawn } from '@lydell/node-pty';
import xterm, { type IBuffer } from '@xterm/headless';
import { inheritedEnvironment } from './environment.ts';
import { eventually } from './eventually.ts';

/** What a terminal sends for a key; Ctrl with a letter is its control character. */
export const KEYS = {
  enter: '\r',
  tab: '\t',
  escape: '\u001b',
  backspace: '\u007f',
  up: '\u001b[A',
  down: '\u001b[B',
  right: '\u001b[C',
  left: '\u001b[D',
  ctrlC: '\u0003',
  ctrlD: '\u0004',
  ctrlU: '\u0015',
  ctrlZ: '\u001a',
} as const;

export interface TerminalOptions {
  /** On top of what every child of a test inherits. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly columns?: number;
  readonly rows?: number;
}

/** How the program on a terminal ended: by itself, or by a signal's number. */
export interface TerminalEnd {
  readonly status: number;
  readonly signal: number | null;
}

const COLUMNS = 100;
const ROWS = 40;
const SCROLLBACK = 1_000;

/** A program on a terminal of its own, with a screen that can be looked at as a person would see it. */
export class TestTerminal {
  /** Resolves when the program has ended and all it wrote is on the screen. */
  readonly ended: Promise<TerminalEnd>;
  readonly #pty: IPty;
  readonly #screen: InstanceType<typeof xterm.Terminal>;
  #written = '';
  #running = true;
  /** It has ended, and all it wrote is on the screen. */
  #over = false;

  constructor(file: string, args: readonly string[] = [], options: TerminalOptions = {}) {
    const { env = {}, cwd = process.cwd(), columns: cols = COLUMNS, rows = ROWS } = options;
    this.#screen = new xterm.Terminal({ cols, rows, scrollback: SCROLLBACK, allowProposedApi: true });
    this.#pty = spawn(file, [...args], {
      name: 'xterm-256color',
      cols,
      rows,
      cwd,
      env: { ...inheritedEnvironment(), LC_ALL: 'C.UTF-8', ...env },
    });
    this.#pty.onData((text) => {
      this.#written += text;
      this.#screen.write(text);
    });
    // programs ask a terminal what it is and where its cursor stands
    this.#screen.onData((answer) => {
      if (this.#running) this.#pty.write(answer);
    });
    this.ended = new Promise((resolve) => {
      this.#pty.onExit(({ exitCode, signal }) => {
        this.#running = false;
        // the screen takes what is written a little later
        this.#screen.write('', () => {
          this.#over = true;
          resolve({ status: exitCode, signal: signal || null });
        });
      });
    });
  }

  get pid(): number {
    return this.#pty.pid;
  }

  /** What the screen shows now: its lines without the blanks at their ends, and without the empty ones at the bottom. */
  get screen(): string {
    const { viewportY, length } = this.#screen.buffer.active;
    return this.#lines(viewportY, length);
  }

  /** What the screen shows, and what has left it at the top. */
  get history(): string {
    return this.#lines(0, this.#screen.buffer.active.length);
  }

  /** All that the program wrote, with every control sequence. */
  get written(): string {
    return this.#written;
  }

  /** Where the cursor stands, from 0 at the top left of the screen. */
  get cursor(): { readonly row: number; readonly column: number } {
    const { cursorX, cursorY } = this.#screen.buffer.active;
    return { row: cursorY, column: cursorX };
  }

  /** What the screen is made of, with its colours. */
  get buffer(): IBuffer {
    return this.#screen.buffer.active;
  }

  /** Whether the program has left the cursor to be seen. */
  get hasCursor(): boolean {
    return this.#written.lastIndexOf('\u001b[?25h') >= this.#written.lastIndexOf('\u001b[?25l');
  }

  /** Types text as it is; keys without a character are in `KEYS`. */
  type(text: string): void {
    this.#pty.write(text);
  }

  /** Gives the terminal another size, which the program is told by SIGWINCH. */
  resize(columns: number, rows: number): void {
    this.#screen.resize(columns, rows);
    this.#pty.resize(columns, rows);
  }

  /**
   * Waits until the screen holds a text, matches a pattern, or is as a function wants it; answers the screen.
   *
   * @throws Error with the screen, after `limitMs` or when the program has ended before.
   */
  async shows(wanted: string | RegExp | ((screen: string) => boolean), limitMs?: number): Promise<string> {
    const fits =
      typeof wanted === 'function'
        ? wanted
        : (screen: string) => (typeof wanted === 'string' ? screen.includes(wanted) : wanted.test(screen));
    const look = () => {
      // asked first: what is on the screen after the end stays there
      const over = this.#over;
      const { screen } = this;
      if (fits(screen)) return screen;
      if (over) throw new Error(`the program ended before the screen showed ${wanted}:\n${screen}`);
      return undefined;
    };
    try {
      return await eventually(`the screen shows ${wanted}`, look, limitMs);
    } catch (error) {
      if (this.#over) throw error;
      throw new Error(`the screen does not show ${wanted}:\n${this.screen}`, { cause: error });
    }
  }

  /** Closes the terminal as one closes its window: the program is sent SIGHUP, and can read and write no more. */
  hangUp(): void {
    // every pty of a Unix has it, and the declarations leave it out
    (this.#pty as IPty & { destroy(): void }).destroy();
  }

  /** Ends the program if it has not ended by itself. */
  async kill(): Promise<void> {
    if (this.#running) this.#pty.kill('SIGKILL');
    await this.ended;
    this.#screen.dispose();
  }

  #lines(from: number, to: number): string {
    const lines: string[] = [];
    for (let row = from; row < to; row++) {
      lines.push(this.#screen.buffer.active.getLine(row)?.translateToString(true) ?? '');
    }
    return lines.join('\n').trimEnd();
  }
}
