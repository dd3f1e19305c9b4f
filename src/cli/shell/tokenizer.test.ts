import { expect, it } from 'vitest';
import { ShopError } from '../../domain/errors.ts';
import { isContinued, splitWords } from './tokenizer.ts';

it.each([
  { text: '', words: [] },
  { text: ' \t ', words: [] },
  { text: '# a comment', words: [] },
  { text: '  order place 1 1:2\t3 ', words: ['order', 'place', '1', '1:2', '3'] },
  { text: 'order list # the newest', words: ['order', 'list'] },
  { text: 'order list#2 "#"', words: ['order', 'list#2', '#'] },
  { text: `user create 'Corner "Cafe"' ""`, words: ['user', 'create', 'Corner "Cafe"', ''] },
  { text: String.raw`user create "Ann \"A\" \\ \n $HOME"`, words: ['user', 'create', String.raw`Ann "A" \ \n $HOME`] },
  { text: String.raw`user create Corner\ Cafe it\'s a'b'"c"`, words: ['user', 'create', 'Corner Cafe', "it's", 'abc'] },
  { text: `user create 'a “smart” mug' it’s`, words: ['user', 'create', 'a “smart” mug', 'it’s'] },
  { text: `user create '커피 🍵 | ; #'`, words: ['user', 'create', '커피 🍵 | ; #'] },
])('splits $text', ({ text, words }) => {
  expect(splitWords(text)).toEqual(words);
});

it.each([
  { text: `user create 'Ann`, reason: "has a quote that is not closed: 'Ann" },
  { text: 'user create "Ann\\"', reason: 'has a quote that is not closed: "Ann\\"' },
  { text: 'user create “Ann Smith”', reason: `has a typographic quote (“); use " or '` },
  { text: 'order list | wc', reason: 'has an unquoted |, which `shop shell` does not support' },
  { text: 'order list>file', reason: 'has an unquoted >, which `shop shell` does not support' },
  { text: 'balance 1; balance 2', reason: 'has an unquoted ;, which `shop shell` does not support' },
])('refuses $text', ({ text, reason }) => {
  expect(() => splitWords(text)).toThrow(ShopError);
  expect(() => splitWords(text)).toThrow(reason);
});

it.each([
  { line: 'order place 1 \\', continued: true },
  { line: 'order place 1 \\\\', continued: false },
  { line: 'order place 1', continued: false },
])('finds out if the next line continues $line', ({ line, continued }) => {
  expect(isContinued(line)).toBe(continued);
});
