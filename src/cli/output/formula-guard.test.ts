import fc from 'fast-check';
import { expect, it } from 'vitest';
import { guardFormula, withoutGuard } from './formula-guard.ts';

it.each(['=1+1', '+1', '-A1', '-1+2', '@SUM(A1)', '\t=1', '\r=1', '\n=1', '＝1+1', "'=1+1", "''@x"])(
  'puts a guard before %j, and removes it again',
  (text) => {
    expect(guardFormula(text)).toBe(`'${text}`);
    expect(withoutGuard(`'${text}`)).toBe(text);
  },
);

it.each(['', '-5', '1500', 'a=b', "'tis", "O'Neil", "'", '2026-01-31T09:30:00.125Z'])('leaves %j unchanged', (text) => {
  expect(guardFormula(text)).toBe(text);
  expect(withoutGuard(text)).toBe(text);
});

it('restores any text, and lets no formula through', () => {
  const text = fc.string({ unit: fc.constantFrom("'", '=', '+', '-', '@', '\t', '\r', '\n', '1', 'a', '＠') });
  fc.assert(
    fc.property(text, (any) => {
      const cell = guardFormula(any);
      expect(withoutGuard(cell)).toBe(any);
      expect(cell).toMatch(/^$|^-?\d+$|^[^=+\-@\t\r\n＝＋－＠]/);
    }),
  );
});
