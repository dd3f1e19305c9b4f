import fc from 'fast-check';
import { expect, it } from 'vitest';
import { visible } from './visible.ts';

it.each([
  { text: 'plain text, 한국어 🙂', shown: 'plain text, 한국어 🙂' },
  { text: 'a\tb\nc\rd', shown: 'a\\tb\\nc\\rd' },
  { text: '\u001b[31mred', shown: '\\x1b[31mred' },
  { text: '\0\u0007\u007f', shown: '\\x00\\x07\\x7f' },
  { text: '\u009b2J', shown: '\\x9b2J' },
  { text: '\u2028\u2029', shown: '\\u2028\\u2029' },
  { text: '\u200fabc\u061c', shown: '\\u200fabc\\u061c' },
  { text: '\u202eabc\u2066', shown: '\\u202eabc\\u2066' },
])('shows $shown', ({ text, shown }) => expect(visible(text)).toBe(shown));

it('leaves no control character in anything', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(visible(text)).not.toMatch(/[\p{Cc}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
    }),
  );
});
