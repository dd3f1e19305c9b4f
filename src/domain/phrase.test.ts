import { expect, it } from 'vitest';
import { either, phrase } from './phrase.ts';

it('ends with a single full stop if the last value is a sentence', () => {
  const sentence = "OOM command not allowed when used memory > 'maxmemory'.";
  expect(String(phrase`Redis refuses: ${sentence}.`)).toBe(`Redis refuses: ${sentence}`);
  expect(String(phrase`Redis refuses: ${phrase`${'disabled.'}`}. Try again.`)).toBe(
    'Redis refuses: disabled. Try again.',
  );
  expect(String(phrase`It is ${'1.5'}.`)).toBe('It is 1.5.');
});

it.each([
  [['a'], 'a'],
  [['a', 'b'], 'a or b'],
  [['a', 'b', 'c'], 'a, b or c'],
])('joins the alternatives %j', (names, joined) => {
  expect(String(either(names))).toBe(joined);
});
