import { expect, it } from 'vitest';
import { alignCells } from './align.ts';
import { PLAIN } from './page.ts';

const align = (rows: string[][], right: boolean) =>
  alignCells(
    rows.map((row) => row.map((text) => ({ text }))),
    [{ right }, {}],
    PLAIN,
  );

it.each([
  ['an emoji of Unicode 14', '🫠🫠'],
  ['Hangul in parts', '미래'.normalize('NFD')],
  ['a family', '👩‍👩‍👧👩‍👩‍👧'],
])('keeps %s whole and aligned', (_, text) => {
  expect(
    align(
      [
        [text, 'one'],
        ['12345', 'two'],
      ],
      false,
    ),
  ).toEqual([`${text}   one`, '12345  two']);
  expect(
    align(
      [
        [text, 'one'],
        ['1234', 'two'],
      ],
      true,
    ),
  ).toEqual([`${text}  one`, '1234  two']);
});

it('writes no trailing spaces, and allows empty cells anywhere', () => {
  expect(
    align(
      [
        ['', 'a'],
        ['b', ''],
        ['', ''],
      ],
      false,
    ),
  ).toEqual(['   a', 'b', '']);
});

it('makes a column as wide as its widest text, and at least as wide as its minimum', () => {
  const cells = [[{ text: 'long' }, { text: 'x' }]];
  expect(alignCells(cells, [{ width: 2 }, { width: 3, right: true }], PLAIN)).toEqual(['long    x']);
});
