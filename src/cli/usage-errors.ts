import type { CommanderError } from 'commander';
import { ShopError } from '../domain/errors.ts';
import { type Phrase, phrase, sentences } from '../domain/phrase.ts';

/** What commander says of a command line that it can't take, by its code: its sentence, and the same as a phrase. */
const SENTENCES: Readonly<Record<string, readonly (readonly [RegExp, (...parts: readonly string[]) => Phrase])[]>> = {
  'commander.unknownOption': [[/^unknown option '(.*)'$/s, (option) => phrase`Unknown option '${option}'.`]],
  'commander.unknownCommand': [[/^unknown command '(.*)'$/s, (command) => phrase`Unknown command '${command}'.`]],
  'commander.optionMissingArgument': [
    [/^option '(.*)' argument missing$/s, (option) => phrase`Option '${option}' argument missing.`],
  ],
  'commander.excessArguments': [
    [
      /^too many arguments for '(.*)'\. Expected 1 argument but got (\d+)\.$/s,
      (command, given) => phrase`Too many arguments for '${command}'. Expected 1 argument but got ${given}.`,
    ],
    [
      /^too many arguments for '(.*)'\. Expected (\d+) arguments but got (\d+)\.$/s,
      (command, most, given) =>
        phrase`Too many arguments for '${command}'. Expected ${most} arguments but got ${given}.`,
    ],
  ],
};

/** A command line that commander can't take, as an error of ours. */
export function usageError({ code, message: words }: CommanderError): ShopError {
  // they begin with `error: ` and may go on with a suggestion in a line of its own
  const [text = '', suggestion = ''] = words.replace(/^error: /, '').split(/\n\((?=Did you mean )|\)$/);
  const reason = text.replace(/\s*\n\s*/g, ' ').replace(/[.]?$/, '.');
  return new ShopError(
    'INVALID_INPUT',
    { field: 'arguments', reason },
    {
      message: sentenceOf(code, text) ?? phrase`${reason[0]?.toUpperCase() ?? ''}${reason.slice(1)}`,
      hint: sentences(meant(suggestion), phrase('See --help for what is expected.')),
    },
  );
}

function sentenceOf(code: string, text: string): Phrase | null {
  for (const [pattern, said] of SENTENCES[code] ?? []) {
    const [, ...parts] = pattern.exec(text) ?? [];
    if (parts.length > 0) return said(...parts);
  }
  return null;
}

function meant(suggestion: string): Phrase | null {
  const [, several, words] = /^Did you mean (one of )?(.*)\?$/s.exec(suggestion) ?? [];
  if (words === undefined) return null;
  return several === undefined ? phrase`Did you mean ${words}?` : phrase`Did you mean one of ${words}?`;
}
