import { EXIT_DONE } from '../exit-codes.ts';
import type { Interpreter } from './interpreter.ts';
import { splitWords } from './tokenizer.ts';

/** Words that end the shell. */
export const END_WORDS: readonly string[] = ['exit', 'quit'];

/** The command of a line; null where it holds none. @throws ShopError `INVALID_INPUT` */
function commandOf(text: string): readonly string[] | null {
  const words = splitWords(text);
  if (words.length === 0) return null;
  // as it is given outside of the shell
  return words[0] === 'shop' ? words.slice(1) : words;
}

/** Whether a command is to end the shell. */
function endsShell(command: readonly string[]): boolean {
  return command.length === 1 && END_WORDS.includes(command[0] ?? '');
}

/** What a line of a shell came to: the exit status of its command, or the end of the shell. */
export type LineResult = { readonly status: number } | 'end';

/** Runs the command of a line. */
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
