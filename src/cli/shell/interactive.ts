import { join } from 'node:path';
import { phrase } from '../../domain/phrase.ts';
import { within } from '../../domain/servers/store.ts';
import type { Context } from '../context.ts';
import { EXIT_DONE, EXIT_INTERRUPTED } from '../exit-codes.ts';
import type { StopSignal } from '../interrupted.ts';
import { packageVersion } from '../version.ts';
import { History } from './history.ts';
import type { Interpreter } from './interpreter.ts';
import { type Completer, LineEditor } from './line-editor.ts';
import { END_WORDS, runLine } from './lines.ts';
import { isContinued, splitWords } from './tokenizer.ts';

const PROMPT = 'shop> ';
const CONTINUED_PROMPT = '> ';
const INTERRUPTED: ReadonlySet<number> = new Set(Object.values(EXIT_INTERRUPTED));
/** What is left of a command that was interrupted may take so long without a word. */
const SETTLE_MS = 1_000;

/** Has commands typed and runs them until the shell is to end. @returns its exit status. */
export async function runPrompt(context: Context, interpreter: Interpreter): Promise<number> {
  const { stateDirectory } = await context.config();
  const history = await History.open(stateDirectory === null ? null : join(stateDirectory, 'history'));
  const editor = new LineEditor(context.streams, history, completerOf(interpreter));
  const signals = new Signals(interpreter, editor);
  context.onSignal((signal) => signals.receive(signal));
  await context.say(phrase`shop ${packageVersion()}: \`help\` shows the commands; \`exit\` or Ctrl-D ends.`);
  if (history.problem !== null) await context.say(phrase`The history is not kept: ${history.problem}`);
  while (signals.end === null) {
    const text = await readCommand(editor);
    if (text === 'ended') break;
    if (text === 'hung up') return EXIT_INTERRUPTED.SIGINT;
    if (text === 'interrupted') continue;
    await history.add(text);
    signals.underWay = 'command';
    const result = await runLine(interpreter, text);
    if (result === 'end') break;
    if (INTERRUPTED.has(result.status)) await settle(context, interpreter, signals);
    signals.underWay = 'prompt';
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

/** Waits for what can't be broken off: two commands at once would be in each other's way. */
async function settle(context: Context, interpreter: Interpreter, signals: Signals): Promise<void> {
  signals.underWay = 'rest';
  const settled = interpreter.settled();
  if ((await within(SETTLE_MS, settled, 'late')) !== 'late' || signals.end !== null) return;
  await context.say(phrase('It can not be broken off where it is, and is waited for. Ctrl-C again ends the shell.'));
  await Promise.race([settled, signals.ended]);
}

/** Leads the signals that come to what they are for. */
class Signals {
  /** A command is, or what is left of one that was interrupted, or nothing but the prompt. */
  underWay: 'command' | 'rest' | 'prompt' = 'prompt';
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
    if (this.underWay === 'command') this.#interpreter.receive(signal);
    else if (this.underWay === 'prompt' && signal === 'SIGINT') this.#editor.interrupt();
    if (signal === 'SIGTERM' || this.underWay === 'rest') this.#endBy(signal);
  }

  #endBy(signal: StopSignal): void {
    this.end = signal;
    this.#editor.end();
    this.#resolveEnded();
  }
}

/** Completes what the scripts of `shop completion` do; what has quotes or backslashes in it is left to the one who types it. */
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
    // behind the product of an item comes its quantity
    const ended = only !== undefined && others.length === 0 && !only.endsWith(':');
    return [ended ? [`${only} `] : candidates, part];
  };
}
