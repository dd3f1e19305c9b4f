import type { Command } from 'commander';
import { type Phrase, phrase } from '../domain/phrase.ts';

/** Returns the words that call a command, such as `shop order place`. */
export function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}

/** Returns the hint to see the help of a command. */
export function helpHint(command: Command): Phrase {
  return phrase`See \`${pathOf(command)} --help\`.`;
}
