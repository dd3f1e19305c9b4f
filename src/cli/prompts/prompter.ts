import { PassThrough, Writable } from 'node:stream';
import { ShopError } from '../../domain/errors.ts';
import { type Phrase, phrase } from '../../domain/phrase.ts';
import type { Language } from '../i18n/language.ts';
import { Interrupted } from '../interrupted.ts';
import type { Streams } from '../io.ts';
import { Keyboard } from '../keyboard.ts';
import { visible } from '../output/visible.ts';
import { confirmTheme, promptTheme } from './theme.ts';

/** One of several to choose from. */
export interface Choice<T> {
  readonly value: T;
  /** Its line in the list. */
  readonly text: string;
  /** What stands behind the question once it has been chosen. */
  readonly short: string;
}

/** What there is to choose from, for what has been typed so far. */
export interface Offer<T> {
  /** A line above the list. */
  readonly heading?: string;
  readonly choices: readonly Choice<T>[];
  /** A line below it. */
  readonly remark?: Phrase;
}

/** Lines of a list that are seen at once, where the terminal is high enough. */
const PAGE_SIZE = 12;
const LEAST_PAGE_SIZE = 3;
/** Lines that a question takes besides its list. */
const AROUND_LIST = 5;

/**
 * Asks the one who sits at the terminal; where nobody does, says what is missing instead.
 *
 * A question is drawn on standard error and leaves the terminal as it was, however it ends. Ctrl-C, the end of input
 * (Ctrl-D, a terminal that hangs up) and a signal end it with an error.
 */
export class Prompter {
  readonly #streams: Streams;
  readonly #language: Language;
  readonly #allowed: boolean;
  readonly #stopped: AbortSignal;
  #asked = false;

  /**
   * @param allowed false under `--no-input`, and where standard error is for programs.
   * @param stopped aborted, with what is to be thrown, when the command is told to stop.
   */
  constructor(streams: Streams, language: Language, allowed: boolean, stopped: AbortSignal) {
    this.#streams = streams;
    this.#language = language;
    this.#allowed = allowed;
    this.#stopped = stopped;
  }

  /** True where a question would reach a person. */
  get interactive(): boolean {
    return this.#allowed && this.#streams.stdin.isTTY === true && this.#streams.stderr.isTTY === true;
  }

  /** True once something that was missing has been asked for. */
  get asked(): boolean {
    return this.#asked;
  }

  /**
   * A missing value.
   *
   * @param check throws a ShopError for an answer that will not do, which is told; it is asked again then.
   * @param standard what is taken where nothing is typed.
   * @throws ShopError `INPUT_REQUIRED` where nobody can be asked; Interrupted on Ctrl-C or end of input.
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
   * One of what `find` offers for what is typed; a ShopError that it throws is told in place of the list.
   *
   * @throws ShopError `INPUT_REQUIRED` where nobody can be asked; Interrupted on Ctrl-C or end of input.
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
    const room = (this.#streams.stderr.rows ?? PAGE_SIZE + AROUND_LIST) - AROUND_LIST;
    return this.#ask<T>((fail) => ({
      type: 'search',
      message: this.#shown(message),
      pageSize: Math.max(LEAST_PAGE_SIZE, Math.min(PAGE_SIZE, room)),
      source: async (typed: string | undefined, { signal }: { signal: AbortSignal }) => {
        try {
          return list(await find(typed ?? '', signal));
        } catch (error) {
          // what was typed before is of no account any more
          if (signal.aborted) return [];
          return isExplainable(error) ? [remark(this.#shown(error.text.message))] : fail(error);
        }
      },
    }));
  }

  /**
   * Consent to what can't be undone, or to what is about to be sent.
   *
   * @throws ShopError `INPUT_REQUIRED` where nobody can be asked; Interrupted on Ctrl-C or end of input.
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

  /** Text from data may be in it. */
  #shown(text: Phrase): string {
    return visible(this.#language.translate(text));
  }

  /** @param question is given what ends it with an error; it stays without an answer then. */
  async #ask<T>(question: (fail: Fail) => Record<string, unknown>): Promise<T> {
    const { createPromptModule } = (await import('inquirer')).default;
    this.#stopped.throwIfAborted();
    const { stdin } = this.#streams;
    if (stdin.readableEnded || stdin.destroyed) throw interrupted();

    const ended = new AbortController();
    const end = () => ended.abort(interrupted());
    // readline is not given the terminal itself: of one that has hung up it would tell nobody but the process
    const keys = new PassThrough();
    const keyboard = new Keyboard(stdin, { typed: (typed) => keys.write(typed), ended: end });
    // inquirer waits for ever after readline has closed by itself, as it does on Ctrl-D; an answer is known before that
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

  /** Standard error; without colours where it has none, which inquirer does not look at. */
  #output(): NodeJS.WritableStream {
    const { stderr } = this.#streams;
    return stderr.hasColors() ? stderr : new Colourless(stderr);
  }
}

/** Ends a question that can't go on. */
type Fail = (error: unknown) => Promise<never>;

/** What is said of an answer that will not do: not what says that nobody can be asked any more. */
function isExplainable(error: unknown): error is ShopError {
  return error instanceof ShopError && error.code !== 'UNAVAILABLE' && error.code !== 'CONFIG';
}

function interrupted(): Interrupted {
  return new Interrupted('SIGINT', phrase('Interrupted. Nothing was done.'), {
    hint: phrase('Give the command again to start anew.'),
  });
}

const COLOUR = new RegExp(`${String.fromCharCode(0x1b)}\\[[0-9;]*m`, 'g');

/** A terminal that is written to without colours. */
class Colourless extends Writable {
  readonly #terminal: NodeJS.WriteStream;

  constructor(terminal: NodeJS.WriteStream) {
    super({ decodeStrings: false });
    this.#terminal = terminal;
  }

  get columns(): number {
    return this.#terminal.columns;
  }

  override _write(text: string | Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    // handed on at once, for the next question has a stream of its own and must not overtake this one
    this.#terminal.write(text.toString().replace(COLOUR, ''));
    done();
  }
}
