import { Command, CommanderError } from 'commander';
import { expect, it } from 'vitest';
import { didYouMean, nearest } from './suggestion.ts';

const WORDS = ['user', 'charge', 'cart', 'create', 'order', 'down', 'show', 'add', 'up', 'x'];

/** Returns the suggestion of commander for an unknown command. */
function suggestedByCommander(text: string): string {
  const program = new Command().exitOverride().configureOutput({ writeErr: () => {} });
  for (const word of WORDS) program.command(word);
  try {
    program.parse([text], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return /Did you mean .*\?/.exec(error.message)?.[0] ?? '';
    throw error;
  }
  throw new Error(`${text} is known`);
}

it.each(['chrage', 'usr', 'odrer', 'dad', 'hswo', 'cat', 'cahgre', 'wdn', 'ordre', 'creat', 'pu', 'y', 'zzz', 'oders'])(
  'finds for %s the words that commander finds',
  (text) => {
    expect(String(didYouMean(nearest(text, WORDS).toSorted()) ?? '')).toBe(suggestedByCommander(text));
  },
);

it('compares only the given letters', () => {
  expect(nearest('--jsno', ['--json', '--after'], (name) => name.slice(2))).toEqual(['--json']);
  expect(nearest('Plced', ['placed', 'cancelled'], (word) => word.toLowerCase())).toEqual(['placed']);
});
