import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import type { Streams } from '../io.ts';
import { Keyboard } from '../keyboard.ts';
import { HISTORY_LINES, type History } from './history.ts';

/** The result of a prompt: a line, Ctrl-C, Ctrl-D, or a terminal that has hung up. */
export type Typed = { readonly line: string } | 'interrupted' | 'ended' | 'hung up';

/** Completes the text before the cursor. Returns the candidates, and the part of the text that they replace. */
export type Completer = (text: string) => Promise<readonly [candidates: string[], part: string]>;

const [CTRL_C, CTRL_D, TAB, LINE_FEED, RETURN] = [3, 4, 9, 10, 13];
const ENDS: ReadonlySet<number | undefined> = new Set([CTRL_C, CTRL_D, LINE_FEED, RETURN]);

/**
 * Reads lines from a terminal, one per call. Between two calls the terminal has its original settings, for the command
 * that was typed. If several lines are pasted at once, all but the first are kept for the next calls.
 */
export class LineEditor {
  readonly #streams: Streams;
  readonly #history: History;
  readonly #completer: Completer;
  #pasted: Buffer = Buffer.alloc(0);
  #interrupt: () => void = () => {};
  #end: () => void = () => {};

  constructor(streams: Streams, history: History, completer: Completer) {
    this.#streams = streams;
    this.#history = history;
    this.#completer = completer;
  }

  /** Acts like Ctrl-C if a line is being typed. */
  interrupt(): void {
    this.#interrupt();
  }

  /** Acts like Ctrl-D if a line is being typed. */
  end(): void {
    this.#end();
  }

  async read(prompt: string): Promise<Typed> {
    const { stdin, stderr } = this.#streams;
    if (stdin.readableEnded || stdin.destroyed) return 'hung up';
    let completing = false;
    const keys = new PassThrough();
    const editor = createInterface({
      input: keys,
      output: stderr,
      terminal: true,
      prompt,
      history: this.#history.newestFirst,
      historySize: HISTORY_LINES,
      removeHistoryDuplicates: true,
      completer: (text: string, done: (error: null, result: [string[], string]) => void) => {
        completing = true;
        const found = this.#completer(text).catch(() => [[], text] as const);
        void found.then(([candidates, part]) => {
          completing = false;
          done(null, [[...candidates], part]);
          pump();
        });
      },
    });
    let over = false;
    const pump = () => {
      if (over || completing || this.#pasted.length === 0) return;
      // only the bytes up to the end of the line are passed on, because the next call reads the rest. Tabs without other
      // bytes were typed, not pasted. Each requests a completion, so they are passed on one at a time
      const tabs = this.#pasted.every((byte) => byte === TAB);
      const end = tabs ? 1 : this.#pasted.findIndex((byte) => ENDS.has(byte)) + 1 || this.#pasted.length;
      keys.write(this.#pasted.subarray(0, end));
      this.#pasted = this.#pasted.subarray(end);
      setImmediate(pump);
    };
    let keyboard: Keyboard | undefined;
    const result = await new Promise<Typed>((resolve) => {
      keyboard = new Keyboard(stdin, {
        typed: (chunk) => {
          this.#pasted = Buffer.concat([this.#pasted, chunk]);
          pump();
        },
        ended: () => resolve('hung up'),
      });
      editor.on('line', (line) => resolve({ line }));
      this.#interrupt = () => {
        // moves the cursor to the end of the line, which may have several rows
        editor.write(null, { ctrl: true, name: 'e' });
        stderr.write('^C\n');
        resolve('interrupted');
      };
      this.#end = () => {
        stderr.write('\n');
        resolve('ended');
      };
      editor.on('SIGINT', this.#interrupt);
      editor.on('close', this.#end);
      editor.prompt();
      pump();
    });
    over = true;
    keyboard?.release();
    editor.off('close', this.#end);
    [this.#interrupt, this.#end] = [() => {}, () => {}];
    editor.close();
    return result;
  }
}
