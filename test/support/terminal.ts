import { type IPty, spawn } from '@lydell/node-pty';
import xterm, { type IBuffer } from '@xterm/headless';
import { inheritedEnvironment } from './environment.ts';
import { eventually } from './eventually.ts';

/** The bytes that a terminal sends for a key. Ctrl with a letter is sent as a control character. */
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
  /** Variables in addition to the common environment of child processes. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly columns?: number;
  readonly rows?: number;
}

/** Exit status of the program on a terminal, or the number of the signal that ended it. */
export interface TerminalEnd {
  readonly status: number;
  readonly signal: number | null;
}

const COLUMNS = 100;
const ROWS = 40;
const SCROLLBACK = 1_000;

/** A program on its own terminal, whose screen can be read as a person would see it. */
export class TestTerminal {
  /** Resolves when the program has ended and the screen shows all its output. */
  readonly ended: Promise<TerminalEnd>;
  readonly #pty: IPty;
  readonly #screen: InstanceType<typeof xterm.Terminal>;
  #written = '';
  #running = true;
  /** True when the program has ended and the screen shows all its output. */
  #over = false;

  constructor(file: string, args: readonly string[] = [], options: TerminalOptions = {}) {
    const { env = {}, cwd = process.cwd(), columns: cols = COLUMNS, rows = ROWS } = options;
    this.#screen = new xterm.Terminal({ cols, rows, scrollback: SCROLLBACK, allowProposedApi: true });
    this.#pty = spawn(file, [...args], {
      name: env.TERM ?? 'xterm-256color',
      cols,
      rows,
      cwd,
      env: { ...inheritedEnvironment(), LC_ALL: 'C.UTF-8', ...env },
    });
    this.#pty.onData((text) => {
      this.#written += text;
      this.#screen.write(text);
    });
    // the emulator responds to queries of programs for the type of the terminal and the position of the cursor
    this.#screen.onData((answer) => {
      if (this.#running) this.#pty.write(answer);
    });
    this.ended = new Promise((resolve) => {
      this.#pty.onExit(({ exitCode, signal }) => {
        this.#running = false;
        // the screen is updated after a short delay
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

  /** The current screen: its lines without trailing blanks, and without empty lines at the bottom. */
  get screen(): string {
    const { viewportY, length } = this.#screen.buffer.active;
    return this.#lines(viewportY, length);
  }

  /** The current screen and the lines that have scrolled off its top. */
  get history(): string {
    return this.#lines(0, this.#screen.buffer.active.length);
  }

  /** All output of the program, with every control sequence. */
  get written(): string {
    return this.#written;
  }

  /** Position of the cursor, from 0 at the top left of the screen. */
  get cursor(): { readonly row: number; readonly column: number } {
    const { cursorX, cursorY } = this.#screen.buffer.active;
    return { row: cursorY, column: cursorX };
  }

  /** Cells of the screen, with their colours. */
  get buffer(): IBuffer {
    return this.#screen.buffer.active;
  }

  /** True if the program has left the cursor visible. */
  get hasCursor(): boolean {
    return this.#written.lastIndexOf('\u001b[?25h') >= this.#written.lastIndexOf('\u001b[?25l');
  }

  /** Types text; keys without a character are in `KEYS`. */
  type(text: string): void {
    this.#pty.write(text);
  }

  /** Resizes the terminal; the program receives SIGWINCH. */
  resize(columns: number, rows: number): void {
    this.#screen.resize(columns, rows);
    this.#pty.resize(columns, rows);
  }

  /**
   * Waits until the screen contains a text, matches a pattern or satisfies a function, and returns the screen.
   *
   * @throws Error with the screen, after `limitMs` or if the program has ended before.
   */
  async shows(wanted: string | RegExp | ((screen: string) => boolean), limitMs?: number): Promise<string> {
    const fits =
      typeof wanted === 'function'
        ? wanted
        : (screen: string) => (typeof wanted === 'string' ? screen.includes(wanted) : wanted.test(screen));
    const look = () => {
      // checks the end before it reads the screen, because the final screen stays after the end
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

  /** Closes the terminal like a window. The program receives SIGHUP and can no longer read or write. */
  hangUp(): void {
    // every Unix pty has this method, but the type declarations omit the method
    (this.#pty as IPty & { destroy(): void }).destroy();
  }

  /** Kills the program if it is still running. */
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
