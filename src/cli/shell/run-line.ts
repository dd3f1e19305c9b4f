import { EXIT_DONE } from '../exit-codes.ts';
import type { Interpreter } from './interpreter.ts';
import { splitWords } from './tokenizer.ts';

/** The words that end the shell. */
export const END_WORDS: readonly string[] = ['exit', 'quit'];

/**
 * Returns the words of the command on a line, without a leading `shop`; null if the line has no command.
 * @throws ShopError `INVALID_INPUT`
 */
function commandOf(text: string): readonly string[] | null {
  const words = splitWords(text);
  if (words.length === 0) return null;
  // a user who is used to typing `shop` outside the shell may also type it here
  return words[0] === 'shop' ? words.slice(1) : words;
}

/** Returns true for a command that ends the shell. */
function endsShell(command: readonly string[]): boolean {
  return command.length === 1 && END_WORDS.includes(command[0] ?? '');
}

/** The result of a line: the exit status of its command, or the end of the shell. */
export type LineResult = { readonly status: number } | 'end';

/** Runs the command of a line, if it has one. */
export async function runLine(interpreter: Interpreter, text: string, line?: number): Promise<LineResult> {
  let command: readonly string[] | null;
  try {
    command = commandOf(text);
  } catch (error) {
    return { status: await interpreter.refuse(error, line) };
  }
  if (command === null) return { status: EXIT_DONE };
  return endsShell(command) ? 'end' : { status: await interpreter.run(command, line) };
}
