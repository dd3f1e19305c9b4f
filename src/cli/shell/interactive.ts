import { join } from 'node:path';
import { phrase } from '../../domain/phrase.ts';
import { within } from '../../domain/servers/connections.ts';
import type { Context } from '../context.ts';
import { EXIT_DONE, EXIT_INTERRUPTED } from '../exit-codes.ts';
import type { StopSignal } from '../interrupted.ts';
import { packageVersion } from '../version.ts';
import { History } from './history.ts';
import type { Interpreter } from './interpreter.ts';
import { type Completer, LineEditor } from './line-editor.ts';
import { END_WORDS, runLine } from './run-line.ts';
import { isContinued, splitWords } from './tokenizer.ts';

const PROMPT = 'shop> ';
const CONTINUED_PROMPT = '> ';
const INTERRUPTED: ReadonlySet<number> = new Set(Object.values(EXIT_INTERRUPTED));
/** Time that an interrupted command may take to end before a message is printed. */
const SETTLE_MS = 1_000;

/** Reads commands at a prompt and runs them until the shell ends. @returns the exit status of the shell. */
export async function runPrompt(context: Context, interpreter: Interpreter): Promise<number> {
  const { stateDirectory } = await context.config();
  const history = await History.open(stateDirectory === null ? null : join(stateDirectory, 'history'));
  const editor = new LineEditor(context.streams, history, completerOf(interpreter));
  const signals = new Signals(interpreter, editor);
  context.onSignal((signal) => signals.receive(signal));
  await context.say(phrase`shop ${packageVersion()}: type \`help\` to list the commands, \`exit\` or Ctrl-D to leave.`);
  if (history.problem !== null) await context.say(phrase`The command history is not saved: ${history.problem}`);
  while (signals.end === null) {
    const text = await readCommand(editor);
    if (text === 'ended') break;
    if (text === 'hung up') return EXIT_INTERRUPTED.SIGINT;
    if (text === 'interrupted') continue;
    await history.add(text);
    signals.state = 'command';
    const result = await runLine(interpreter, text);
    if (result === 'end') break;
    if (INTERRUPTED.has(result.status)) await settle(context, interpreter, signals);
    signals.state = 'prompt';
  }
  return signals.end === null ? EXIT_DONE : EXIT_INTERRUPTED[signals.end];
}

async function readCommand(editor: LineEditor): Promise<string | 'ended' | 'interrupted' | 'hung up'> {
  let text = '';
  for (let prompt = PROMPT; ; prompt = CONTINUED_PROMPT) {
    const typed = await editor.read(prompt);
    if (typeof typed === 'string') return typed;
    text += typed.line;
    if (!isContinued(text)) return text;
    text = text.slice(0, -1);
  }
}

/** Waits until an interrupted command has ended, because two commands must not run at the same time. */
async function settle(context: Context, interpreter: Interpreter, signals: Signals): Promise<void> {
  signals.state = 'ending';
  const settled = interpreter.settled();
  if ((await within(SETTLE_MS, settled, 'late')) !== 'late' || signals.end !== null) return;
  await context.say(
    phrase("The command can't be interrupted; waiting for it to finish. Press Ctrl-C again to leave the shell."),
  );
  await Promise.race([settled, signals.ended]);
}

/** Passes signals on to the command or to the prompt. */
class Signals {
  /** The current state: a command runs, an interrupted command has not ended yet, or the prompt waits. */
  state: 'command' | 'ending' | 'prompt' = 'prompt';
  /** The signal that ends the shell. */
  end: StopSignal | null = null;
  readonly ended: Promise<void>;
  readonly #interpreter: Interpreter;
  readonly #editor: LineEditor;
  #resolveEnded: () => void = () => {};

  constructor(interpreter: Interpreter, editor: LineEditor) {
    this.#interpreter = interpreter;
    this.#editor = editor;
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
  }

  receive(signal: StopSignal): void {
    if (this.state === 'command') this.#interpreter.receive(signal);
    else if (this.state === 'prompt' && signal === 'SIGINT') this.#editor.interrupt();
    if (signal === 'SIGTERM' || this.state === 'ending') this.#endBy(signal);
  }

  #endBy(signal: StopSignal): void {
    this.end = signal;
    this.#editor.end();
    this.#resolveEnded();
  }
}

/** Completes words as the scripts of `shop completion` do, except words with quotes, backslashes or `#`. */
function completerOf(interpreter: Interpreter): Completer {
  return async (text) => {
    const [part = ''] = /\S*$/.exec(text) ?? [];
    if (/['"\\#]/.test(part)) return [[], part];
    const words = [...splitWords(text.slice(0, text.length - part.length)), part];
    const isFirst = words.length === 1;
    if (words[0] === 'shop' && !isFirst) words.shift();
    const ends = isFirst ? END_WORDS.filter((word) => word.startsWith(part)) : [];
    const candidates = [...(await interpreter.complete(words)), ...ends];
    const [only, ...others] = candidates;
    // no space follows a product in an item (`7:2`), because its quantity comes next
    const ended = only !== undefined && others.length === 0 && !only.endsWith(':');
    return [ended ? [`${only} `] : candidates, part];
  };
}
