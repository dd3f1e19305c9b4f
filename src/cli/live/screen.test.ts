import { expect, it } from 'vitest';
import { frame } from './screen.ts';

const ESC = '\u001b';

it('draws from the top, over the last frame', () => {
  expect(frame(['a', 'b'], 5)).toBe(`${ESC}[Ha${ESC}[K\r\nb${ESC}[K${ESC}[J`);
});

it('leaves out lines that do not fit, and keeps the last line', () => {
  const lines = frame(['1', '2', '3', '4', 'keys'], 3).split('\r\n');
  expect(lines).toHaveLength(3);
  expect(lines[2]).toContain('keys');
});
