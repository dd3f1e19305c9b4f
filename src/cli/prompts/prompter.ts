import { PassThrough, Writable } from 'node:stream';
import { ShopError } from '../../domain/errors.ts';
import { type Phrase, phrase } from '../../domain/phrase.ts';
import type { Language } from '../i18n/language.ts';
import { Interrupted } from '../interrupted.ts';
import type { Streams } from '../io.ts';
import { Keyboard } from '../keyboard.ts';
import { visible } from '../output/visible.ts';
import { confirmTheme, promptTheme } from './theme.ts';

export interface Choice<T> {
  readonly value: T;
  /** The line in the list. */
  readonly text: string;
  /** The text after the question once the user has made this choice. */
  readonly short: string;
}

/** The choices for the text that has been typed so far. */
export interface Offer<T> {
  /** The line above the list. */
  readonly heading?: string;
  readonly choices: readonly Choice<T>[];
  /** The line below the list. */
  readonly remark?: Phrase;
}

/** The maximum number of lines of a list; a terminal that is not tall enough shows fewer. */
const PAGE_SIZE = 12;
const MIN_PAGE_SIZE = 3;
/** The number of lines of a prompt besides its list. */
const OTHER_LINES = 5;

/**
 * Prompts for input on a terminal. Without a terminal it throws an error that names the missing input.
 *
 * A prompt is drawn on standard error and always restores the terminal. Ctrl-C, the end of input (Ctrl-D, a terminal that
 * hangs up) and a signal end it with an error.
 */
export class Prompter {
  readonly #streams: Streams;
  readonly #language: Language;
  readonly #allowed: boolean;
  readonly #stopped: AbortSignal;
  #asked = false;

  /**
   * @param allowed false with `--no-input`, and if errors are printed as JSON.
   * @param stopped aborted when the command is stopped; its reason is thrown.
   */
  constructor(streams: Streams, language: Language, allowed: boolean, stopped: AbortSignal) {
    this.#streams = streams;
    this.#language = language;
    this.#allowed = allowed;
    this.#stopped = stopped;
  }

  /** True if a prompt can be shown. */
  get interactive(): boolean {
    return this.#allowed && this.#streams.stdin.isTTY === true && this.#streams.stderr.isTTY === true;
  }

  /** True if the user has been prompted for missing input. */
  get asked(): boolean {
    return this.#asked;
  }

  /**
   * Prompts for a missing value.
   *
   * @param check throws a ShopError for invalid input; the error is shown before the next try.
   * @param standard the value if the user types nothing.
   * @throws ShopError `INPUT_REQUIRED` without a terminal; Interrupted on Ctrl-C or end of input.
   */
  async input(
    name: string,
    check: (text: string) => unknown,
    { message = phrase`${name}`, standard }: { message?: Phrase; standard?: string } = {},
  ): Promise<string> {
    if (!this.interactive) throw new ShopError('INPUT_REQUIRED', { missing: [`<${name}>`] });
    this.#asked = true;
    return this.#ask<string>((fail) => ({
      type: 'input',
      message: this.#shown(message),
      default: standard,
      validate: async (text: string) => {
        try {
          await check(text);
          return true;
        } catch (error) {
          return isExplainable(error) ? this.#shown(error.text.message) : fail(error);
        }
      },
    }));
  }

  /**
   * Prompts for one of the choices that `find` offers for the typed text. If `find` throws a ShopError about the typed
   * text, the error is shown instead of the list. Any other error ends the prompt.
   *
   * @throws ShopError `INPUT_REQUIRED` without a terminal; Interrupted on Ctrl-C or end of input.
   */
  async choose<T>(
    name: string,
    find: (typed: string, signal: AbortSignal) => Promise<Offer<T>>,
    message: Phrase,
  ): Promise<T> {
    if (!this.interactive) throw new ShopError('INPUT_REQUIRED', { missing: [`<${name}>`] });
    this.#asked = true;
    const { Separator } = (await import('inquirer')).default;
    const remark = (text: string) => new Separator(` ${text}`);
    const list = ({ heading, choices, remark: below }: Offer<T>) => [
      ...(heading === undefined ? [] : [remark(visible(heading))]),
      ...choices.map(({ value, text, short }) => ({ value, name: visible(text), short: visible(short) })),
      ...(below === undefined ? [] : [remark(this.#shown(below))]),
    ];
    const room = (this.#streams.stderr.rows ?? PAGE_SIZE + OTHER_LINES) - OTHER_LINES;
    return this.#ask<T>((fail) => ({
      type: 'search',
      message: this.#shown(message),
      pageSize: Math.max(MIN_PAGE_SIZE, Math.min(PAGE_SIZE, room)),
      source: async (typed: string | undefined, { signal }: { signal: AbortSignal }) => {
        try {
          return list(await find(typed ?? '', signal));
        } catch (error) {
          // the user has continued typing, so this result is no longer needed
          if (signal.aborted) return [];
          return isExplainable(error) ? [remark(this.#shown(error.text.message))] : fail(error);
        }
      },
    }));
  }

  /**
   * Prompts for confirmation of an action.
   *
   * @throws ShopError `INPUT_REQUIRED` without a terminal; Interrupted on Ctrl-C or end of input.
   */
  async confirm(message: Phrase): Promise<boolean> {
    if (!this.interactive) {
      throw new ShopError('INPUT_REQUIRED', { missing: ['--yes'] }, { message: phrase`${message} Missing: --yes.` });
    }
    return this.#ask<boolean>(() => ({
      type: 'confirm',
      message: this.#shown(message),
      default: false,
      theme: confirmTheme(this.#language),
    }));
  }

  /** Translates text and makes it safe for a terminal, because it may contain data. */
  #shown(text: Phrase): string {
    return visible(this.#language.translate(text));
  }

  /** Shows a prompt. @param question returns inquirer's settings. Its argument is a function that ends the prompt with an error. */
  async #ask<T>(question: (fail: Fail) => Record<string, unknown>): Promise<T> {
    const { createPromptModule } = (await import('inquirer')).default;
    this.#stopped.throwIfAborted();
    const { stdin } = this.#streams;
    if (stdin.readableEnded || stdin.destroyed) throw interrupted();

    const ended = new AbortController();
    const end = () => ended.abort(interrupted());
    // readline does not read the terminal itself, because it would not report that the terminal has hung up
    const keys = new PassThrough();
    const keyboard = new Keyboard(stdin, { typed: (typed) => keys.write(typed), ended: end });
    // on Ctrl-D, readline pauses its input and closes, and inquirer would wait forever. readline also closes after an
    // answer, so setImmediate lets inquirer process the answer first
    keys.on('pause', () => setImmediate(end));
    process.on('SIGHUP', end);
    const signal = AbortSignal.any([this.#stopped, ended.signal]);
    const fail: Fail = (error) => {
      ended.abort(error);
      return new Promise(() => {});
    };
    try {
      const prompt = createPromptModule({ input: keys, output: this.#output(), signal });
      const answers = await prompt([
        { theme: promptTheme(this.#language), ...question(fail), name: 'answer' } as never,
      ]);
      return (answers as unknown as { answer: T }).answer;
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (error instanceof Error && error.name === 'ExitPromptError') throw interrupted();
      throw error;
    } finally {
      process.off('SIGHUP', end);
      keyboard.release();
    }
  }

  /** Returns standard error. Colours are removed if the terminal supports none, because inquirer does not check that. */
  #output(): NodeJS.WritableStream {
    const { stderr } = this.#streams;
    return stderr.hasColors() ? stderr : new ColourRemover(stderr);
  }
}

/** Ends a prompt with an error. */
type Fail = (error: unknown) => Promise<never>;

/** Returns true for an error that explains invalid input, and false for one that ends the prompt. */
function isExplainable(error: unknown): error is ShopError {
  return error instanceof ShopError && error.code !== 'UNAVAILABLE' && error.code !== 'CONFIG';
}

function interrupted(): Interrupted {
  return new Interrupted('SIGINT', phrase('Interrupted. Nothing was done.'), {
    hint: phrase('Run the command again to start over.'),
  });
}

const COLOUR = new RegExp(`${String.fromCharCode(0x1b)}\\[[0-9;]*m`, 'g');

/** Writes to a terminal without colours. */
class ColourRemover extends Writable {
  readonly #terminal: NodeJS.WriteStream;

  constructor(terminal: NodeJS.WriteStream) {
    super({ decodeStrings: false });
    this.#terminal = terminal;
  }

  get columns(): number {
    return this.#terminal.columns;
  }

  override _write(text: string | Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    // the text is written immediately, because it must precede the output of the next prompt, which has its own stream
    this.#terminal.write(text.toString().replace(COLOUR, ''));
    done();
  }
}
