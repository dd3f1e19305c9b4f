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
  { text: 'a\u200bb\u200cc\u200dd', shown: 'a\\u200bb\\u200cc\\u200dd' },
  { text: '\ufeffuser\u2060\u2061\u2062\u2063\u2064', shown: '\\ufeffuser\\u2060\\u2061\\u2062\\u2063\\u2064' },
  { text: '\u115f\u1160\u3164\uffa0', shown: '\\u115f\\u1160\\u3164\\uffa0' },
  { text: '\u180e\u00ad\u034f\u2800', shown: '\\u180e\\xad\\u034f\\u2800' },
  { text: 'a\u{e0061}\u{1d173}', shown: 'a\\udb40\\udc61\\ud834\\udd73' },
  // joiners and selectors change how emoji and ideographs look
  { text: '👩🏽‍💻 👨‍👩‍👧 ❤️‍🔥 1️⃣ 葛\u{e0100}', shown: '👩🏽‍💻 👨‍👩‍👧 ❤️‍🔥 1️⃣ 葛\u{e0100}' },
])('shows $shown', ({ text, shown }) => expect(visible(text)).toBe(shown));

it('leaves no invisible character in any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(visible(text)).not.toMatch(
        /[\p{Cc}\u00ad\u061c\u115f\u1160\u180e\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ufeff\uffa0]/u,
      );
    }),
  );
});
