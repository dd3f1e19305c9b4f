import { ShopError } from '../domain/errors.ts';
import { Interrupted } from './interrupted.ts';
import type { Streams } from './io.ts';

/** Asks the one who sits at the terminal; where nobody does, says what is missing instead. */
export class Prompter {
  readonly #streams: Streams;
  readonly #allowed: boolean;

  /** @param allowed false under `--no-input`. */
  constructor(streams: Streams, allowed: boolean) {
    this.#streams = streams;
    this.#allowed = allowed;
  }

  /** True where a question would reach a person. */
  get interactive(): boolean {
    return this.#allowed && this.#streams.stdin.isTTY === true && this.#streams.stderr.isTTY === true;
  }

  /**
   * A missing argument. `check` throws a ShopError for an answer that will not do; it is asked again then.
   *
   * @throws ShopError `INPUT_REQUIRED` where nobody can be asked; Interrupted on Ctrl-C or end of input.
   */
  async input(name: string, check: (text: string) => unknown): Promise<string> {
    if (!this.interactive) throw new ShopError('INPUT_REQUIRED', { missing: [`<${name}>`] });
    return this.#ask<string>({
      type: 'input',
      name: 'answer',
      message: name,
      validate: (text: string) => {
        try {
          check(text);
          return true;
        } catch (error) {
          if (error instanceof ShopError) return error.message;
          throw error;
        }
      },
    });
  }

  /**
   * Consent to what can't be undone.
   *
   * @throws ShopError `INPUT_REQUIRED` where nobody can be asked; Interrupted on Ctrl-C or end of input.
   */
  async confirm(message: string): Promise<boolean> {
    if (!this.interactive) {
      throw new ShopError('INPUT_REQUIRED', { missing: ['--yes'] }, { message: `${message} Missing: --yes.` });
    }
    return this.#ask<boolean>({ type: 'confirm', name: 'answer', message, default: false });
  }

  async #ask<T>(question: Record<string, unknown>): Promise<T> {
    const { createPromptModule } = (await import('inquirer')).default;
    const prompt = createPromptModule({ input: this.#streams.stdin, output: this.#streams.stderr });
    try {
      return ((await prompt([question as never])) as unknown as { answer: T }).answer;
    } catch (error) {
      if (error instanceof Error && error.name === 'ExitPromptError') throw new Interrupted('SIGINT');
      throw error;
    }
  }
}
