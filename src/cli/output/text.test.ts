import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cut, widthOf, wrap } from './text.ts';

const FAMILY = '👩‍👩‍👧';
const graphemes = (text: string) => [...new Intl.Segmenter().segment(text)].map(({ segment }) => segment);
/** Texts of several scripts, with emoji and combining marks. */
const texts = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('미래', '연필', 'さくら', FAMILY, '🇰🇷', 'é', ' ', 'two words '),
    ),
  )
  .map((parts) => parts.join(''));

it.each([
  ['plain', 5],
  ['미래', 4],
  ['미래'.normalize('NFD'), 4],
  ['さくら', 6],
  ['ｶﾞ', 2],
  [FAMILY, 2],
  ['🇰🇷', 2],
  ['❤️', 2],
  ['café', 4],
])('measures %j', (text, width) => {
  expect(widthOf(text)).toBe(width);
});

it.each([
  ['Corner Cafe', 11, 'Corner Cafe'],
  ['Corner Cafe', 10, 'Corner Ca…'],
  ['미래문방구', 10, '미래문방구'],
  ['미래문방구', 9, '미래문방…'],
  // the width ends within the fourth character
  ['미래문방구', 8, '미래문…'],
  [`${FAMILY}${FAMILY}`, 3, `${FAMILY}…`],
  ['cafés', 4, 'caf…'],
])('cuts %j to %i', (text, width, shown) => {
  expect(cut(text, width, { symbols: true })).toBe(shown);
});

it.each([
  ['Corner Cafe', 11, 'Corner Cafe'],
  ['Corner Cafe', 10, 'Corner ...'],
  ['Corner Cafe', 2, '..'],
])('cuts %j to %i without symbols', (text, width, shown) => {
  expect(cut(text, width, { symbols: false })).toBe(shown);
});

it.each([
  ['a sentence of words', 10, ['a sentence', 'of words']],
  ['withoutspaces', 5, ['witho', 'utspa', 'ces']],
  ['a withoutspaces', 5, ['a', 'witho', 'utspa', 'ces']],
  ['미래문방구', 5, ['미래', '문방', '구']],
  ['{"user":1,"items":[{"product":2}]}', 22, ['{"user":1,', '"items":[{"product":2}', ']}']],
  ['', 5, ['']],
  // no-break and ideographic spaces are kept
  ['\u00a0', 2, ['\u00a0']],
  ['Corner\u3000 Cafe', 8, ['Corner\u3000', 'Cafe']],
])('wraps %j to %i', (text, width, lines) => {
  expect(wrap(text, width)).toEqual(lines);
});

it('never exceeds the width, and neither splits nor loses a character', () => {
  fc.assert(
    fc.property(texts, fc.integer({ min: 2, max: 30 }), (text, width) => {
      const shown = cut(text, width, { symbols: true });
      expect(widthOf(shown)).toBeLessThanOrEqual(width);
      if (shown !== text) {
        expect(
          graphemes(text)
            .join('|')
            .startsWith(graphemes(shown.slice(0, -1)).join('|')),
        ).toBe(true);
      }
      const lines = wrap(text, width);
      expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
      for (const line of lines) expect(widthOf(line) <= width || graphemes(line).length === 1).toBe(true);
    }),
  );
});
